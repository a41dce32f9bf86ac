"""Clients of both protocol eras and a browser behind nginx and HAProxy, while replicas are killed and replaced."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx
import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

from tests.balance.balancers import Front, balancing
from tests.balance.replicas import Replicas
from tests.conftest import Door
from tests.pages.safety.visitors import decision_on, token_in
from tests.patience import PATIENCE
from tests.processes import connected

pytestmark = [pytest.mark.anyio, pytest.mark.linux]
MODERN, LEGACY = "2026-07-28", "2025-11-25"


ENDINGS = {"nginx": "killed", "haproxy": "leaving"}
"""How a replica ends behind which. HAProxy is told before that it will, by `/readyz`, and so sends it nothing more."""


@pytest.fixture(scope="module", params=ENDINGS)
def named(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def balancer(named: str, front: Front, replicas: Replicas) -> Iterator[str]:
    with balancing(named, front, replicas.ports):
        yield front.url


@pytest.fixture
def ending(named: str) -> str:
    return ENDINGS[named]


@pytest.fixture
def trust(front: Front) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(front.certificate))


@pytest.fixture
async def browser(balancer: str, trust: ssl.SSLContext, replicas: Replicas) -> AsyncIterator[httpx.AsyncClient]:
    """One that runs no script, once the balancer sends requests to both replicas."""
    options: dict[str, Any] = {"verify": trust, "timeout": PATIENCE, "trust_env": False}
    async with httpx.AsyncClient(base_url=balancer, headers={"origin": balancer}, **options) as http:
        await both_answer(http)
        yield http


async def both_answer(browser: httpx.AsyncClient) -> None:
    """Wait until the balancer sends requests to both replicas: each proves itself in words of its own."""
    seen: set[str] = set()
    with anyio.fail_after(PATIENCE):
        while len(seen) < 2:
            try:
                answer = await browser.get("/inbox/proof?nonce=1")
            except httpx.TransportError:
                await anyio.sleep(0.1)
                continue
            if answer.status_code == 200:
                seen.add(answer.text)


@dataclass
class All:
    """Those who use the server as one, whichever replica answers."""

    legacy: Door
    modern: Door
    browser: httpx.AsyncClient

    async def book(self, door: Door, hotel: str) -> None:
        """Start a run, whose question a form asks, and see it through."""
        run = await door.call("start_run", agent="hotel", message=f"Book {hotel}")
        assert run["status"] == "success", run

    async def decide(self) -> None:
        """Have a run ask at the pages, and decide there."""
        run = await self.modern.call("start_run", agent="hotel", message="Book the Plaza", wait_seconds=0)
        run = await self.modern.call("get_run", run_id=run["run_id"], wait_seconds=25)
        page = f"/inbox/interrupts/{run['interrupts'][0]['code']}"
        shown = await self.browser.get(page)
        assert shown.status_code == 200, shown.text
        fields = {"token": token_in(shown.text), **decision_on(shown.text, "accept")}
        taken = await self.browser.post(f"{page}/decide", data=fields)
        assert taken.status_code == 303, taken.text
        ended = await self.modern.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success", ended

    async def look(self) -> None:
        """Do what each of them may do at any time."""
        for door in (self.legacy, self.modern):
            await door.call("list_runs")
        assert (await self.browser.get("/inbox")).status_code == 200


@asynccontextmanager
async def everybody(
    url: str, trust: ssl.SSLContext, browser: httpx.AsyncClient, token: str, persons: str
) -> AsyncIterator[All]:
    async def accept(_context: Any, _question: Any) -> ElicitResult:
        return ElicitResult(action="accept", content={"decision": "accept"})

    async with AsyncExitStack() as stack:

        async def client(version: str) -> Door:
            headers = {"Authorization": f"Bearer {token}"}
            made = httpx2.AsyncClient(headers=headers, verify=trust, timeout=PATIENCE, trust_env=False)
            http = await stack.enter_async_context(made)
            transport = streamable_http_client(f"{url}/mcp", http_client=http)
            return await stack.enter_async_context(connected(transport, version, {"elicitation_callback": accept}))

        signed_in = await browser.post("/inbox/sign-in", data={"secret": persons, "then": "/inbox"})
        assert signed_in.status_code == 200, signed_in.text
        yield All(await client(LEGACY), await client(MODERN), browser)


async def test_all_go_on_as_one_while_a_replica_is_killed_or_replaced(
    balancer: str,
    trust: ssl.SSLContext,
    browser: httpx.AsyncClient,
    replicas: Replicas,
    token: str,
    persons: str,
    ending: str,
    go: Path,
) -> None:
    async with everybody(balancer, trust, browser, token, persons) as all_:
        await all_.book(all_.modern, "the Savoy")
        run = await all_.legacy.call("start_run", agent="slow", message="Hello", wait_seconds=0)
        gone, told = anyio.Event(), []

        async def wait() -> None:
            """Ask again for as long as it runs: a replica that leaves answers before."""
            while not told or told[-1] != "success":
                told.append((await all_.modern.call("get_run", run_id=run["run_id"], wait_seconds=25))["status"])

        async def replace() -> None:
            if ending == "killed":
                replicas.kill(0)
            else:
                assert await anyio.to_thread.run_sync(replicas.living[0].stop) == 0
            gone.set()

        if ending == "killed":
            await replace()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            if ending == "leaving":
                tasks.start_soon(replace)
            while not gone.is_set():
                await all_.look()
                await anyio.sleep(0.05)
            for _ in range(3):
                await all_.look()
            go.touch()
            await anyio.to_thread.run_sync(replicas.start, 0)
        await both_answer(browser)
        await all_.book(all_.legacy, "the Ritz")
        await all_.decide()


async def test_an_open_page_is_told_of_what_any_replica_does(
    balancer: str, trust: ssl.SSLContext, browser: httpx.AsyncClient, token: str, persons: str
) -> None:
    async with (
        everybody(balancer, trust, browser, token, persons) as all_,
        browser.stream("GET", "/inbox/events") as events,
        anyio.create_task_group() as tasks,
    ):
        told = events.aiter_lines()
        assert events.status_code == 200
        assert (await anext(told)).startswith("retry")
        tasks.start_soon(all_.decide)
        with anyio.fail_after(PATIENCE):
            async for line in told:
                if line == "event: changed":
                    break
