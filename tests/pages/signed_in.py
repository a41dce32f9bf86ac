"""Somebody who is signed in at the pages of a real server process, with a browser that runs no script."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx

from interrupt_mcp.authority import this_user
from interrupt_mcp.config import read_settings
from interrupt_mcp.secret import hash_of
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import NOBODY, Reach
from tests.conftest import Door
from tests.pages.reading import Page, page
from tests.patience import PATIENCE
from tests.processes import CHECKOUT, http_server, over_http, surroundings


@dataclass
class Visitor:
    """A person at the pages."""

    http: httpx.AsyncClient

    async def open(self, path: str) -> Page:
        """Load a page, and follow where it leads."""
        return _page(await self.http.get(path))

    async def press(self, at: Page, button: str, nth: int = 0, **filled: str) -> Page:
        """Press the nth button of that name, with fields filled in, and return the page that it leads to."""
        form = at.form(button, nth)
        fields = form.fields | filled
        if form.method == "get":
            return _page(await self.http.get(form.action, params=fields))
        return _page(await self.http.post(form.action, data=fields))


@asynccontextmanager
async def signed_in(home: Path, **environ: str) -> AsyncIterator[tuple[Visitor, Door]]:
    """A server in `home`, somebody signed in at its pages, and a client of it."""
    environ = {"INTERRUPT_MCP_INBOX": "on", **environ}
    with http_server(home, **environ) as server:
        async with visiting(server.base, home, environ) as visitor, over_http(server.url) as door:
            yield visitor, door


@asynccontextmanager
async def visiting(base: str, home: Path, environ: Mapping[str, str], root: str = "") -> AsyncIterator[Visitor]:
    """Somebody who is signed in at the pages that a server in `home`, with the address `base`, has under a path."""
    headers = {"origin": base}
    browser = httpx.AsyncClient(base_url=base, headers=headers, follow_redirects=True, timeout=PATIENCE)
    async with browser as http:
        await _sign_in(http, home, environ, root)
        yield Visitor(http)


async def _sign_in(http: httpx.AsyncClient, home: Path, environ: Mapping[str, str], root: str) -> None:
    """Use up a secret that was put into the store, as `interrupt-mcp inbox` does."""
    settings = read_settings(surroundings(home, **environ), cwd=home)
    secret = secrets.token_urlsafe()
    with closing(open_database(settings.database)) as database:
        sessions = database.store(Reach(settings.project), NOBODY).sessions
        await sessions.offer(hash_of(secret), this_user().principal, PATIENCE)
    answer = await http.post(f"{root}/inbox/sign-in", data={"secret": secret, "then": "/inbox"})
    assert answer.status_code == 200, answer.text


def _page(answer: httpx.Response) -> Page:
    # What a page says is one person's: it is kept nowhere, and runs nothing that it quotes.
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return page(str(answer.url), answer.status_code, answer.text)


async def accepted(visitor: Visitor, run: dict[str, Any]) -> Page:
    """Accept what the run asks first, on its page."""
    asked = await visitor.open(f"/inbox/interrupts/{run['interrupts'][0]['interrupt_id']}")
    return await visitor.press(asked, "Accept")


async def ended(door: Door, run_id: str) -> dict[str, Any]:
    """Return the run once it waits or has ended."""
    with anyio.fail_after(PATIENCE):
        while True:
            run = await door.call("get_run", run_id=run_id, wait_seconds=25)
            if run["status"] not in ("pending", "running"):
                return run


def variables(config: Path) -> dict[str, str]:
    """Return the variables of a server of agents that tests wrote, whose effects are in a file beside their folder."""
    effects = config.parent.parent / "effects"
    return {"INTERRUPT_MCP_CONFIG": str(config), "PYTHONPATH": CHECKOUT, "EFFECTS": str(effects)}
