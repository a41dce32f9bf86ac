"""Claude Desktop's way: no forms, no terminal, and a browser that opens at what waits."""

import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp_types import Implementation
from playwright.async_api import expect

from tests.conftest import Door
from tests.ledger import Ledger
from tests.pages.asking import asked
from tests.pages.desktop import Desktop, desktop
from tests.pages.windows import Windows
from tests.patience import PATIENCE
from tests.processes import http_server, over_stdio

pytestmark = pytest.mark.anyio
CLAUDE = Implementation(name="claude-ai", version="0.1.0")
PLAZA = {"agent": "hotel", "message": "Book a stay at the Plaza"}


@pytest.fixture
def machine(tmp_path: Path) -> Desktop:
    return desktop(tmp_path / "desktop")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def world(machine: Desktop, ledger: Ledger) -> dict[str, str]:
    """What all processes on that desktop inherit."""
    return {**machine.environ, "INTERRUPT_MCP_HOTEL_LEDGER": str(ledger.file)}


@pytest.fixture
async def claude(tmp_path: Path, world: dict[str, str]) -> AsyncIterator[Door]:
    """A client that declares what Claude Desktop declares, and its server."""
    async with over_stdio(tmp_path, "2025-11-25", world, client_info=CLAUDE) as door:
        yield door


def secret_of(page: Path) -> str:
    (secret,) = re.findall(r'name="secret" value="([^"]+)"', page.read_text())
    return str(secret)


