"""A child: what is sent to it and what it writes, and how it ends."""

import os
import signal
import time
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.workers import backlog, child
from interrupt_mcp.workers.child import Means, started
from interrupt_mcp.workers.launch import Launch
from tests.patience import PATIENCE
from tests.workers.offspring import ECHO, is_alive, launch, talking

pytestmark = [pytest.mark.anyio, pytest.mark.posix]
LOOPS = {
    "uvloop": (True, Means(threaded=False)),
    "asyncio": (False, Means(threaded=False)),
    "threads": (False, Means(threaded=True)),
}
"""Each event loop and the means that a server may have there."""


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    loop = request.getfixturevalue("loop") if "loop" in request.fixturenames else "uvloop"
    return ("asyncio", {"use_uvloop": LOOPS[loop][0]})


@pytest.fixture(params=list(LOOPS))
def loop(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def means(loop: str) -> Means:
    return LOOPS[loop][1]


async def test_lines_come_as_they_were_sent_in_order_however_long_they_are(means: Means) -> None:
    lines = [b"%d:" % number + b"x" * length for number, length in enumerate((0, 1, 70_000, 3, 4_000_000, 5) * 3)]
    async with talking(launch(ECHO), means) as talk:
        for line in lines:
            talk.child.send(line + b"\n")
        assert await talk.lines(len(lines)) == lines


async def test_many_lines_at_once_all_come_and_others_have_their_turn_meanwhile(means: Means) -> None:
    flood = "import sys\nfor n in range(200_000): print(n)\nsys.stdout.flush()\nsys.stdin.read()"
    turns = 0
    async with talking(launch(flood), means) as talk:
        while len(talk.heard) < 200_000:
            await anyio.lowlevel.checkpoint()
            turns += 1
        assert talk.heard[-1] == b"199999"
    assert turns > 5


async def test_what_was_sent_is_written_before_its_input_ends_and_all_it_wrote_is_heard_before_its_end(
    means: Means,
) -> None:
    async with talking(launch(ECHO), means) as talk:
        for _ in range(20):
            talk.child.send(b"y" * 100_000 + b"\n")
        talk.child.leave()
        talk.child.send(b"too late\n")
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == "left"
        assert talk.heard == [b"y" * 100_000] * 20


async def test_what_it_wrote_before_its_end_can_begin_tasks_like_all_that_it_writes(means: Means) -> None:
    heard: list[bytes] = []

    async def hear(line: bytes) -> None:
        heard.append(line)

    code = "print('first'); print('last')"
    async with anyio.create_task_group() as tasks, started(launch(code), partial(tasks.start_soon, hear), means) as one:
        with anyio.fail_after(PATIENCE):
            assert await one.ended() == "left"
    assert heard == [b"first", b"last"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise SystemExit(3)", "ended with exit code 3"),
        ("import os; os._exit(1)", "ended with exit code 1"),
        ("import os; os.kill(os.getpid(), 11)", "was ended by SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL, as systems do that have no memory left"),
    ],
)
async def test_how_it_ended_is_told(code: str, told: str) -> None:
    async with talking(launch(code)) as talk:
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == told
        talk.child.send(b"nobody reads this\n")
        talk.child.kill("and nothing more is said of its end")
        assert await talk.child.ended() == told


async def test_a_kill_under_a_memory_limit_tells_the_limit() -> None:
    async with talking(launch("import os; os.kill(os.getpid(), 9)", memory=300)) as talk:
        with anyio.fail_after(PATIENCE):
            told = await talk.child.ended()
    assert told == "was ended by SIGKILL, perhaps for want of memory: worker_memory allows it 300 MB"


async def test_one_that_does_not_read_is_killed_once_too_much_waits_for_it(
    means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pipes", "threads"):
        monkeypatch.setattr(f"interrupt_mcp.workers.{module}.MOST_UNREAD", 500_000)
    async with talking(launch("import time; time.sleep(600)"), means) as talk:
        begun = time.monotonic()
        for _ in range(20):
            talk.child.send(b"z" * 50_000 + b"\n")
        assert time.monotonic() - begun < PATIENCE
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == "was ended: it did not read what was sent to it"


async def test_one_that_writes_a_line_without_an_end_is_killed(means: Means, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "LONGEST", 1_000_000)
    endless = "import sys\nwhile True: sys.stdout.write('x' * 10_000)"
    async with talking(launch(endless), means) as talk:
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == f"was ended: {backlog.TOO_LONG}"
        assert talk.heard == []


@pytest.mark.parametrize(
    ("closes", "told"), [(0, "was ended: it closed its input"), (1, "was ended: it closed its output")]
)
async def test_one_that_closes_its_pipes_and_lives_is_killed(
    closes: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_ENDING_SECONDS", 0.1)
    code = f"import os, time\nos.write(1, b'up\\n')\nos.close({closes})\nos.write(2, b'.\\n')\ntime.sleep(600)"
    async with talking(launch(code)) as talk:
        await talk.lines(1)
        with anyio.fail_after(PATIENCE):
            while talk.child.pid and not (closes or await _is_told(talk.child)):
                talk.child.send(b"are you there?\n")
            assert await talk.child.ended() == told


async def _is_told(one: child.Child) -> bool:
    with anyio.move_on_after(0.01):
        await one.ended()
        return True
    return False


async def test_one_that_ignores_the_end_of_its_input_is_killed_in_the_end(
    means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LEAVING_SECONDS", 0.2)
    async with talking(launch("print('up', flush=True)\nimport time\ntime.sleep(600)"), means) as talk:
        await talk.lines(1)
    assert await talk.child.ended() == "was ended: it did not leave"
    with pytest.raises(ProcessLookupError):
        os.kill(talk.child.pid, 0)


async def test_a_cancelled_server_leaves_none_behind(means: Means, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "LEAVING_SECONDS", 0.2)
    pids = []
    with anyio.CancelScope() as scope:
        async with talking(launch("print('up', flush=True)\nimport time\ntime.sleep(600)"), means) as talk:
            await talk.lines(1)
            pids.append(talk.child.pid)
            scope.cancel()
            await anyio.sleep(PATIENCE)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


@pytest.mark.linux
async def test_what_it_started_goes_with_one_that_is_killed_and_holds_up_nobody() -> None:
    code = """
import os, time
pid = os.fork()
if pid: print(pid, flush=True)
time.sleep(600)
"""
    async with talking(launch(code)) as talk:
        grandchild = int((await talk.lines(1))[0])
        os.kill(talk.child.pid, signal.SIGTERM)
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == "was ended by SIGTERM"
        assert is_alive(grandchild)
        os.kill(grandchild, signal.SIGKILL)

    async with talking(launch(code)) as talk:
        grandchild = int((await talk.lines(1))[0])
        talk.child.kill("somebody said so")
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == "was ended: somebody said so"
            while is_alive(grandchild):
                await anyio.sleep(0.01)


async def test_ctrl_c_at_the_terminal_of_the_server_is_not_for_its_children() -> None:
    async with talking(launch("import os\nprint(os.getpgid(0), os.getsid(0), flush=True)\ninput()")) as talk:
        (line,) = await talk.lines(1)
        assert line == b"%d %d" % (talk.child.pid, talk.child.pid)


async def test_a_python_that_cannot_be_started_is_said() -> None:
    absent = launch(ECHO)
    absent = Launch(absent.python.with_name("no-such-python"), absent.arguments, absent.environ, "1")
    with pytest.raises(Unavailable, match=r"no-such-python cannot be started as a worker: FileNotFoundError"):
        async with started(absent, print):
            pass
