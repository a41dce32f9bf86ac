"""LangGraph's checkpoints on a PostgreSQL server: a graph's state is read back as it was, also by LangGraph's own."""

import asyncio
import itertools
import math
import operator
from collections.abc import AsyncGenerator, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, TypedDict

import psycopg
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import BASE_CAPABILITIES
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import StateGraph
from psycopg.rows import dict_row

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.model import Approver, ThreadId
from interrupt_mcp.store.compression import Compressed
from interrupt_mcp.store.port import Journal, Store
from interrupt_mcp.store.postgres.checkpointer import Checkpointer
from interrupt_mcp.store.postgres.database import Database
from interrupt_mcp.store.records import ClaimedRun, Reach
from tests.patience import PATIENCE
from tests.postgres.conftest import rows_of
from tests.store.conftest import Open, saver_of, started

pytestmark = [pytest.mark.postgres, pytest.mark.posix, pytest.mark.anyio]
HERE: RunnableConfig = {"configurable": {"thread_id": "thread"}}


class Size(StrEnum):
    """A text that is more than that."""

    SMALL = "small"


class State(TypedDict):
    """What a graph keeps: a value, and what it did."""

    value: Any
    log: Annotated[list[Any], operator.add]
    told: Annotated[list[Any], DeltaChannel(lambda kept, writes: [*kept, *itertools.chain.from_iterable(writes)])]


def graph(saver: "BaseCheckpointSaver[str]", value: Any = None, steps: int = 1) -> Any:
    """A graph whose every step returns the value, and says so."""
    made = StateGraph(State)
    names = [f"step{number}" for number in range(steps)]
    for name in names:
        made.add_node(name, lambda _, name=name: {"value": value, "log": [name], "told": [name]})
    for one, other in itertools.pairwise(names):
        made.add_edge(one, other)
    made.set_entry_point(names[0])
    return made.compile(checkpointer=saver)


async def driven(store: Store, value: Any = None, *, run: str = "run", steps: int = 1) -> tuple[ClaimedRun, Journal]:
    """A run on the thread, as far as its graph goes."""
    claimed = await started(store, run)
    journal = store.journal(claimed)
    config: RunnableConfig = {**HERE, "metadata": {"interrupt_mcp_run": run}}
    await graph(saver_of(store, journal), value, steps).ainvoke({"log": [run], "told": [run]}, config)
    await journal.settled()
    return claimed, journal


async def state_of(store: Store, thread: str = "thread") -> Mapping[str, Any]:
    config: RunnableConfig = {"configurable": {"thread_id": thread}}
    found: Mapping[str, Any] = (await graph(saver_of(store)).aget_state(config)).values
    return found


async def without_changes(store: Store) -> Mapping[str, Any]:
    """The state, but for what is put together from all checkpoints, none of which is deleted by who knows of it."""
    return {name: value for name, value in (await state_of(store)).items() if name != "told"}


@pytest.fixture
def kept(address: PostgresServer) -> Iterator[Any]:
    with rows_of(address.url) as ask:
        yield ask


async def test_the_checkpointer_does_what_langgraph_expects_of_one(address: PostgresServer, kept: Any) -> None:
    @checkpointer_test(name="interrupt-mcp")
    async def ours() -> AsyncGenerator[BaseCheckpointSaver, None]:
        for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"):
            kept(f"DELETE FROM {table} WHERE true RETURNING 1")
        database = Database(address)
        yield Checkpointer(database, Reach("project"), Nobodys(database))
        await asyncio.to_thread(database.close)

    report = await validate(ours)
    assert [failure for result in report.results.values() for failure in result.failures] == []
    tested = {name for name, result in report.results.items() if result.detected}
    assert tested == {capability.value for capability in BASE_CAPABILITIES}
    assert sum(result.tests_passed for result in report.results.values()) >= 50


@pytest.mark.parametrize(
    "value",
    [
        *(
            None,
            True,
            0,
            2**62,
            "",
            "text",
            "\0",
            "a\0b",
            "\ud800",
            "\\u0000",
            "x" * 5000,
            b"\0bytes",
            [1, "\0"],
        ),
        *(1.0, -0.0, 1e22, 1e-300, 0.1, math.inf, -math.inf, {"a": {"\0": [math.inf, "\ud800", None]}}),
    ],
    ids=repr,
)
async def test_a_value_is_read_back_as_it_was(opened: Open, value: Any) -> None:
    await driven(opened(), value)
    found = (await state_of(opened("other")))["value"]
    assert (type(found), repr(found)) == (type(value), repr(value).replace("\\ud800", "?"))


async def test_what_is_no_number_is_none_afterwards(opened: Open) -> None:
    await driven(opened(), math.nan)
    assert math.isnan((await state_of(opened("other")))["value"])


async def test_a_text_that_is_more_than_that_is_no_mere_text(opened: Open) -> None:
    await driven(opened(), Size.SMALL)
    (allowed,) = [opened("other").checkpoints(None, {(Size.__module__, "Size")})]
    found = await graph(allowed).aget_state(HERE)  # type: ignore[arg-type]  # it is LangGraph's as well
    assert type(found.values["value"]) is Size


