"""How long it takes until a worker that ended is started again."""

from interrupt_mcp.workers.keeping import Backoff


def test_the_first_time_is_at_once_and_then_longer_each_time_up_to_half_a_minute() -> None:
    backoff, waited = Backoff(), []
    assert backoff.seconds == 0
    for _ in range(10):
        backoff = backoff.after(lived=0.1)
        waited.append(backoff.seconds)
    assert waited == [0, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_one_that_lived_long_is_started_again_at_once_and_the_next_ones_begin_anew() -> None:
    tired = Backoff(deaths=8)
    assert tired.after(lived=30).seconds == 30
    assert tired.after(lived=31).seconds == 0
    assert tired.after(lived=31).after(lived=1).seconds == 0.5


def test_it_never_ends() -> None:
    assert Backoff(deaths=10**9).after(0).seconds == 30
