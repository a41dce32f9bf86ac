"""Work that outlives its drive, and calls with one id: nothing runs unasked, nothing asks for ever."""

import itertools

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.promise.policy import sensitive

pytestmark = pytest.mark.anyio


async def test_a_task_from_an_earlier_drive_that_is_handed_the_config_acts_for_the_drive_that_hands_it(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    config = offer("lasting:worker_with_config", policy=sensitive("worker_with_config"))
    async with serve(config, mode=era) as door:
        for number in range(1, 3):
            run = await door.call("start_run", agent="worker_with_config", message="go")
            assert run["interrupts"][0]["requests"][0]["action"] == "send"
            assert len(effects.lines) == number - 1
            run = await decide(door, run, ACCEPT)
            assert run["status"] == "success"
            assert effects.lines == ["send ann hello"] * number


async def test_one_that_is_not_is_refused_what_a_person_must_be_asked_about(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("lasting:worker_without", policy=sensitive("worker_without"))) as door:
        run = await door.call("start_run", agent="worker_without", message="go")
        asked = 0
        while run["status"] == "interrupted":
            asked += 1
            assert asked < 5
            run = await decide(door, run, ACCEPT)
    assert run["status"] == "error"
    assert "asyncio.to_thread" in run["error"]["message"]
    assert effects.lines == []


@pytest.mark.parametrize("words", list(itertools.product(["accept", "reject"], repeat=2)))
async def test_of_calls_with_one_id_none_is_made_that_was_not_accepted(
    serve: Serve, offer: Offer, effects: Effects, words: tuple[str, str]
) -> None:
    """LangChain itself does not make one that it let pass where it answered another with the same id."""
    async with serve(offer("lasting:one_id")) as door:
        run = await door.call("start_run", agent="one_id", message="go")
        run = await decide(door, run, *({"type": word, "index": index} for index, word in enumerate(words)))
    accepted = {f"pay {number}" for number, word in enumerate(words, 1) if word == "accept"}
    assert run["status"] == "success"
    assert set(effects) <= accepted
    assert len(effects.lines) == len(set(effects))
    assert len(set(words)) > 1 or set(effects) == accepted
