"""The toy store's checkpoints: LangGraph's own saver in memory, and what the port asks about them besides."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver

from interrupt_mcp.store.checkpoint_ids import make_greater_than
from interrupt_mcp.store.records import FailedTask, Reach
from tests.store.toy_dictionaries import Dictionaries
from tests.store.toy_journal import ToyJournal

_LEAVING = ("fork", "update", "copy")
"""How LangGraph calls the source of a checkpoint that leaves a branch."""


@dataclass(frozen=True)
class Point:
    """One checkpoint of a thread's own graph, without what is in it."""

    id: str
    parent: str | None
    source: str
    run: str | None
    tasks: frozenset[str]
    """Those that wrote something after it."""


class ToyCheckpoints(InMemorySaver):
    """See `store.port.Checkpoints`."""

    def __init__(self, database: Dictionaries, reach: Reach, journal: ToyJournal | None) -> None:
        super().__init__()
        self.storage, self.writes, self.blobs = (
            database.saver.storage,
            database.saver.writes,
            database.saver.blobs,
        )
        self._database = database
        # An agent that runs reads what the run's principal may.
        self._reach = reach if journal is None else replace(reach, principal=journal.principal)
        self._journal = journal

    def put(self, *arguments: Any) -> RunnableConfig:
        return self._drive.submit(lambda _: super(ToyCheckpoints, self).put(*arguments)).result()

    def put_writes(self, *arguments: Any) -> None:
        self._drive.submit(lambda _: super(ToyCheckpoints, self).put_writes(*arguments)).result()

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return super().get_tuple(config) if self._ours(config["configurable"]["thread_id"]) else None

    def list(self, config: RunnableConfig | None, **narrowed: Any) -> Iterator[CheckpointTuple]:
        found = super().list(config, **narrowed)
        return (each for each in found if self._ours(each.config["configurable"]["thread_id"]))

    async def alist(self, config: RunnableConfig | None, **narrowed: Any) -> AsyncIterator[CheckpointTuple]:
        for each in self.list(config, **narrowed):
            yield each

    async def keep_order(self, thread_id: str) -> None:
        if points := points_of(self, thread_id):
            make_greater_than(points[-1].id)

    async def failed_after(self, thread_id: str, langgraph_ids: Collection[str]) -> Sequence[FailedTask]:
        return [
            FailedTask(ns, at, task)
            for (thread, ns, at), writes in self.writes.items()
            if thread == thread_id and at == max(self.storage[thread][ns]) and self._ours(thread_id)
            for task, channel, _, _ in writes.values()
            if channel == "__error__" and self._asked(writes, task) & set(langgraph_ids)
        ]

    async def asked_below(self, thread_id: str) -> Mapping[str, str]:
        return {
            asked: ns
            for (thread, ns, _), writes in self.writes.items()
            if thread == thread_id and ns and self._ours(thread_id)
            for task, *_ in writes.values()
            for asked in self._asked(writes, task)
        }

    async def nodes_below(self, thread_id: str) -> Mapping[str, str]:
        return dict.fromkeys(await self.asked_below(thread_id), "")

    async def namespaces(self, thread_id: str) -> frozenset[str]:
        return frozenset(ns for ns in self.storage.get(thread_id, {}) if ns and self._ours(thread_id))

    @property
    def _drive(self) -> ToyJournal:
        assert self._journal is not None, "this checkpointer only reads"
        return self._journal

    def _asked(self, writes: Mapping[Any, tuple[str, str, Any, str]], task: str) -> set[str]:
        """Return what the task asked, by LangGraph's ids."""
        kept = [value for of, channel, value, _ in writes.values() if (of, channel) == (task, "__interrupt__")]
        return {asked.id for value in kept for asked in self.serde.loads_typed(value)}

    def _ours(self, thread_id: str) -> bool:
        kept = self._database.state.threads.get(thread_id)
        return kept is None or self._database.state.sees(self._reach, kept)


def points_of(saver: InMemorySaver, thread_id: str) -> list[Point]:
    """Return the checkpoints of the thread's own graph, oldest first."""
    found = saver.list({"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}})
    return sorted((_point(each) for each in found), key=lambda point: point.id)


def up(points: Sequence[Point], checkpoint_id: str | None) -> list[Point]:
    """Return the checkpoint, and those that led to it, the nearest first."""
    by_id = {point.id: point for point in points}
    path = []
    while (point := by_id.get(checkpoint_id or "")) is not None:
        path.append(point)
        checkpoint_id = point.parent
    return path


def left(points: Sequence[Point], checkpoint_id: str) -> list[Point]:
    """Return those whose tasks ran on the branch that is left when the thread goes on from this checkpoint."""
    kept = {point.id for point in up(points, checkpoint_id)}
    path: list[Point] = []
    following: Point | None = None
    for point in up(points, points[-1].id if points else None):
        if following is None or following.source not in _LEAVING or following.run == point.run:
            path.append(point)
        if point.id in kept:
            return path
        following = point
    return [point for point in points if point.id >= checkpoint_id]


def numbered(points: Sequence[Point]) -> dict[str, int]:
    """Return the branch of each checkpoint."""
    branch: dict[str, int] = {}
    followed: set[str | None] = {None}
    for point in points:
        goes_on = point.parent not in followed
        branch[point.id] = branch[point.parent or ""] if goes_on else max(branch.values(), default=0) + 1
        followed.add(point.parent)
    return branch


def _point(found: CheckpointTuple) -> Point:
    metadata: Mapping[str, Any] = found.metadata
    return Point(
        found.config["configurable"]["checkpoint_id"],
        found.parent_config["configurable"]["checkpoint_id"] if found.parent_config else None,
        metadata["source"],
        metadata.get("interrupt_mcp_run"),
        frozenset(task for task, _, _ in found.pending_writes or ()),
    )
