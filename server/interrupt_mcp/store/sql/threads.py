"""Threads on a database that speaks SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from interrupt_mcp.authority import strictest
from interrupt_mcp.errors import Superseded, UnknownCheckpoint, UnknownThread
from interrupt_mcp.model import Approver, Call, Json, JsonObject, PrincipalKind, RewindTo, RunId, RunStatus, ThreadId
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent
from interrupt_mcp.model.thread_ids import LENGTH, is_qualified, name_of, qualified
from interrupt_mcp.store.port import Enqueue
from interrupt_mcp.store.records import NOBODY, AskedCall, Done, Moved, NewRun, Origin, Thread
from interrupt_mcp.store.sql.layout import Layout
from interrupt_mcp.store.sql.rows import asked_call_of, load, moment_of, run_of, thread_of
from interrupt_mcp.store.sql.statements import asked_calls as asked_statements
from interrupt_mcp.store.sql.statements import effects, interrupts, steps, threads
from interrupt_mcp.store.sql.statements import runs as statements
from interrupt_mcp.store.sql.transaction import Database, Row, Transaction
from interrupt_mcp.store.sql.transactions import asked_calls, audit, branches, pruning, runs
from interrupt_mcp.store.sql.transactions import interrupts as asked

_THREADS_AT_ONCE = 50
"""How many threads are deleted in one transaction: other writes wait for its end."""


class SqlThreads:
    """See `store.port.Threads`."""

    def __init__(self, database: Database, owner: str, layout: Layout) -> None:
        self._database = database
        self._project = database.reach.project
        self._owner = owner
        self._layout = layout

    async def get(self, thread_id: str) -> Thread:
        row = await self._database.one(threads.ONE, thread_id=thread_id)
        if row is None:
            raise UnknownThread(f"There is no thread {name_of(thread_id)!r}")
        return thread_of(row)

    async def own(self, thread_id: str) -> Thread:
        return await self._database.read(lambda tx: runs.own_thread(tx, thread_id))

    async def id_of(self, name: str) -> ThreadId:
        reach = self._database.reach
        candidates = [name] if reach.principal is None else [qualified(reach.project, reach.principal, name), name]
        for statement in (threads.OWN, threads.ONE):
            for each in candidates:
                if await self._database.one(statement, thread_id=each) is not None:
                    return ThreadId(each)
        by_name = threads.LENT if reach.principal is not None and not reach.reads_all else threads.NAMED
        found = await self._database.all(by_name, name=name, beyond=LENGTH + 1)
        return ThreadId(found[0]["thread_id"] if len(found) == 1 else name)

    async def id_for_start(self, name: str) -> ThreadId:
        reach = self._database.reach
        assert reach.principal is not None, "somebody starts"
        mine = qualified(reach.project, reach.principal, name)
        for each in (name, mine):
            if await self._database.one(threads.OWN, thread_id=each) is not None:
                return ThreadId(each)
        # What was there before anybody had to say who they are is kept under the names alone.
        plain = reach.principal.kind is PrincipalKind.OS and not is_qualified(name)
        free = plain and await self._database.one(threads.OWNER, thread_id=name) is None
        return ThreadId(name) if free else mine

    async def approver(self, thread_id: str) -> Approver:
        row = await self._database.one(threads.ONE, thread_id=thread_id)
        return Approver.HUMAN if row is None else thread_of(row).approver

    async def may_start(self, thread_id: str, agent: str) -> bool:
        row = await self._database.one(threads.OWN, thread_id=thread_id)
        if row is None:
            return await self._database.one(threads.OWNER, thread_id=thread_id) is None
        active = await self._active(thread_id)
        return row["agent"] == agent and (active is None or active["status"] == RunStatus.INTERRUPTED)

    async def refuse_busy(self, thread_id: str) -> None:
        runs.refuse_busy(await self._active(thread_id))

    async def check_has(self, thread_id: str, checkpoint_id: str) -> None:
        row = await self._database.one(steps.ONE, thread_id=thread_id, checkpoint_id=checkpoint_id)
        if row is None:
            raise UnknownCheckpoint(f"Thread {name_of(thread_id)} has no checkpoint {checkpoint_id!r}")
        if row["checkpoint_ns"]:
            raise UnknownCheckpoint(f"Checkpoint {checkpoint_id} belongs to a graph inside the graph of the thread")

    async def head(self, thread_id: str) -> str | None:
        row = await self._database.one(steps.HEAD, thread_id=thread_id)
        return row["head"] if row else None

    async def last_seen(self, thread_id: str) -> str | None:
        row = await self._database.one(steps.LAST_SEEN, thread_id=thread_id)
        return row["last"] if row else None

    async def branches(self, thread_id: str) -> Mapping[str, int]:
        return branches.numbered(await self._database.all(steps.OWN, thread_id=thread_id))

    async def context_at(self, thread_id: str, checkpoint_id: str) -> JsonObject | None:
        row = await self._database.one(statements.CONTEXT_AT, thread_id=thread_id, checkpoint_id=checkpoint_id)
        return load(row["context"]) if row and row["context"] is not None else None

    async def decided_behind(self, thread_id: str, checkpoint_id: str) -> Sequence[tuple[str, str]]:
        rows = await self._database.all(steps.UP, thread_id=thread_id, checkpoint_id=checkpoint_id)
        end = next((i for i, row in enumerate(rows) if row["source"] == "input"), None)
        found = await self._database.all(
            interrupts.DECIDED_EARLIER if end is None else interrupts.DECIDED_AT,
            thread_id=thread_id,
            checkpoint_id=checkpoint_id,
            checkpoint_ids=[row["id"] for row in rows[1 : (end or 0) + 1]],
        )
        return [(row["code"], row["checkpoint_id"]) for row in found]

    async def effects(self, thread_id: str) -> Sequence[tuple[str, Done]]:
        checkpoint_of = branches.by_task(await self._database.all(steps.TASKS, thread_id=thread_id))
        last = {row["run"]: row["last"] for row in await self._database.all(steps.LAST_OF_RUNS, thread_id=thread_id)}
        rows = await self._database.all(effects.DECIDED_OF_THREAD, thread_id=thread_id)
        found = [(checkpoint_of.get(branches.task_of(row)) or last.get(row["run_id"]), row) for row in rows]
        return [(checkpoint_id, branches.done_of(row)) for checkpoint_id, row in found if checkpoint_id is not None]

    async def asked_calls(self, thread_id: str) -> Sequence[AskedCall]:
        rows = await self._database.all(asked_statements.OF_THREAD, thread_id=thread_id)
        return [asked_call_of(row) for row in rows]

    async def asked_names(self, agent: str, names: Collection[str]) -> frozenset[tuple[str, Origin]]:
        rows = await self._database.all(asked_statements.NAMED, agent=agent, names=tuple(names)) if names else ()
        return frozenset((row["action"], Origin(row["origin"])) for row in rows)

    async def keep_written(self, run_id: RunId, written: Collection[Call]) -> None:
        await self._database.write(lambda tx: asked_calls.add_written(tx, run_of(runs.own(tx, run_id)), written))

    async def mark(self, thread_id: str) -> str:
        return await self._database.read(lambda tx: _mark(tx, thread_id))

    async def left_behind(self, thread_id: str, checkpoint_id: str) -> Sequence[Done]:
        return await self._database.read(lambda tx: branches.left_behind(tx, thread_id, checkpoint_id))

    async def rewind(
        self,
        new: NewRun,
        who: str,
        left: Sequence[Done],
        told: list[Json],
        as_of: str | None = None,
        *,
        ownerless: bool = False,
        enqueue: Enqueue | None = None,
    ) -> RunId | None:
        begins = new.begins
        assert isinstance(begins, RewindTo), "it goes on from an older checkpoint"

        def unit(tx: Transaction) -> RunId | None:
            thread = runs.own_thread(tx, new.thread_id)
            if as_of is not None and as_of != _mark(tx, new.thread_id):
                raise Superseded("The thread went on since a person was asked to agree to this")
            active = tx.one(statements.ACTIVE, thread_id=new.thread_id)
            runs.refuse_busy(active)
            if branches.left_behind(tx, new.thread_id, begins.checkpoint_id) != list(left):
                raise Moved(new.thread_id)
            approver = runs.tighten(tx, thread, new.approver)
            if active is not None:
                runs.turn(tx, active["run_id"], active["status"], RunEvent.CANCELLED)
                asked.turn_all(tx, active["run_id"], InterruptEvent.SUPERSEDED)
                self._audit(tx, "cancelled", active["run_id"], new.thread_id, who=who)
            runs.add(tx, NOBODY if ownerless else self._owner, new, who, told)
            if enqueue is not None:
                enqueue(tx)
            detail = {"checkpoint_id": begins.checkpoint_id, "values": begins.values}
            self._audit(tx, "rewound", new.run_id, new.thread_id, who=who, agent=new.agent, approver=approver, **detail)
            return RunId(active["run_id"]) if active is not None else None

        return await self._database.write(unit)

    async def copy(self, thread_id: str, checkpoint_id: str, copy: ThreadId, who: str, approver: Approver) -> None:
        def unit(tx: Transaction) -> None:
            thread = runs.own_thread(tx, thread_id)
            kept = strictest(thread.approver, approver)
            if not runs.add_thread(tx, copy, thread.agent, kept, copied_from=thread_id):
                raise runs.taken(copy)
            for statement in self._layout.copy_thread:
                tx.do(statement, thread_id=thread_id, checkpoint_id=checkpoint_id, copy=copy)
            detail = {"copied_from": thread_id, "checkpoint_id": checkpoint_id, "approver": kept}
            self._audit(tx, "copied", None, copy, who=who, **detail)

        await self._database.write(unit)

    async def size(self) -> int:
        row = await self._database.one(self._layout.size)
        return 0 if row is None else int(row["size"] or 0)

    async def prune(self, thread_id: str, keep: int) -> int:
        return await self._database.write(lambda tx: pruning.prune_thread(tx, self._layout, thread_id, keep))

    async def delete(self, before: datetime) -> list[str]:
        moment, deleted = moment_of(before), list[str]()

        def unit(tx: Transaction) -> list[str]:
            old = pruning.delete_threads(tx, self._layout, moment, _THREADS_AT_ONCE)
            if old:
                audit.append(tx, self._project, "deleted", threads=old, before=moment)
            return old

        while some := await self._database.write(unit):
            deleted += some
        await self._database.shrink()
        return deleted

    async def _active(self, thread_id: str) -> Row | None:
        return await self._database.one(statements.ACTIVE, thread_id=thread_id)

    def _audit(self, tx: Transaction, event: str, run_id: str | None, thread_id: str, **detail: Any) -> None:
        audit.append(tx, self._project, event, run_id=run_id, thread_id=thread_id, **detail)


def _mark(tx: Transaction, thread_id: str) -> str:
    # Not by the clock: much happens within one of its ticks.
    last = tx.one(statements.LAST, thread_id=thread_id)
    if last is None:
        return ""
    decided = len(tx.all(interrupts.DECISIONS_OF_RUN, run_id=last["run_id"]))
    return f"{last['run_id']} {last['epoch']} {last['status']} {decided}"
