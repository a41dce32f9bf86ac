"""A run has one driver: who only seemed dead writes nothing more, and what ends elsewhere ends here."""

import re
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from tests.database import on_postgres, url_of
from tests.patience import PATIENCE, until
from tests.together.conftest import Home, Pair, Process, is_linear, takers, waiting_in

pytestmark = pytest.mark.anyio

NO_LONGER = "run {} is no longer (to be )?driven here"


def make_dead(home: Home, run_id: str) -> str:
    """Make all others believe that the owner of the run is dead."""
    owner = home.owner(run_id)
    if not on_postgres():
        # On a server its lease ends by itself.
        (home.owners / f"{owner}.lock").unlink()
    return owner


@pytest.mark.linux
@pytest.mark.parametrize("agent", ["waits", "blocks"])
async def test_who_wakes_up_after_being_taken_for_dead_writes_nothing_more_and_serves_again(
    pair: Pair, told: Home, agent: str
) -> None:
    sleeper, other = pair
    run_id = await waiting_in(sleeper, told, agent)
    sleeper.halt(told)
    dead = make_dead(told, run_id)
    await until(lambda: len(takers(told, "wait")) == 2)
    told.go()
    run = await other.door.call("get_run", run_id=run_id, wait_seconds=25)
    assert run["status"] == "success"
    before = told.rows("SELECT * FROM checkpoints ORDER BY checkpoint_id")
    sleeper.signal(signal.SIGCONT)
    await until(lambda: sleeper.said(NO_LONGER.format(run_id)))
    assert await sleeper.door.call("get_run", run_id=run_id) == run
    assert told.rows("SELECT * FROM checkpoints ORDER BY checkpoint_id") == before
    # It is alive to the others again.
    again = await sleeper.door.call("start_run", agent="waits", message="Hello")
    assert again["status"] == "success"
    assert told.owner(again["run_id"]) == dead
    await until(lambda: told.is_held(dead))
    # On a server it may come to the end of what runs, which has no effect, before it hears that it is not to.
    late = [sleeper.pid] if on_postgres() else []
    assert takers(told, "then") in ([other.pid, sleeper.pid], [other.pid, *late, sleeper.pid])
    assert is_linear(told, run_id)


@pytest.mark.linux
async def test_an_effect_of_who_was_taken_for_dead_is_asked_about_and_not_repeated(pair: Pair, told: Home) -> None:
    sleeper, other = pair
    run = await sleeper.door.call("start_run", agent="slow_refunds", message="7")
    run_id = run["run_id"]
    await sleeper.door.call("resume_run", run_id=run_id, decisions=[{"type": "accept"}], wait_seconds=0)
    await until(lambda: told.acts == ["begin 7"])
    sleeper.halt(told)
    make_dead(told, run_id)
    with anyio.fail_after(PATIENCE):
        while run["status"] != "interrupted" or run["interrupts"][0]["status"] != "unknown_outcome":
            run = await other.door.call("get_run", run_id=run_id, wait_seconds=1)
    told.go()
    sleeper.signal(signal.SIGCONT)
    await until(lambda: sleeper.said(NO_LONGER.format(run_id)) and len(told.acts) == 2)
    taken = {"decisions": [{"type": "respond", "value": "it was refunded, I looked"}]}
    run = await sleeper.door.call("resume_run", run_id=run_id, **taken)
    assert run["status"] == "success"
    assert "it was refunded, I looked" in run["answer"]
    assert told.acts == ["begin 7", "refund 7"]
    assert is_linear(told, run_id)


async def test_a_run_cancelled_in_another_process_stops_where_it_is_driven(pair: Pair, told: Home) -> None:
    driving, other = pair
    run_id = await waiting_in(driving, told)
    run = await other.door.call("cancel_run", run_id=run_id)
    await until(lambda: driving.said(f"run {run_id} is no longer to be driven here"))
    told.go()
    again = await driving.door.call("start_run", agent="waits", message="Hi", thread_id=run["thread_id"])
    assert again["status"] == "success"
    assert takers(told, "then") == [driving.pid]


async def woken(driving: Process, waiter: Process) -> None:
    """A run ends in one process, and who waits for it in another is answered."""
    run = await driving.door.call("start_run", agent="waits", message="Hello", wait_seconds=0)

    async def wait() -> None:
        ended = await waiter.door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "cancelled"

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        # What is answered later than the wait was sent: it waits by then.
        for _ in range(3):
            await waiter.door.call("list_runs")
        await driving.door.call("cancel_run", run_id=run["run_id"])


