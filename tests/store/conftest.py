"""Stores that share a database, of each implementation, and what a test of the contract does with them.

All of it goes through the port: a test says what a store does, whichever it is.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

import anyio
import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.types import Interrupt as Asked

from interrupt_mcp.authority import this_user
from interrupt_mcp.model import (
    Call,
    Channel,
    Decision,
    DecisionType,
    Dialect,
    Effect,
    EffectStatus,
    Interrupt,
    InterruptId,
    Message,
    Principal,
    Question,
    Request,
    RunId,
    ThreadId,
)
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Database, Journal, Store
from interrupt_mcp.store.records import Choice, ClaimedRun, NewRun, Position, Reach
from tests.database import address_of, on_postgres
from tests.store.toy import ToyDatabase

PERSON = Channel.TERMINAL
ANN = this_user().principal


class Open(Protocol):
    """Open the shared database as this owner, who sees of this project what the principal sees."""

    def __call__(self, owner: str = "one", project: str = "project", principal: Principal | None = ANN) -> Store: ...


@dataclass(frozen=True)
class Implementation:
    """Makes databases, each of which several owners and projects may open."""

    name: str
    database: Callable[[], Open]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have the contract tried on the store that was chosen; on the toy once is enough."""
    if "implementation" in metafunc.fixturenames:
        names = ["postgres"] if on_postgres() else ["sqlite", "toy"]
        metafunc.parametrize("implementation", names, indirect=True)


@pytest.fixture
def implementation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Implementation]:
    numbers = itertools.count()
    with ExitStack() as open_ones:

        def kept() -> Open:
            address = address_of(tmp_path, str(next(numbers)))

            @cache
            def of(owner: str) -> Database:
                """The database as the process of this owner opened it."""
                return open_ones.enter_context(closing(open_database(address)))

            return lambda owner="one", project="project", principal=ANN: of(owner).store(
                Reach(project, principal), owner
            )

        def toy() -> Open:
            database: Database = ToyDatabase()
            return lambda owner="one", project="project", principal=ANN: database.store(
                Reach(project, principal), owner
            )

        yield Implementation(request.param, toy if request.param == "toy" else kept)


@pytest.fixture
def opened(implementation: Implementation) -> Open:
    """`opened(owner, project)`: a store over the test's one database."""
    return implementation.database()


@pytest.fixture
def store(opened: Open) -> Store:
    return opened()


def new_run(run_id: str = "run", thread_id: str = "thread", **more: Any) -> NewRun:
    fields = {"agent": "desk", "begins": Message("go"), "request_digest": "", **more}
    return NewRun(RunId(run_id), ThreadId(thread_id), **fields)


async def started(store: Store, run_id: str = "run", thread_id: str = "thread", **more: Any) -> ClaimedRun:
    """A run that is driven."""
    begun = await store.runs.start(new_run(run_id, thread_id, **more), "starter")
    assert begun.claimed is not None
    return begun.claimed


def call(name: str = "send", task: str = "task", position: int = 0) -> Call:
    return Call(f"tools:{task}", "message", position, f"call-{position}", name, {"to": "Ann"})


def question(*actions: str) -> Question:
    """A question with one request for each action."""
    allowed = (DecisionType.ACCEPT, DecisionType.EDIT, DecisionType.REJECT)
    requests = tuple(
        Request(index, action, {"to": "Ann"}, allowed, call=call(action, position=index))
        for index, action in enumerate(actions or ("send",))
    )
    return Question(Dialect.TOOL_CALL, "", requests, {"action": list(actions)})


async def paused(store: Store, *langgraph_ids: str, **run: Any) -> ClaimedRun:
    """A run that waits for decisions, one for each of LangGraph's ids."""
    claimed = await started(store, **run)
    await store.journal(claimed).pause({id_: question() for id_ in langgraph_ids or ("asked",)}, {})
    return claimed


def accept(interrupt: Interrupt, index: int = 0, **more: Any) -> Choice:
    return choice(interrupt, DecisionType.ACCEPT, index, **more)


def choice(interrupt: Interrupt, type_: DecisionType, index: int = 0, **more: Any) -> Choice:
    action = interrupt.question.requests[index].action
    return Choice(interrupt.interrupt_id, interrupt.round, Decision(type_, index, **more), action)


async def interrupts_of(store: Store, run_id: str = "run") -> tuple[Interrupt, ...]:
    return await store.interrupts.of_run(run_id)


async def accepted(store: Store, run_id: str = "run") -> ClaimedRun:
    """The run, which waited, as it goes on once all that it asks is accepted."""
    asked = (await store.runs.get(run_id)).interrupts
    decided = await store.runs.decide(RunId(run_id), [accept(each) for each in asked], PERSON, "Ann")
    assert decided.claimed is not None
    return decided.claimed


def effect(status: EffectStatus, of: Call | None = None, interrupt_id: str = "", **more: Any) -> Effect:
    return Effect(of or call(), status, interrupt_id=InterruptId(interrupt_id), **more)


def saver_of(store: Store, journal: Journal | None = None) -> "BaseCheckpointSaver[str]":
    """The store's checkpointer, as LangGraph sees it."""
    return cast("BaseCheckpointSaver[str]", store.checkpoints(journal))


async def written(
    store: Store,
    journal: Journal,
    run: str,
    *,
    thread: str = "thread",
    parent: str | None = None,
    source: str = "loop",
    task: str | None = None,
    ns: str = "",
) -> str:
    """A checkpoint that a drive wrote, and what a task wrote after it."""
    saver = saver_of(store, journal)
    checkpoint = {**empty_checkpoint(), "id": str(uuid6())}
    place: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ns, "checkpoint_id": parent}}
    metadata: Any = {"source": source, "step": 0, "parents": {}, "interrupt_mcp_run": run}
    put: Any = await saver.aput(place, checkpoint, metadata, {})  # type: ignore[arg-type]
    if task is not None:
        await saver.aput_writes(put, [("messages", "done")], task)
    await journal.settled()
    return str(put["configurable"]["checkpoint_id"])


async def asked_and_failed(
    store: Store, journal: Journal, thread: str, ns: str, checkpoint: str, langgraph_id: str
) -> None:
    """A task asked something, and then failed."""
    saver = saver_of(store, journal)
    at: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ns, "checkpoint_id": checkpoint}}
    for write in (("__interrupt__", [Asked("?", id=langgraph_id)]), ("__error__", "no")):
        await saver.aput_writes(at, [write], "failed", "~__pregel_pull, ask")
    await journal.settled()


async def all_of(store: Store, run_id: str = "run") -> object:
    """All that a store tells of a run and of what happened."""
    return (
        await store.runs.with_interrupts(run_id),
        await store.runs.owner_of(RunId(run_id)),
        await store.runs.in_flight(),
        await store.audit.listed(Position(0), 1000),
    )


async def in_a_thread(work: Coroutine[Any, Any, None]) -> None:
    """Do it on an event loop of its own, as another process would."""
    await anyio.to_thread.run_sync(lambda: asyncio.run(work))


async def events(store: Store) -> Sequence[str]:
    entries, _ = await store.audit.since(Position(0))
    return [entry.event for entry in entries]
