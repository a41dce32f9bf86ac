"""What does harm to a worker harms its own runs alone, and is told."""

import os
import re
import signal
from collections.abc import AsyncIterator

import anyio
import pytest

from tests.deciding import ACCEPT, decide
from tests.patience import until
from tests.workers.front import Front, front

pytestmark = [pytest.mark.anyio, pytest.mark.linux]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("harm"), INTERRUPT_MCP_WORKER_MEMORY="900") as running:
        yield running


async def test_runs_of_a_killed_worker_go_on_in_the_other_and_a_call_that_waits_is_answered(shared: Front) -> None:
    ids = [await shared.start("waits", name) for name in ("k1", "k2", "k3", "k4")]
    doomed = await shared.driving("wait for k1")
    for name in ("k2", "k3", "k4"):
        await shared.driving(f"wait for {name}")
    assert len({shared.drivers(f"wait for {name}")[0] for name in ("k1", "k2", "k3", "k4")}) == 2
    async with anyio.create_task_group() as tasks:
        for run_id in ids:
            tasks.start_soon(_succeeds, shared, run_id)
        os.kill(doomed, signal.SIGKILL)
        assert await shared.driving("wait for k1", 2) != doomed
        for name in ("k1", "k2", "k3", "k4"):
            shared.go(name)
    assert re.search(r"Worker \d was ended by SIGKILL", shared.log)


async def _succeeds(shared: Front, run_id: str) -> None:
    assert (await shared.ended(run_id))["status"] == "success"


async def test_a_worker_that_is_asked_to_leave_lets_its_runs_go_and_another_comes(shared: Front) -> None:
    run_id = await shared.start("waits", "leave")
    left = await shared.driving("wait for leave")
    os.kill(left, signal.SIGTERM)
    assert await shared.driving("wait for leave", 2) != left
    shared.go("leave")
    await _succeeds(shared, run_id)
    await until(lambda: len(shared.workers) == 2)


async def test_what_agents_write_to_their_output_reaches_no_protocol(shared: Front) -> None:
    run = await shared.ended(await shared.start("hurts", "write"))
    assert run["answer"] == "unharmed"
    assert re.search(r"^worker \d: printed$", shared.log, re.MULTILINE)
    assert "imported, and \\xff no message" in shared.log


async def test_a_worker_that_is_blocked_keeps_none_but_the_runs_it_drove(shared: Front) -> None:
    await until(lambda: len(shared.workers) == 2)
    blocking = await shared.start("hurts", "block")
    blocked = await shared.driving("block")
    for number in range(6):
        run = await shared.ended(await shared.start("asks", f"beside block {number}"))
        assert run["status"] == "interrupted"
        run = await decide(shared.door, run, {"type": "respond", "value": "fine"})
        assert run["status"] == "success"
        assert f"in {blocked}" not in str(run["answer"])
    await until(lambda: re.search(r"worker \d has not answered for \d+ seconds: an agent blocks", shared.log))
    shared.go("unblock")
    await _succeeds(shared, blocking)


async def test_a_sensitive_action_that_took_its_process_along_is_in_doubt_and_asked_about(shared: Front) -> None:
    run = await shared.door.call("start_run", agent="pays", message="segfault")
    run = await decide(shared.door, run, ACCEPT)
    assert run["status"] == "interrupted"
    (interrupt,) = run["interrupts"]
    assert interrupt["status"] == "unknown_outcome"
    assert len(shared.drivers("pay segfault 5")) == 1
    run = await decide(shared.door, run, {"type": "respond", "value": "it was paid"})
    assert run["status"] == "success"
    assert "it was paid" in run["answer"]
    assert re.search(r"Worker \d was ended by SIGSEGV", shared.log)


async def test_a_run_that_kills_its_process_ends_and_harms_nobody_elses(shared: Front) -> None:
    innocent = await shared.start("waits", "beside exit")
    await shared.driving("wait for beside exit")
    run = await shared.ended(await shared.start("hurts", "exit"))
    assert run["status"] == "error"
    assert run["error"]["code"] == "process_died"  # type: ignore[index]
    assert "died 4 times in a row" in str(run["error"])
    # Each checkpoint that came on disk before a death is a step further, from which it counts anew.
    steps = (await shared.door.call("get_thread", thread_id=str(run["thread_id"])))["checkpoints"]
    assert len(shared.drivers("exit")) <= 4 + len(steps)
    shared.go("beside exit")
    await _succeeds(shared, innocent)
    assert re.search(r"Worker \d ended with exit code 3", shared.log)


async def test_a_run_that_takes_too_much_memory_is_stopped_by_the_limit(shared: Front) -> None:
    innocent = await shared.start("waits", "beside memory")
    await shared.driving("wait for beside memory")
    run = await shared.ended(await shared.start("hurts", "memory"))
    assert run["status"] == "error"
    await until(lambda: "this worker ends, and its other runs go on in the next one" in shared.log)
    shared.go("beside memory")
    await _succeeds(shared, innocent)
