"""A browser for each worker, a server over HTTP for each module, and a person who is signed in at its pages."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.conftest import Door
from tests.effects import Effects
from tests.pages import signing_in
from tests.pages.asking import asked
from tests.pages.browser import running
from tests.pages.signed_in import Visitor, visiting
from tests.pages.windows import Windows
from tests.processes import CHECKOUT, HttpServer, http_server, over_http
from tests.projects import offering

_AGENTS = Path(__file__).with_name("agents")
_POLICY = """
[agents.shop.tools.pay]
sensitive = true
risk = "high"
"""
_BUNDLED = "interrupt_mcp_agents"
Open = Callable[..., Awaitable[Page]]
Start = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for all tests of a worker, since its browser is of one."""
    return "asyncio"


@pytest.fixture(scope="session")
async def chromium(anyio_backend: str) -> AsyncIterator[Browser]:
    async with running() as browser:
        yield browser


@pytest.fixture
async def windows(chromium: Browser) -> AsyncIterator[Windows]:
    """Windows in that browser, in which nothing may go wrong."""
    opened = Windows(chromium)
    yield opened
    await opened.close()
    assert opened.wrong == []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's server runs, and its project is."""
    home = tmp_path_factory.mktemp("pages")
    bundled = {name: f"{_BUNDLED}.{name}:graph" for name in ("hotel", "desk", "revise_text")}
    offering(
        home, _AGENTS, "asking:asking", "asking:markup", "offers:offers", shop="shop:graph", policy=_POLICY, **bundled
    )
    return home


@pytest.fixture(scope="module")
def world(home: Path) -> dict[str, str]:
    """The variables of all processes of the project."""
    return {
        "EFFECTS": str(home / "effects"),
        "DESK_DATABASE": str(home / "desk.db"),
        "INTERRUPT_MCP_HOTEL_LEDGER": str(home / "ledger.txt"),
        "INTERRUPT_MCP_INBOX": "on",
        "INTERRUPT_MCP_INBOX_PORT": "0",
        "INTERRUPT_MCP_APPROVER": "human",
        "PYTHONPATH": CHECKOUT,
    }


@pytest.fixture(scope="module")
def server(home: Path, world: dict[str, str]) -> Iterator[HttpServer]:
    with http_server(home, **world) as running:
        yield running


@pytest.fixture(scope="module")
async def cookies(server: HttpServer, home: Path, world: dict[str, str], chromium: Browser) -> Any:
    """What keeps a person signed in who came by a link."""
    async with over_http(server.url) as door:
        # From its first question on it is known to other processes that this one serves the pages.
        run = await asked(door, agent="hotel", message="Book the Ritz")
        await door.call("cancel_run", run_id=run["run_id"])
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(await signing_in.link(home, **world))
    await page.wait_for_url("**/inbox")
    kept = await context.storage_state()
    await context.close()
    return kept


@pytest.fixture(scope="module")
async def ann(server: HttpServer, home: Path, world: dict[str, str]) -> AsyncIterator[Visitor]:
    """Somebody who is signed in at the module's server, with a browser that runs no script."""
    async with visiting(server.base, home, world) as visitor:
        yield visitor


@pytest.fixture
def open_page(windows: Windows, server: HttpServer, cookies: Any) -> Open:
    """`await open_page("/inbox", **options)`: a page of the module's server, for a person who is signed in."""

    async def opened(path: str = "/inbox", **options: Any) -> Page:
        return await windows.open(f"{server.base}{path}", cookies, **options)

    return opened


@pytest.fixture
async def door(server: HttpServer) -> AsyncIterator[Door]:
    """A client of the module's server, which shows no forms."""
    async with over_http(server.url) as opened:
        yield opened


@pytest.fixture
async def start(door: Door) -> AsyncIterator[Start]:
    """`await start("shop", "call write {…}")`: a run that waits, which is cancelled when the test ends.

    In the place of a message there can be the graph's input.
    """
    begun: list[str] = []

    async def started(agent: str, given: Any, **more: Any) -> dict[str, Any]:
        what = {"message": given} if isinstance(given, str) else {"input": given}
        run = await asked(door, agent=agent, **what, **more)
        begun.append(run["run_id"])
        return run

    yield started
    for run_id in begun:
        await door.call("cancel_run", run_id=run_id)


def page_of(run: dict[str, Any]) -> str:
    """The path of the page on which the run's first question is decided."""
    return f"/inbox/interrupts/{run['interrupts'][0]['code']}"


@pytest.fixture
def did(home: Path) -> Effects:
    """What agents did in this test."""
    for file in home.glob("effects*"):
        file.unlink()
    return Effects(home / "effects")
