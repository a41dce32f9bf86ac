"""What ties a worker to its server: none is left behind, whatever it does, by a server that is killed."""

import os
import subprocess
import sys
from collections.abc import Sequence

import anyio
import pytest

from interrupt_mcp.workers.child import Means
from tests.patience import until
from tests.workers.offspring import is_alive, launch, talking

pytestmark = [pytest.mark.anyio, pytest.mark.linux]
BUSY = {
    "ignores the end of its input": "time.sleep(600)",
    "holds the interpreter": "import re\nre.match('(a*)*b', 'a' * 60)",
    "is stopped": "os.kill(os.getpid(), 19)",
}
"""What a worker may be at when its server is killed."""
WORKER = """
import os, sys, time
from interrupt_mcp.workers.tied import tie_to
if sys.argv[1] != "watched": tie_to(int(sys.argv[1]))
print("up", flush=True)
"""
SERVER = """
import os, sys, anyio
from contextlib import AsyncExitStack
from interrupt_mcp.workers.child import Means, started
from tests.workers.offspring import launch, talking

async def serve(watched, *codes):
    async with AsyncExitStack() as stack:
        told = "watched" if watched else str(os.getpid())
        talks = [await stack.enter_async_context(talking(launch(code, told), Means(watched))) for code in codes]
        for talk in talks: await talk.lines(1)
        print(*(talk.child.pid for talk in talks), flush=True)
        await anyio.sleep_forever()

anyio.run(serve, sys.argv[1] == "watched", *sys.argv[2:], backend_options={"use_uvloop": True})
"""


@pytest.mark.parametrize("how", ["tied", "watched"])
async def test_none_is_left_by_a_server_that_is_killed(how: str) -> None:
    pids = of_a_killed_server(how, [f"{WORKER}\n{each}" for each in BUSY.values()])
    assert len(pids) == len(BUSY)
    await until(lambda: not any(map(is_alive, pids)))


def of_a_killed_server(how: str, codes: Sequence[str]) -> list[int]:
    """The workers of a server that was killed; they lived until then."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", SERVER, how, *codes], stdout=subprocess.PIPE, env=environ) as server:
        assert server.stdout is not None
        pids = [int(each) for each in server.stdout.readline().split()]
        assert all(map(is_alive, pids))
        server.kill()
    return pids


async def test_one_whose_server_ended_before_it_was_tied_leaves_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    async with talking(launch(WORKER, "1" if os.getpid() != 1 else "2")) as talk:
        assert await talk.child.ended() == "ended with exit code 1"
    assert talk.heard == []
    assert "worker 1: This process is not the child of the server that started it: that has ended, or" in (
        capfd.readouterr().err
    )


async def test_a_watcher_goes_with_its_worker_and_kills_nobody() -> None:
    before = children_of(os.getpid())
    async with talking(launch("input()"), Means(watched=True)) as talk:
        watchers = children_of(os.getpid()) - before - {talk.child.pid}
        assert len(watchers) == 1
        talk.child.leave()
        await talk.child.ended()
        assert not children_of(os.getpid()) - before


def children_of(pid: int) -> set[int]:
    """The processes that this one started and that are still there, zombies too."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return {int(each) for each in file.read().split()}


async def test_one_that_takes_more_memory_than_it_may_gets_none_and_can_say_so() -> None:
    code = """
from interrupt_mcp.workers.tied import limit_memory
import resource
limit_memory(300)
kept = b"x" * 100_000_000
try: kept += kept + kept
except MemoryError: print("none left", resource.getrlimit(resource.RLIMIT_DATA), flush=True)
limit_memory(400)
print(resource.getrlimit(resource.RLIMIT_DATA)[0] >> 20, flush=True)
"""
    async with talking(launch(code)) as talk:
        assert await talk.child.ended() == "left"
    assert talk.heard == [b"none left (314572800, 314572800)", b"300"]


async def test_a_stopped_one_can_be_killed() -> None:
    async with talking(launch("import os\nos.write(1, b'up\\n')\nos.kill(os.getpid(), 19)")) as talk:
        await talk.lines(1)
        with anyio.move_on_after(0.01):
            await talk.child.ended()
        talk.child.kill()
        assert (await talk.child.ended()).startswith("was ended by SIGKILL")
    assert not is_alive(talk.child.pid)
