"""What a worker says on stderr: passed on with its name, with nothing in it that would do or tell what it must not."""

import os
import re
import threading

import anyio
import pytest

from tests.patience import PATIENCE, until
from tests.workers.offspring import launch, talking

pytestmark = [pytest.mark.anyio, pytest.mark.posix]
KEY = "sk-proj-abcdefghijklmnop0123456789"


async def said(code: str, capfd: pytest.CaptureFixture[str], **more: str) -> list[str]:
    """The lines that came to this process's stderr of a child that ran the code."""
    async with talking(launch(code, **more)) as talk:
        with anyio.fail_after(PATIENCE):
            await talk.child.ended()
    out, err = capfd.readouterr()
    assert out == ""
    return err.splitlines()


async def test_each_line_has_the_name_and_is_there_once_the_end_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import os\nos.write(2, b'one\\ntw'); os.write(2, b'o\\r\\n\\nthree without an end')"
    lines = await said(code, capfd, name="search 2")
    assert lines == [f"worker search 2: {each}" for each in ("one", "two", "", "three without an end")]


async def test_what_would_control_a_terminal_is_shown_and_not_done(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import os\nos.write(2, b'\\x1b[2J\\tred\\x07 \\xff\\r50%\\x00\\n' + '\u202e'.encode() + b'worker 9: x\\n')"
    first, second = await said(code, capfd)
    assert first == r"worker 1: \u{1b}[2J    red\u{7} \xff\u{d}50%\u{0}"
    assert second == r"worker 1: \u{202e}worker 9: x"


async def test_what_looks_like_a_secret_is_left_out_and_so_are_secrets_of_the_server(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "correct horse")
    block = "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----\\n"
    code = f"import os\nos.write(2, b'key {KEY} and correct horse\\n{block}')"
    told = "\n".join(await said(code, capfd))
    assert "key *** and ***" in told
    assert re.search("sk-|horse|MIIE", told) is None


async def test_a_line_that_does_not_end_is_cut_and_holds_up_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import os\nos.write(2, b'a' * 300_000 + b'\\nnext\\n')"
    first, second = await said(code, capfd)
    assert re.fullmatch("worker 1: a{3000,8000}…", first)
    assert second == "worker 1: next"


async def test_whoever_says_very_much_slows_down_nobody_but_itself() -> None:
    code = """
import os, sys, threading
def say():
    while True: os.write(2, b"token=0123456789abcdef and more, " * 8 + bytes([10]))
threading.Thread(target=say, daemon=True).start()
for line in sys.stdin.buffer: os.write(1, line)
os._exit(0)
"""
    async with talking(launch(code)) as talk:
        for turn in range(50):
            talk.child.send(b"%d\n" % turn)
            await talk.lines(turn + 1)
        talk.child.leave()
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == "left"
    await until(lambda: not any(each.name == "interrupt-mcp-worker-1" for each in threading.enumerate()))


@pytest.mark.linux
async def test_what_it_started_may_go_on_to_hold_its_stderr_and_no_thread_waits_for_that() -> None:
    def threads() -> int:
        return len(os.listdir("/proc/self/task"))

    code = "import os, time\nif os.fork(): os._exit(0)\nos.close(1)\nos.write(2, b'up\\n')\ntime.sleep(600)"
    before = threads()
    async with talking(launch(code)) as talk:
        with anyio.fail_after(PATIENCE):
            assert await talk.child.ended() == "left"
    await until(lambda: threads() <= before)
    os.killpg(talk.child.pid, 9)
