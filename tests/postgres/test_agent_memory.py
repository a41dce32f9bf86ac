"""What agents remember on a PostgreSQL server."""

import asyncio
import math
from typing import Any

import psycopg
import pytest

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from tests.postgres.cluster import PASSWORD
from tests.postgres.conftest import rows_of
from tests.postgres.sharing import shared
from tests.store.conftest import Open

pytestmark = [pytest.mark.postgres, pytest.mark.posix, pytest.mark.anyio]
NOTES = ("notes", "of", "ann")


@pytest.mark.parametrize("value", [{"text": "x"}, {}, "text", 1, ["a", {"b": None}]], ids=repr)
async def test_what_is_remembered_is_told_as_it_was_and_found(opened: Open, value: Any) -> None:
    async with opened().agent_memory({}) as memory:
        await memory.aput(NOTES, "key", value)
    async with opened("other").agent_memory({}) as memory:
        (found,) = await memory.asearch(NOTES[:1])
        assert (found.value, found.namespace, found.key) == (value, NOTES, "key")
        assert await memory.alist_namespaces(prefix=NOTES[:2]) == [NOTES]
        told = await asyncio.to_thread(memory.get, NOTES, "key")
        assert told is not None
        assert told.value == value


async def test_what_the_server_cannot_hold_is_left_out_of_a_value(opened: Open) -> None:
    async with opened().agent_memory({}) as memory:
        await memory.aput(NOTES, "key", {"a\0": ["b\0\ud800", math.nan]})
        found = await memory.aget(NOTES, "key")
    assert found is not None
    assert found.value == {"a": ["b", None]}


async def test_what_is_over_is_swept_away(address: PostgresServer, opened: Open) -> None:
    config = {"ttl": {"default_ttl": 0.001, "sweep_interval_minutes": 0.001}}
    async with opened().agent_memory(config) as memory:
        await memory.aput(NOTES, "key", {"text": "x"})
        with rows_of(address.url) as ask:
            async with asyncio.timeout(60):
                while ask("SELECT FROM store"):
                    await asyncio.sleep(0.05)


async def test_connections_that_the_server_ended_are_made_anew(address: PostgresServer, opened: Open) -> None:
    async with opened().agent_memory({}) as memory:
        await memory.aput(NOTES, "key", {"text": "x"})
        with psycopg.connect(shared().superuser, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [address.url.rpartition("/")[2]],
            )
        found = await memory.aget(NOTES, "key")
        assert found is not None


async def test_an_index_without_the_extension_is_refused_in_one_sentence(opened: Open) -> None:
    index = {"dims": 2, "embed": lambda texts: [[0.0, 1.0] for _ in texts]}
    with pytest.raises(Unavailable, match="needs the extension pgvector") as told:
        async with opened().agent_memory({"index": index}):
            pass
    assert PASSWORD not in str(told.value)
