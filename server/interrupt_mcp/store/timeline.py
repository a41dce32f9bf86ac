"""The threads of one project over time: their checkpoints' order, their branches, and how they are left and copied."""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from interrupt_mcp.authority import strictest
from interrupt_mcp.errors import Superseded, ThreadBusy, UnknownCheckpoint, UnknownThread
from interrupt_mcp.model import Approver, Call, Interrupt, Json, JsonObject, RunId, RunStatus, ThreadId
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent
from interrupt_mcp.store import asked_calls, audit, branches, interrupts, runs
from interrupt_mcp.store.asked_calls import AskedCall, Origin
from interrupt_mcp.store.branches import Done
from interrupt_mcp.store.database import Database
from interrupt_mcp.store.rows import interrupt_of, load, now, run_of
from interrupt_mcp.store.runs import NewRun


@dataclass(frozen=True, slots=True)
class Thread:
    """A durable conversation, as the project keeps it."""

    thread_id: ThreadId
    agent: str
    approver: Approver


class Timeline:
    """What one process, as `owner`, sees and changes of the threads of one project."""

    def __init__(self, database: Database, project: str, owner: str) -> None:
        self.database = database
        self.project = project
        self.owner = owner

    def thread(self, thread_id: str) -> Thread:
        """
        Raises:
            UnknownThread: this project has no such thread.
        """
        rows = self.database.read(runs.THREAD, (thread_id,))
        return self._thread(rows[0] if rows else None, thread_id)

    def may_start(self, thread_id: str, agent: str) -> bool:
        """Whether a run of the agent might start there: it is no other agent's thread, and no run is going on."""
        rows = self.database.read(runs.THREAD, (thread_id,))
        if rows and (rows[0]["project"], rows[0]["agent"]) != (self.project, agent):
            return False
        active = self.database.read(runs.ACTIVE, (thread_id,))
        return not active or active[0]["status"] == RunStatus.INTERRUPTED

    def has(self, thread_id: str, checkpoint_id: str) -> None:
        """
        Raises:
            UnknownCheckpoint: it is none of the thread, or one of a graph inside the thread's graph.
        """
        found = self.database.read(branches.EXISTS, (thread_id, checkpoint_id))
        if not found:
            raise UnknownCheckpoint(f"Thread {thread_id} has no checkpoint {checkpoint_id!r}")
        if found[0]["checkpoint_ns"]:
            raise UnknownCheckpoint(f"Checkpoint {checkpoint_id} belongs to a graph inside the graph of the thread")

    def head(self, thread_id: str) -> str | None:
        """The thread's latest checkpoint."""
        latest: str | None = self.database.read(branches.HEAD, (thread_id,))[0][0]
        return latest

    def branches(self, thread_id: str) -> dict[str, int]:
        """The branch of each checkpoint: the first child goes on with its parent's, each later one begins another."""
        branch: dict[str, int] = {}
        tips: set[str] = set()
        last: str | None = None
        for row in self.database.read(branches.POINTS, (thread_id,)):
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

    def refuse_busy(self, thread_id: str) -> None:
        """
        Raises:
            ThreadBusy: a run is going on there.
        """
        rows = self.database.read(runs.ACTIVE, (thread_id,))
        _refuse_busy(rows[0] if rows else None)

    def context(self, thread_id: str, checkpoint_id: str) -> JsonObject | None:
        """The context of the run that wrote the checkpoint."""
        rows = self.database.read(branches.CONTEXT, (thread_id, checkpoint_id, self.project))
        return load(rows[0]["context"]) if rows and rows[0]["context"] is not None else None

    def effects_left(self, run_id: str) -> list[Json]:
        """What was told of the branch that was left when the run began."""
        rows = self.database.read(runs.RUN, (self.project, run_id))
        rewind = load(rows[0]["input"]).get("rewind") if rows else None
        return rewind["effects_done"] if isinstance(rewind, dict) else []

    def behind(self, thread_id: str, checkpoint_id: str) -> list[tuple[str, str]]:
        """The interrupts whose decisions led to this checkpoint since the input of its run: code, and where it asked.

        Where a checkpoint between is gone, all that was decided before it counts.
        """
        rows = self.database.read(branches.UP, (thread_id, checkpoint_id))
        end = next((i for i, row in enumerate(rows) if row["source"] == "input"), None)
        if end is None:
            found = self.database.read(branches.DECIDED_EARLIER, (thread_id, checkpoint_id))
        else:
            before = [row["id"] for row in rows[1 : end + 1]]
            found = self.database.read(branches.decided_at(before), (thread_id, *before))
        return [(row["code"], row["checkpoint_id"]) for row in found]

    def asked_at(self, thread_id: str, checkpoint_ids: Collection[str]) -> list[tuple[str, Interrupt]]:
        """The interrupts raised at these checkpoints, open or not, oldest first, each with its checkpoint."""
        rows = self.database.read(branches.asked_at(checkpoint_ids), (thread_id, *checkpoint_ids))
        return [(row["checkpoint_id"], self._interrupt(row)) for row in rows]

    def effects(self, thread_id: str) -> list[tuple[str, Done]]:
        """All that was done on the thread, on all its branches, each with the checkpoint from which it was done.

        Where that is not known, because the task never ended, it is the last one of the run.
        """
        place = {row[0]: row[1] for row in self.database.read(branches.TASKS, (thread_id,))}
        last = {row[0]: row[1] for row in self.database.read(branches.LAST_OF_RUNS, (thread_id,))}
        rows = self.database.read(branches.EFFECTS, (thread_id,))
        found = [(place.get(branches.task_of(row)) or last.get(row["run_id"]), branches.done_of(row)) for row in rows]
        return [(checkpoint_id, done) for checkpoint_id, done in found if checkpoint_id is not None]

    def asked_calls(self, thread_id: str) -> list[AskedCall]:
        """The calls that are known from the thread, or from those it was copied from."""
        return [asked_calls.asked_call_of(row) for row in self.database.read(asked_calls.OF_THREAD, (thread_id,))]

    def asked_names(self, agent: str, names: Collection[str]) -> frozenset[tuple[str, Origin]]:
        """Which of these tools are known, and by whom people were asked about them, in any run of the agent."""
        rows = self.database.read(asked_calls.named(names), (self.project, agent, *names)) if names else []
        return frozenset((row["action"], Origin(row["origin"])) for row in rows)

    def recorded_before(self, moment: datetime) -> int:
        """The last entry of the record from before that moment."""
        rows = self.database.read(audit.BEFORE, (self.project, moment.isoformat(timespec="milliseconds")))
        return rows[0]["seq"] if rows else 0

    def recorded_after(self, seq: int) -> list[audit.Entry]:
        """The entries of the record after that one, oldest first."""
        return [audit.Entry(*row) for row in self.database.read(audit.AFTER, (self.project, seq))]

    async def keep_written(self, run_id: RunId, written: Collection[Call]) -> None:
        """Tool calls were written into the state that the run begins with."""

        def unit(conn: sqlite3.Connection) -> None:
            asked_calls.add_written(conn, self.project, run_of(runs.one(conn, self.project, run_id)), written)

        await self.database.write(unit)

    def mark(self, thread_id: str) -> str:
        """How far the thread has got: another one after anything that happens on it."""
        return _mark(self.database.read(runs.LAST, (thread_id,)))

    async def rewind(
        self, new: NewRun, checkpoint_id: str, who: str, told: Callable[[Done], JsonObject], as_of: str | None = None
    ) -> RunId | None:
        """Keep a new run that goes on from the checkpoint, with what its branch leaves behind; the run that it ends.

        Raises:
            UnknownThread: this project has no such thread.
            ThreadBusy: a run is going on there.
            Superseded: the thread's mark is not the one given.
        """

        def unit(conn: sqlite3.Connection) -> RunId | None:
            row = conn.execute(runs.THREAD, (new.thread_id,)).fetchone()
            self._thread(row, new.thread_id)
            if as_of is not None and as_of != _mark(conn.execute(runs.LAST, (new.thread_id,)).fetchall()):
                raise Superseded("The thread went on since a person was asked to agree to this")
            active = conn.execute(runs.ACTIVE, (new.thread_id,)).fetchone()
            _refuse_busy(active)
            approver = runs.tighten(conn, row, new.approver)
            done: list[Json] = [told(one) for one in branches.left_behind(conn, new.thread_id, checkpoint_id)]
            if active is not None:
                runs.turn(conn, active["run_id"], RunEvent.CANCELLED)
                interrupts.turn_all(conn, active["run_id"], InterruptEvent.SUPERSEDED)
                self._audit(conn, "cancelled", active["run_id"], new.thread_id, who=who)
            rewind = new.input["rewind"]
            assert isinstance(rewind, dict)
            runs.add(conn, self.project, self.owner, replace(new, input={"rewind": {**rewind, "effects_done": done}}))
            detail = {"agent": new.agent, "approver": approver, **rewind}
            self._audit(conn, "rewound", new.run_id, new.thread_id, who=who, **detail)
            return RunId(active["run_id"]) if active is not None else None

        return await self.database.write(unit)

    async def copy(self, thread_id: str, checkpoint_id: str, copy: ThreadId, who: str, approver: Approver) -> None:
        """Make a new thread with the history up to the checkpoint, and nothing that was pending or permitted there.

        It is as strict as the thread, and as this approver.

        Raises:
            UnknownThread: this project has no such thread.
        """

        def unit(conn: sqlite3.Connection) -> None:
            thread = self._thread(conn.execute(runs.THREAD, (thread_id,)).fetchone(), thread_id)
            kept = strictest(thread.approver, approver)
            conn.execute(branches.ADD_COPY, (copy, self.project, thread.agent, kept, thread_id, now()))
            for statement in branches.COPY:
                conn.execute(statement, {"thread_id": thread_id, "checkpoint_id": checkpoint_id, "copy": copy})
            detail = {"copied_from": thread_id, "checkpoint_id": checkpoint_id, "approver": kept}
            self._audit(conn, "copied", None, copy, who=who, **detail)

        await self.database.write(unit)

    def _interrupt(self, row: sqlite3.Row) -> Interrupt:
        return interrupt_of(row, self.database.read(interrupts.DECISIONS, (row["interrupt_id"],)))

    def _thread(self, row: sqlite3.Row | None, thread_id: str) -> Thread:
        if row is None or row["project"] != self.project:
            raise UnknownThread(f"There is no thread {thread_id!r}")
        return Thread(ThreadId(thread_id), row["agent"], Approver(row["approver"]))

    def _audit(self, conn: sqlite3.Connection, event: str, run_id: str | None, thread_id: str, **detail: Any) -> None:
        audit.append(conn, self.project, event, run_id=run_id, thread_id=thread_id, **detail)


def _mark(last: Sequence[sqlite3.Row]) -> str:
    return f"{last[0]['run_id']} {last[0]['updated_at']}" if last else ""


def _refuse_busy(active: sqlite3.Row | None) -> None:
    if active is not None and active["status"] != RunStatus.INTERRUPTED:
        raise ThreadBusy(f"Run {active['run_id']} is going on on thread {active['thread_id']}")
