"""What is deleted: most checkpoints of a thread's older runs, and old threads that are finished; never the audit.

A thread keeps its whole state in each checkpoint. All are kept of the last runs; of those before, the ones that
somebody would go back to: where the run began, where it asked and what came right after, and where it ended. Of a
subgraph that keeps a state of its own from run to run, the state is kept that it had at each of these.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from interrupt_mcp.store.sql.layout import Layout
from interrupt_mcp.store.sql.statements import asked_calls, effects, interrupts, runs, steps, threads
from interrupt_mcp.store.sql.transaction import Row, Transaction

WHOLE_RUNS = 3
"""Of how many of a thread's last runs every checkpoint is kept."""
_BEGINNINGS = ("input", "fork", "update", "copy")
_DELETE_THREAD = (
    interrupts.DELETE_DECISIONS_OF_THREAD,
    interrupts.DELETE_DECIDERS_OF_THREAD,
    interrupts.DELETE_OF_THREAD,
    effects.DELETE_OF_THREAD,
    asked_calls.DELETE_OF_THREAD,
    runs.DELETE_OF_THREAD,
)


@dataclass(frozen=True, slots=True)
class Point:
    """One checkpoint, without what is in it."""

    ns: str
    id: str
    parent: str | None
    run: str | None
    source: str | None

    @property
    def lasts(self) -> bool:
        """Whether it is the state of a graph that keeps it from run to run, rather than of one task."""
        return ":" not in self.ns


def prune_thread(tx: Transaction, layout: Layout, thread_id: str, keep: int) -> int:
    """Delete all checkpoints but those of the thread's last `keep` runs, and most of the older ones of these.

    Return how many were deleted.
    """
    whole = min(keep, WHOLE_RUNS)
    if len(tx.all(runs.SOME_OF_THREAD, thread_id=thread_id, most=whole + 1)) <= whole:
        return 0
    run_ids = [row["run_id"] for row in tx.all(runs.OF_THREAD, thread_id=thread_id)]
    points = [_point(row) for row in tx.all(steps.ALL, thread_id=thread_id)]
    asked = {row["checkpoint_id"] for row in tx.all(steps.ASKED, thread_id=thread_id)}
    superfluous = [*_of_old_runs(points, set(run_ids[keep:])), *_between(points, set(run_ids[whole:keep]), asked)]
    places = [{"thread_id": thread_id, "checkpoint_ns": point.ns, "checkpoint_id": point.id} for point in superfluous]
    for statement in layout.delete_step:
        tx.run_each(statement, places)
    changed = [{"thread_id": thread_id, "checkpoint_ns": ns} for ns in {point.ns for point in superfluous}]
    for statement in layout.delete_unused:
        tx.run_each(statement, changed)
    return len(superfluous)


def _point(row: Row) -> Point:
    return Point(row["checkpoint_ns"], row["checkpoint_id"], row["parent_checkpoint_id"], row["run_id"], row["source"])


def _of_old_runs(points: Sequence[Point], runs: Collection[str]) -> Iterator[Point]:
    """Yield the checkpoints of these runs, but not the state that later runs went on from."""
    newest = {point.ns: point for point in points if point.lasts}
    newest_old = {point.ns: point for point in points if point.lasts and point.ns and point.run in runs}
    for point in points:
        if point.run in runs and point not in (newest.get(point.ns), newest_old.get(point.ns)):
            yield point


def _between(points: Sequence[Point], runs: Collection[str], asked: Collection[str]) -> Iterator[Point]:
    """Yield the checkpoints of these runs, but not those that somebody would go back to."""
    last = {(point.ns, point.run): point for point in points if point.lasts}
    for point in points:
        begins = point.source in _BEGINNINGS
        stands_out = not point.ns and (begins or point.id in asked or point.parent in asked)
        of_subgraph = point.ns and point.lasts
        if point.run in runs and not (stands_out or of_subgraph or point == last.get((point.ns, point.run))):
            yield point


def delete_threads(tx: Transaction, layout: Layout, before: str, most: int) -> list[str]:
    """Delete at most `most` of the threads on which nothing is open and nothing happened since; return their ids."""
    old = [row["thread_id"] for row in tx.all(threads.OLD, before=before, most=most)]
    for thread_id in old:
        for statement in (*_DELETE_THREAD, *layout.delete_thread, threads.DELETE):
            tx.do(statement, thread_id=thread_id)
    return old
