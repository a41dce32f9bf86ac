"""Who is told of a change: whoever watches what is theirs, and what they are to decide. Others are told nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import Door
from tests.patience import PATIENCE, until
from tests.processes import connected
from tests.shared.served import D, L, R, Shared
from tests.watching import watching as watched

pytestmark = pytest.mark.anyio
PENDING = "interrupts://pending"


@asynccontextmanager
async def opened(at: Shared, name: str, version: str, **client: Any) -> AsyncIterator[Door]:
    headers = {"Authorization": f"Bearer {at.token(name, R, L, D)}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
        connected(streamable_http_client(at.server.url, http_client=http), version, client) as door,
    ):
        yield door


@asynccontextmanager
async def watching(at: Shared, name: str, version: str, *uris: str) -> AsyncIterator[tuple[Door, list[str]]]:
    """Somebody who watches these, in each era as it does, and what they were told of."""
    told: list[str] = []
    async with (
        watched(partial(opened, at, name, version), *uris) as (door, following),
        anyio.create_task_group() as tasks,
    ):

        async def hear() -> None:
            while True:
                told.append(await following())

        tasks.start_soon(hear)
        yield door, told
        tasks.cancel_scope.cancel()


async def test_only_those_are_told_whose_it_is_or_who_decide_it(at: Shared, version: str) -> None:
    async with opened(at, "owner", version) as owner:
        run = await owner.call("start_run", agent="four", message="go", thread_id=f"watched {version}")
    mine = [PENDING, f"run://{run['run_id']}", f"thread://watched%20{version}"]
    async with (
        watching(at, "owner", version, *mine) as (owner, told),
        watching(at, "decider", version, *mine) as (_, decider),
        watching(at, "other", version, *mine) as (other, others),
    ):
        # The last change is one that the other is told of: what came before it came before.
        await owner.call("start_run", agent="four", message="go")
        await until(lambda: PENDING in told and PENDING in decider)
        decider.clear()
        await owner.call("cancel_run", run_id=run["run_id"])
        await until(lambda: f"run://{run['run_id']}" in told and f"run://{run['run_id']}" in decider)
        assert others == []
        own = await other.call("start_run", agent="free", message="go")
        await until(lambda: bool(others))
        await other.call("cancel_run", run_id=own["run_id"])
    assert set(others) == {PENDING}
    assert f"thread://watched%20{version}" in told