async def test_metadata_is_json_that_the_server_takes(opened: Open) -> None:
    store = opened()
    journal = store.journal(await started(store))
    told: dict[str, Any] = {"odd": "a\0\ud800b", "much": math.inf, "in": {"x": ["\0", math.nan]}}
    config: RunnableConfig = {"configurable": {"thread_id": "thread", "secret": "never"}, "metadata": told}
    await graph(saver_of(store, journal)).ainvoke({"log": []}, config)
    await journal.settled()
    found = await saver_of(opened("other")).aget_tuple(HERE)
    assert found is not None
    assert (found.metadata["odd"], found.metadata["much"]) == ("ab", None)  # type: ignore[typeddict-item]
    assert "secret" not in found.metadata


async def test_langgraphs_own_reads_what_ours_wrote(address: PostgresServer, opened: Open) -> None:
    await driven(opened(), "x" * 5000, steps=3)
    ours = [each async for each in saver_of(opened()).alist(HERE)]
    with psycopg.connect(
        address.url, autocommit=True, row_factory=dict_row, options="-c search_path=interrupt_mcp"
    ) as connection:
        theirs = PostgresSaver(connection, serde=Compressed(JsonPlusSerializer()))
        assert [*theirs.list(HERE)] == ours
        assert graph(theirs).get_state(HERE).values == await state_of(opened())


async def test_a_channel_that_is_kept_as_its_changes_is_put_together_again(opened: Open) -> None:
    await driven(opened(), steps=4)
    assert (await state_of(opened("other")))["told"] == ["run", *(f"step{number}" for number in range(4))]
    found = await asyncio.to_thread(lambda: graph(saver_of(opened("other"))).get_state(HERE))
    assert found.values["told"] == ["run", *(f"step{number}" for number in range(4))]


async def test_a_value_that_stays_is_kept_once(opened: Open, kept: Any) -> None:
    await driven(opened(), ["long"] * 1000, steps=5)
    versions = kept("SELECT count(*) FROM checkpoint_blobs WHERE channel = 'value'")[0][0]
    assert versions == 5
    assert kept("SELECT max(length(checkpoint::text)) < 5000 FROM checkpoints") == [(True,)]


async def test_values_that_only_deleted_checkpoints_had_are_deleted(opened: Open, kept: Any) -> None:
    store = opened()
    for number in range(6):
        _, journal = await driven(store, [number] * 100, run=str(number), steps=2)
        await journal.finish(None, None, 0)
    before = await without_changes(store)
    count = len(kept("SELECT FROM checkpoint_blobs"))
    assert await store.threads.prune("thread", 1) > 0
    assert await without_changes(opened("other")) == before
    left = kept("SELECT FROM checkpoint_blobs")
    assert 0 < len(left) < count / 2
    assert (
        kept("""
        SELECT * FROM checkpoint_blobs b WHERE NOT EXISTS (
            SELECT FROM checkpoints c WHERE c.thread_id = b.thread_id
            AND c.checkpoint -> 'channel_versions' ->> b.channel = b.version)
    """)
        == []
    )


async def test_a_copy_has_values_of_its_own(opened: Open, kept: Any) -> None:
    store = opened()
    _, journal = await driven(store, ["a", "list"], steps=2)
    await journal.finish(None, None, 0)
    head = await store.threads.head("thread")
    assert head is not None
    await store.threads.copy("thread", head, ThreadId("copy"), "Ann", Approver.HUMAN)
    before = await state_of(store)
    assert await state_of(store, "copy") == before
    size = await store.threads.size()
    assert size > 0
    kept("DELETE FROM checkpoint_blobs WHERE thread_id = 'thread' RETURNING 1")
    assert await state_of(store, "copy") == before
    assert await store.threads.size() < size


async def test_whoever_reads_does_not_keep_others_waiting(address: PostgresServer, opened: Open) -> None:
    """The event loop goes on while the server takes its time."""
    await driven(opened())
    reader = saver_of(opened("other"))
    with psycopg.connect(address.url, options="-c search_path=interrupt_mcp") as blocking:
        blocking.execute("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE")
        reading = [asyncio.create_task(reader.aget_tuple(HERE)), asyncio.create_task(anext(aiter(reader.alist(HERE))))]
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not any(task.done() for task in reading)
        blocking.rollback()
    assert all(await asyncio.wait_for(asyncio.gather(*reading), PATIENCE))


class Nobodys:
    """A drive that nobody ends."""

    thread_id = ""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, unit: Any) -> object:
        return self._database.submit(lambda opened: unit(opened.within(Reach("project"))), line=self)

    async def settled(self) -> None:
        await asyncio.to_thread(self.settle)

    def settle(self) -> None:
        self._database.submit(lambda _: None, line=self).result(PATIENCE)