@pytest.mark.sqlite
async def test_a_run_that_ends_in_one_process_rings_at_all_others_and_wakes_who_waits_there(
    pair: Pair, told: Home
) -> None:
    """`tests/benchmarks/together.py` measures how soon."""
    bell = told.owners / f"{'f' * 32}.bell"
    async with await anyio.create_udp_socket(family=socket.AF_INET, local_host="127.0.0.1") as heard:
        bell.write_text(f"{heard.extra(anyio.abc.SocketAttribute.local_port)} somebody else's")
        await woken(*pair)
        with anyio.fail_after(PATIENCE):
            said, _ = await heard.receive()
    bell.unlink()
    assert said == b"look"


def switches(process: Process) -> int:
    """How often a thread of the process woke up so far."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/status")
    return sum(int(found[1]) for each in threads if (found := re.search(r"\nvoluntary\S+\s+(\d+)", each.read_text())))


@pytest.mark.linux
async def test_who_has_nothing_to_do_wakes_up_a_few_times_a_second_at_most(pair: Pair, told: Home) -> None:
    """Linux counts it, however fast the machine is; whoever looks every 10 ms wakes up a hundred times a second."""
    for process in pair:
        await process.door.call("list_runs")
    before = [switches(process) for process in pair]
    began = time.monotonic()
    with anyio.move_on_after(1.5):
        await anyio.sleep_forever()
    seconds = time.monotonic() - began
    woken_up = [switches(process) - earlier for process, earlier in zip(pair, before, strict=True)]
    # A server is asked, for the lease and for what there is to do: each answer is waited for.
    often = 60 if on_postgres() else 30
    assert all(times < often * seconds for times in woken_up), woken_up


@asynccontextmanager
async def notified(home: Home) -> AsyncIterator[None]:
    """Somebody notifies all on the server without end."""
    from psycopg import AsyncConnection

    async def ring() -> None:
        async with await AsyncConnection.connect(url_of(home.path), autocommit=True) as connection:
            while True:
                await connection.execute("NOTIFY interrupt_mcp_look, 'somebody'")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ring)
        yield
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def rung_at(home: Home) -> AsyncIterator[None]:
    """Somebody rings at both processes without end."""
    if on_postgres():
        async with notified(home):
            yield
        return
    ports = [int(bell.read_text().split()[0]) for bell in home.owners.glob("*.bell")]
    assert len(ports) == 2

    async def ring(port: int) -> None:
        async with await anyio.create_connected_udp_socket("127.0.0.1", port) as ringer:
            while True:
                await ringer.send(b"x" * 1000)
                await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        for port in ports:
            tasks.start_soon(ring, port)
        yield
        tasks.cancel_scope.cancel()


async def test_who_rings_without_end_stops_nobody(pair: Pair, told: Home) -> None:
    async with rung_at(told):
        run = await pair[0].door.call("start_run", agent="refunds", message="1")
        accept = {"run_id": run["run_id"], "decisions": [{"type": "accept"}]}
        assert (await pair[1].door.call("resume_run", **accept))["status"] == "success"


async def test_a_process_that_looks_for_runs_to_take_over_drives_none_twice(pair: Pair, told: Home) -> None:
    """What a node does has no record: only its having one drive keeps it from being done again."""
    told.go()

    async def run(number: int) -> None:
        door = pair[number % 2].door
        started = await door.call("start_run", agent="waits", message="Hello", wait_seconds=25)
        assert started["status"] == "success"
        asked = await door.call("start_run", agent="answers", message="Hello", wait_seconds=25)
        given = [{"type": "respond", "value": str(number)}]
        answered = await door.call("resume_run", run_id=asked["run_id"], decisions=given, wait_seconds=25)
        assert answered["status"] == "success"

    async with rung_at(told), anyio.create_task_group() as tasks:
        for number in range(30):
            tasks.start_soon(run, number)
    assert len(takers(told, "wait")) == 30
    assert sorted(told.acts)[:30] == sorted(f"answered {number}" for number in range(30))


@pytest.mark.sqlite
async def test_without_a_doorbell_it_is_noticed_a_little_later(pair: Pair, told: Home) -> None:
    for bell in told.owners.glob("*.bell"):
        bell.write_text("nothing that rings")
    await woken(*pair)
