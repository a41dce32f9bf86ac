"""A thread's branches: which checkpoint followed which, and what was done on the branches that are left.

A branch is left by going on from an older checkpoint: LangGraph then writes one whose source is `fork` or `update`,
for another run than that of the older one.
"""

from collections.abc import Iterable, Mapping

from interrupt_mcp.store.records import Done
from interrupt_mcp.store.sql.rows import effect_of
from interrupt_mcp.store.sql.statements import effects, steps
from interrupt_mcp.store.sql.transaction import Row, Transaction
from interrupt_mcp.store.sql.transactions import runs

_BEGINNINGS = ("fork", "update", "copy")


def numbered(points: Iterable[Row]) -> dict[str, int]:
    """Return the branch of each checkpoint: a first child goes on with its parent's, each later one begins another."""
    branch: dict[str, int] = {}
    tips: set[str] = set()
    last: str | None = None
    for row in points:
        # The parent may be gone, when old checkpoints were pruned: the one before it stands in for it.
        parent = row["parent_checkpoint_id"] if row["parent_checkpoint_id"] in branch else last
        if parent is not None and parent in tips:
            tips.remove(parent)
            number = branch[parent]
        else:
            number = max(branch.values(), default=0) + 1
        last = row["checkpoint_id"]
        branch[last] = number
        tips.add(last)
    return branch


def left_behind(tx: Transaction, thread_id: str, checkpoint_id: str) -> list[Done]:
    """Return what was done on the branch that is left when the thread goes on from this checkpoint.

    An effect belongs to the checkpoint whose task made the call, also in a thread that was copied since. Where that is
    not known, because the task never ended or its writes were pruned, it counts if its run is on that branch.
    """
    left, runs_left = _left(tx, thread_id, checkpoint_id)
    checkpoint_of = by_task(tx.all(steps.TASKS, thread_id=thread_id))

    def is_left(row: Row) -> bool:
        task = task_of(row)
        if task in checkpoint_of:
            return checkpoint_of[task] in left
        return row["thread_id"] == thread_id and row["run_id"] in runs_left

    return [done_of(row) for row in tx.all(effects.DECIDED_OF_THREAD, thread_id=thread_id) if is_left(row)]


def by_task(rows: Iterable[Row]) -> Mapping[str, str]:
    """Return the checkpoint of each task of the thread's own graph that wrote something."""
    return {row["task_id"]: row["checkpoint_id"] for row in rows}


def task_of(row: Row) -> str:
    """Return the task of the thread's own graph in which the effect happened."""
    return effect_of(row).call.ns.split("|")[0].rpartition(":")[2]


def done_of(row: Row) -> Done:
    """Return the effect, and when it ended or started."""
    return Done(effect_of(row), row["ended_at"] or row["started_at"])


def _left(tx: Transaction, thread_id: str, checkpoint_id: str) -> tuple[set[str], set[str]]:
    """Return the ids of the checkpoints whose tasks ran on the branch that is left, and of their runs."""

    def up(start: str | None) -> Iterable[Row]:
        return tx.all(steps.UP, thread_id=thread_id, checkpoint_id=start)

    kept = {row["id"] for row in up(checkpoint_id)}
    path: list[Row] = []
    following: Row | None = None
    for row in up(runs.head(tx, thread_id)):
        if following is None or following["source"] not in _BEGINNINGS or following["run"] == row["run"]:
            path.append(row)
        if row["id"] in kept:
            break
        following = row
    else:
        path = list(tx.all(steps.LATER, thread_id=thread_id, checkpoint_id=checkpoint_id))
    return {row["id"] for row in path}, {row["run"] for row in path}
