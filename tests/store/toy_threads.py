"""Threads in the toy store."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy as shallow
from datetime import UTC, datetime

from interrupt_mcp.authority import strictest
from interrupt_mcp.errors import Forbidden, InvalidInput, Superseded, UnknownCheckpoint, UnknownThread
from interrupt_mcp.model import Approver, Call, Json, JsonObject, PrincipalKind, RewindTo, RunId, RunStatus, ThreadId
from interrupt_mcp.model.thread_ids import is_qualified, name_of, qualified
from interrupt_mcp.store.records import NOBODY, AskedCall, Done, Moved, NewRun, Origin, Reach, Thread
from tests.store.toy_checkpoints import Point, left, numbered, points_of, up
from tests.store.toy_dictionaries import Dictionaries, KeptEffect, KeptRun, KeptThread, State
from tests.store.toy_entering import add_run, refuse_busy, tightened


class ToyThreads:
    """See `store.port.Threads`."""

    def __init__(self, database: Dictionaries, reach: Reach, owner: str) -> None:
        self._database = database
        self._reach = reach
        self._owner = owner

    async def get(self, thread_id: str) -> Thread:
        return self._kept(self._database.state, thread_id).thread

    async def own(self, thread_id: str) -> Thread:
        return self._own(self._database.state, thread_id).thread

    async def id_of(self, name: str) -> ThreadId:
        state, reach = self._database.state, self._reach
        candidates = [name] if reach.principal is None else [qualified(reach.project, reach.principal, name), name]
        seen = [each for each in candidates if state.thread(reach, each) is not None]
        for each in [*(each for each in seen if state.owns(reach, state.threads[each])), *seen]:
            return ThreadId(each)
        named = [
            each for each in state.threads if is_qualified(each) and name_of(each) == name and state.thread(reach, each)
        ]
        return ThreadId(named[0] if len(named) == 1 else name)

    async def id_for_start(self, name: str) -> ThreadId:
        state, principal = self._database.state, self._reach.principal
        assert principal is not None, "somebody starts"
        mine = qualified(self._reach.project, principal, name)
        for each in (name, mine):
            if each in state.threads and state.owns(self._reach, state.threads[each]):
                return ThreadId(each)
        free = principal.kind is PrincipalKind.OS and not is_qualified(name) and name not in state.threads
        return ThreadId(name) if free else mine

    async def approver(self, thread_id: str) -> Approver:
        kept = self._database.state.thread(self._reach, thread_id)
        return Approver.HUMAN if kept is None else kept.thread.approver

    async def may_start(self, thread_id: str, agent: str) -> bool:
        state = self._database.state
        if thread_id not in state.threads:
            return True
        kept, active = state.threads[thread_id], state.active(self._reach, thread_id)
        free = active is None or active.run.status is RunStatus.INTERRUPTED
        return state.owns(self._reach, kept) and kept.thread.agent == agent and free

    async def refuse_busy(self, thread_id: str) -> None:
        refuse_busy(self._database.state.active(self._reach, thread_id))

    async def check_has(self, thread_id: str, checkpoint_id: str) -> None:
        # Those of graphs inside the thread's graph are not among the points either.
        if checkpoint_id not in {point.id for point in self._points(thread_id)}:
            raise UnknownCheckpoint(f"Thread {thread_id} has no checkpoint {checkpoint_id!r}")

    async def head(self, thread_id: str) -> str | None:
        return max((point.id for point in self._points(thread_id)), default=None)

    async def last_seen(self, thread_id: str) -> str | None:
        state, points = self._database.state, self._points(thread_id)
        runs = {each.id: state.runs.get(each.run or "") for each in points}
        return max((id_ for id_, kept in runs.items() if kept and state.sees(self._reach, kept)), default=None)

    async def branches(self, thread_id: str) -> Mapping[str, int]:
        return numbered(self._points(thread_id))

    async def context_at(self, thread_id: str, checkpoint_id: str) -> JsonObject | None:
        point = next((each for each in self._points(thread_id) if each.id == checkpoint_id), None)
        kept = self._database.state.runs.get(point.run or "") if point else None
        return kept.new.context if kept is not None and self._database.state.sees(self._reach, kept) else None

    async def decided_behind(self, thread_id: str, checkpoint_id: str) -> Sequence[tuple[str, str]]:
        path = up(self._points(thread_id), checkpoint_id)
        end = next((number for number, point in enumerate(path) if point.source == "input"), None)
        between = {point.id for point in path[1 : (end or 0) + 1]}
        state = self._database.state
        origins = state.origins(self._reach, thread_id)
        asked = sorted(
            (each.checkpoint_id, each.interrupt.code)
            for each in state.asked(self._reach)
            if each.interrupt.thread_id in origins and each.interrupt.decisions and each.checkpoint_id is not None
        )
        return [(code, at) for at, code in asked if (at < checkpoint_id if end is None else at in between)]

    async def effects(self, thread_id: str) -> Sequence[tuple[str, Done]]:
        points = self._points(thread_id)
        at = {task: point.id for point in points for task in point.tasks}
        last = {point.run: point.id for point in points}
        found = [
            (at.get(_task(kept)) or last.get(kept.run_id), Done(kept.effect, kept.at))
            for kept in self._decided(self._database.state, thread_id)
        ]
        return [(checkpoint_id, done) for checkpoint_id, done in found if checkpoint_id is not None]

    async def asked_calls(self, thread_id: str) -> Sequence[AskedCall]:
        state = self._database.state
        origins = state.origins(self._reach, thread_id)
        return [
            asked
            for _, thread, asked in state.asked_calls
            if thread in origins and state.sees(self._reach, state.runs.get(asked.run_id))
        ]

    async def asked_names(self, agent: str, names: Collection[str]) -> frozenset[tuple[str, Origin]]:
        state = self._database.state
        return frozenset(
            (asked.action, asked.origin)
            for of, thread, asked in state.asked_calls
            if of == agent and asked.action in names and state.thread(Reach(self._reach.project), thread) is not None
        )

    async def keep_written(self, run_id: RunId, written: Collection[Call]) -> None:
        with self._database.transaction() as state:
            run = state.own_run(self._reach, run_id).run
            for call in written:
                asked = AskedCall(call.name, call.message_id, call.position, call.call_id, Origin.WRITTEN, run_id)
                state.asked_calls.append((run.agent, run.thread_id, asked))

    async def mark(self, thread_id: str) -> str:
        return self._mark(self._database.state, thread_id)

    async def left_behind(self, thread_id: str, checkpoint_id: str) -> Sequence[Done]:
        return self._left(self._database.state, thread_id, checkpoint_id)

    async def rewind(
        self,
        new: NewRun,
        who: str,
        left: Sequence[Done],
        told: list[Json],
        as_of: str | None = None,
        *,
        ownerless: bool = False,
    ) -> RunId | None:
        assert isinstance(new.begins, RewindTo), "it goes on from an older checkpoint"
        with self._database.transaction() as state:
            kept = self._own(state, new.thread_id)
            if as_of not in (None, self._mark(state, new.thread_id)):
                raise Superseded("The thread went on since a person was asked to agree to this")
            active = state.active(self._reach, new.thread_id)
            refuse_busy(active)
            if self._left(state, new.thread_id, new.begins.checkpoint_id) != list(left):
                raise Moved(new.thread_id)
            tightened(state, kept, new)
            if active is not None:
                state.end(active, who)
            run = add_run(state, self._reach, NOBODY if ownerless else self._owner, new, who, told).run
            state.append(self._reach.project, "rewound", run, who=who, checkpoint_id=new.begins.checkpoint_id)
            return active.run.run_id if active is not None else None

    async def copy(self, thread_id: str, checkpoint_id: str, copy: ThreadId, who: str, approver: Approver) -> None:
        with self._database.transaction() as state:
            thread = self._own(state, thread_id).thread
            if copy in state.threads:
                raise InvalidInput(f"thread_id {copy!r} is taken")
            strict = Thread(copy, thread.agent, thread.principal, strictest(thread.approver, approver))
            state.threads[copy] = KeptThread(strict, self._reach.project, datetime.now(UTC), copied_from=thread_id)
            state.append(self._reach.project, "copied", None, copy, who=who, copied_from=thread_id)
            self._copy_checkpoints(thread_id, checkpoint_id, copy)

    async def size(self) -> int:
        state, kept = self._database.state, self._database.saver.storage
        ours = [each for each in kept if each in state.threads and state.owns(self._reach, state.threads[each])]
        return sum(len(repr(dict(kept[each]))) for each in ours)

    async def prune(self, thread_id: str, keep: int) -> int:
        kept = [each.run.run_id for each in self._database.state.runs_of(self._reach, thread_id)][-keep or None :]
        head = await self.head(thread_id)
        old = [point for point in self._points(thread_id) if point.id != head and (not keep or point.run not in kept)]
        for point in old:
            del self._database.saver.storage[thread_id][""][point.id]
        return len(old)

    async def delete(self, before: datetime) -> list[str]:
        with self._database.transaction() as state:
            copied = {each.copied_from for each in state.threads.values()}
            old = [
                thread_id
                for thread_id, kept in state.threads.items()
                if kept.project == self._reach.project and kept.created_at < before and thread_id not in copied
                if all(_is_over(run.run.status, run.run.updated_at, before) for run in _runs(state, thread_id))
            ]
            for thread_id in old:
                self._forget(state, thread_id)
            if old:
                state.append(self._reach.project, "deleted", None, threads=old)
            return old

    def _kept(self, state: State, thread_id: str) -> KeptThread:
        kept = state.thread(self._reach, thread_id)
        if kept is None:
            raise UnknownThread(f"There is no thread {name_of(thread_id)!r}")
        return kept

    def _own(self, state: State, thread_id: str) -> KeptThread:
        kept = self._kept(state, thread_id)
        if not state.owns(self._reach, kept):
            raise Forbidden(f"Thread {name_of(thread_id)} is {kept.principal}'s")
        return kept

    def _points(self, thread_id: str) -> list[Point]:
        ours = self._database.state.thread(self._reach, thread_id) is not None
        return points_of(self._database.saver, thread_id) if ours else []

    def _mark(self, state: State, thread_id: str) -> str:
        seen = sum(each["thread_id"] == thread_id for each in state.entries(self._reach))
        return str(seen) if state.thread(self._reach, thread_id) is not None else ""

    def _decided(self, state: State, thread_id: str) -> list[KeptEffect]:
        origins = state.origins(self._reach, thread_id)
        found = [kept for kept in state.effects.values() if kept.thread_id in origins and kept.decided]
        return [kept for kept in found if state.sees(self._reach, state.runs.get(kept.run_id))]

    def _left(self, state: State, thread_id: str, checkpoint_id: str) -> list[Done]:
        points = self._points(thread_id)
        at = {task: point.id for point in points for task in point.tasks}
        gone = left(points, checkpoint_id)
        ids, runs = {point.id for point in gone}, {point.run for point in gone}
        return [
            Done(kept.effect, kept.at)
            for kept in self._decided(state, thread_id)
            if (at[_task(kept)] in ids if _task(kept) in at else kept.thread_id == thread_id and kept.run_id in runs)
        ]

    def _copy_checkpoints(self, thread_id: str, checkpoint_id: str, copy: str) -> None:
        saver = self._database.saver
        for point in up(points_of(saver, thread_id), checkpoint_id):
            saver.storage[copy][""][point.id] = saver.storage[thread_id][""][point.id]
            if point.id != checkpoint_id:
                saver.writes[copy, "", point.id] = shallow(saver.writes[thread_id, "", point.id])
        for (of, *place), blob in list(saver.blobs.items()):
            if of == thread_id:
                saver.blobs[(copy, *place)] = blob  # type: ignore[index]

    def _forget(self, state: State, thread_id: str) -> None:
        for run in _runs(state, thread_id):
            for interrupt in state.interrupts_of(Reach(self._reach.project), run.run.run_id):
                del state.interrupts[interrupt.interrupt_id]
            del state.runs[run.run.run_id]
        state.effects = {key: kept for key, kept in state.effects.items() if kept.thread_id != thread_id}
        del state.threads[thread_id]
        self._database.saver.delete_thread(thread_id)


def _runs(state: State, thread_id: str) -> list[KeptRun]:
    return [kept for kept in state.runs.values() if kept.run.thread_id == thread_id]


def _is_over(status: RunStatus, updated_at: datetime, before: datetime) -> bool:
    return status.finished and updated_at < before


def _task(kept: KeptEffect) -> str:
    """Return the task of the thread's own graph in which the effect happened."""
    return kept.effect.call.ns.split("|")[0].rpartition(":")[2]