def command_lines() -> str:
    """Those of all processes."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:
            continue
    return b"\n".join(found).decode("utf-8", "replace")


@pytest.mark.linux
async def test_the_browser_opens_at_what_waits_and_the_waiting_call_returns_with_the_booking(
    claude: Door, machine: Desktop, windows: Windows, ledger: Ledger, tmp_path: Path
) -> None:
    seen: list[str] = []
    returned: list[dict[str, Any]] = []

    async def waiting() -> None:
        """A client that asks again where the person took longer than a call may wait."""
        returned.append(await claude.call("start_run", **PLAZA, wait_seconds=25))
        while returned[-1]["status"] == "interrupted":
            returned.append(await claude.call("resume_run", run_id=returned[-1]["run_id"], wait_seconds=25))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting)
        handed = await machine.page()
        (asked_for,) = (await claude.call("list_interrupts"))["interrupts"]
        assert re.match(r"In the browser, .*/inbox/interrupts/\w+$", asked_for["where_to_decide"])
        decision = {"type": "accept", "digest": asked_for["digest"]}
        refused = await claude.error("resume_run", run_id=asked_for["run_id"], decisions=[decision])
        assert refused.startswith("needs_human: ")
        page = await windows.open()
        page.on("framenavigated", lambda frame: seen.append(frame.url))
        await page.goto(handed.as_uri())
        await page.wait_for_url(f"**/inbox/interrupts/{asked_for['code']}")
        await expect(page.get_by_role("main")).to_contain_text("claude-ai")
        await page.get_by_role("button", name="Accept", exact=True).click()
        await expect(page.get_by_role("main")).to_contain_text("Successfully booked a stay at Plaza")
    assert returned[-1]["status"] == "success"
    assert "Successfully booked a stay at Plaza" in returned[-1]["answer"]
    assert ledger.bookings == ["Plaza"]
    assert len(machine.opened) == 1
    secret = secret_of(handed)
    told = [
        str(asked_for),
        refused,
        str(returned),
        *seen,
        *machine.opened,
        command_lines(),
        (tmp_path / "stderr.txt").read_text(),
    ]
    assert [text for text in told if secret in text] == []


@pytest.mark.posix
async def test_a_call_that_waits_for_a_person_returns_in_time_and_says_where_they_decide(
    claude: Door, machine: Desktop
) -> None:
    run = await claude.call("start_run", **PLAZA, wait_seconds=5)
    assert run["status"] in ("running", "interrupted")
    await machine.page()
    again = await claude.call("resume_run", run_id=run["run_id"], wait_seconds=1)
    assert again["status"] == "interrupted"
    assert again["next_step"].startswith("Nothing was decided. ")
    assert "in the browser, on the page that opens there at http://127.0.0.1:" in again["next_step"]


@pytest.mark.posix
async def test_the_file_that_was_handed_over_signs_in_once(claude: Door, machine: Desktop, windows: Windows) -> None:
    await asked(claude, **PLAZA)
    handed = await machine.page()
    first = await windows.open(handed.as_uri())
    await first.wait_for_url("**/inbox/interrupts/*")
    second = await windows.open(handed.as_uri())
    await expect(second.get_by_role("alert")).to_contain_text("used already")
    await second.goto(first.url)
    await expect(second.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.posix
async def test_it_opens_once_for_what_comes_together_and_not_again_while_the_page_is_open(
    claude: Door, machine: Desktop, windows: Windows, tmp_path: Path, world: dict[str, str]
) -> None:
    await asked(claude, agent="hotel", message="Book the Ritz, the Plaza and the Savoy")
    page = await windows.open((await machine.page()).as_uri())
    await page.wait_for_url("**/inbox/interrupts/*")
    await expect(page).to_have_title(re.compile(r"^\(3\) "))
    await asked(claude, **PLAZA)
    async with over_stdio(tmp_path, environ=world) as other:
        await asked(other, **PLAZA)
        await expect(page).to_have_title(re.compile(r"^\(5\) "))
    assert len(machine.opened) == 1


async def served_by(door: Door, run: dict[str, Any]) -> str:
    """Where the pages are, as a client is told; empty where they are nowhere."""
    interrupts = (await door.call("get_run", run_id=run["run_id"]))["interrupts"]
    found = re.search(r"http://[\d.:]+", interrupts[0]["where_to_decide"])
    return found[0] if found else ""


@pytest.mark.linux
async def test_the_pages_go_on_in_another_process_when_the_one_that_serves_them_is_killed(
    tmp_path: Path, machine: Desktop, world: dict[str, str], windows: Windows, ledger: Ledger
) -> None:
    # The same port again, as without this setting.
    port = {"INTERRUPT_MCP_INBOX_PORT": str(free_port())}
    async with over_stdio(tmp_path, environ={**world, **port}) as staying, AsyncExitStack() as leaving:
        first = await leaving.enter_async_context(over_stdio(tmp_path, environ={**world, **port}))
        run = await asked(first, **PLAZA)
        page = await windows.open((await machine.page()).as_uri())
        await page.wait_for_url("**/inbox/interrupts/*")
        other = await asked(staying, agent="hotel", message="Book the Ritz")
        await expect(page).to_have_title(re.compile(r"^\(2\) "))
        os.kill(listening(port["INTERRUPT_MCP_INBOX_PORT"]), signal.SIGKILL)
        with anyio.fail_after(PATIENCE):
            while not await served_by(staying, other):
                await anyio.sleep(0.01)
        await asked(staying, agent="hotel", message="Book the Savoy")
        await expect(page).to_have_title(re.compile(r"^\(3\) "))
        await page.get_by_role("button", name="Accept", exact=True).click()
        await expect(page.get_by_role("main")).to_contain_text("Successfully booked a stay at Plaza")
        ended = await staying.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success"
    assert ledger.bookings == ["Plaza"]


@pytest.mark.posix
async def test_a_server_over_http_takes_the_pages_over_and_an_open_page_goes_on_there(
    tmp_path: Path, claude: Door, machine: Desktop, world: dict[str, str], windows: Windows, ledger: Ledger
) -> None:
    run = await asked(claude, **PLAZA)
    page = await windows.open((await machine.page()).as_uri())
    await page.wait_for_url("**/inbox/interrupts/*")
    before = await served_by(claude, run)
    with http_server(tmp_path, **world) as server:
        with anyio.fail_after(PATIENCE):
            while await served_by(claude, run) == before:
                await anyio.sleep(0.01)
        assert await served_by(claude, run) == server.base
        await page.reload()
        await expect(page).to_have_url(re.compile(f"^{server.base}/inbox/interrupts/"))
        await page.get_by_role("button", name="Accept", exact=True).click()
        await expect(page.get_by_role("main")).to_contain_text("Successfully booked a stay at Plaza")
    assert ledger.bookings == ["Plaza"]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listening(port: str) -> int:
    """The process that listens at that port."""
    inodes = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{int(port):04X}") and line.split()[3] == "0A"
    }
    for path in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(path).removeprefix("socket:[").removesuffix("]") in inodes:
                return int(path.parts[2])
        except OSError:
            continue
    raise AssertionError(f"nobody listens at {port}")
