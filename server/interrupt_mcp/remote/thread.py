"""One thread at a server elsewhere, as one step of a run of ours goes on with it.

Nothing is sent before it was looked whether it was sent: each run that is begun there is marked with the step that
began it. So a step that is taken again, by the next process, goes on with what it began before.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import anyio

from interrupt_mcp.model import Json, JsonObject, to_json
from interrupt_mcp.remote.faults import Absent, Passing, RemoteFault, Taken, said
from interrupt_mcp.remote.place import Place
from interrupt_mcp.remote.wire import in_words

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient

T = TypeVar("T")
MARK = "interrupt_mcp_step"
"""Key in the metadata of a run there: our run, and the step of it."""
GOING = ("pending", "running")
_FAILED = ("error", "timeout")
_WAITS = (0.2, 0.5, 1.0, 2.0)
"""Seconds before each further try."""
_MOST_LOST = 12
"""How often in a row a run may be lost sight of."""
_RUNS, _MOST_ASKED = 100, 100
_CANCEL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class RemoteRun:
    """A run there."""

    run_id: str
    status: str
    mark: str
    """Our run and its step, as `RUN:STEP`; empty where it was not begun here."""

    @property
    def goes_on(self) -> bool:
        return self.status in GOING

    @property
    def failed(self) -> bool:
        return self.status in _FAILED


@dataclass(frozen=True, slots=True)
class RemoteAsk:
    """What is asked there."""

    id: str
    value: Json
    response_schema: JsonObject | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the thread stands."""

    values: Json = None
    asks: tuple[RemoteAsk, ...] = ()
    next: tuple[str, ...] = ()
    """The nodes that run when it goes on."""
    run_id: str = ""
    """The run there that led to it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a run there is begun with: an input, answers by the id of what is asked, or nothing, to go on."""

    input: Json = None
    answers: Mapping[str, Json] | None = None


Decide: TypeAlias = Callable[[Standing], Given | None]
"""Says what to begin a run with where the thread stands so; `None` for nothing."""


class RemoteThread:
    """The thread, to be used within the wire's context."""

    def __init__(self, client: "LangGraphClient", place: Place, thread_id: str, run_id: str, step: int) -> None:
        """`run_id` is that of our run, and `step` the number of its step."""
        self._client = client
        self._place = place
        self._thread_id = thread_id
        self._run_id = run_id
        self._mark = f"{run_id}:{step}"

    async def runs(self) -> list[RemoteRun]:
        """Return the thread's last runs, the last first; none where there is no such thread yet."""
        try:
            found = await self._tried(lambda: self._client.runs.list(self._thread_id, limit=_RUNS))
        except Absent:
            return []
        with in_words(self._place):
            return [_run(each) for each in found]

    async def begun(self) -> RemoteRun | None:
        """Return the run that this step began, the last if it began several."""
        return next((each for each in await self.runs() if each.mark == self._mark), None)

    async def standing(self) -> Standing:
        """Return how the thread stands; as new where it has no run that got anywhere."""
        from langgraph.pregel.remote import RemoteGraph

        remote = RemoteGraph(self._place.graph_id, client=self._client)

        async def read() -> Any:
            try:
                return await remote.aget_state({"configurable": {"thread_id": self._thread_id}})
            except TypeError:
                # It does not read a thread that has no checkpoint yet.
                if (await self._client.threads.get_state(self._thread_id))["checkpoint"] is None:
                    return None
                raise

        state = await self._tried(read)
        with in_words(self._place):
            return Standing() if state is None else self._stands(state)

    async def begin(
        self, decide: Decide, again: RemoteRun | None, fenced: Callable[[], Awaitable[None]], context: JsonObject
    ) -> RemoteRun | None:
        """Begin a run, unless this step began one besides `again`, which failed; return the one that it began.

        `fenced` returns once it is certain that no other process has our run. Where there is nothing to begin, return
        the run that goes on there, if one does.
        """
        fault: RemoteFault = Passing(f"{self._place.named} could not be asked")
        for wait in (*_WAITS, None):
            runs = await self.runs()
            mine = next((each for each in runs if each.mark == self._mark), None)
            if mine is not None and (again is None or mine.run_id != again.run_id):
                return mine
            given = decide(await self.standing() if runs else Standing())
            going = next((each for each in runs if each.goes_on), None)
            if given is None:
                return going
            if going is not None and not await self._left(going):
                fault = Taken(f"{self._place.named} has a run on this thread that was not started here, and goes on")
            else:
                try:
                    await fenced()
                    return await self._send(given, context)
                except (Passing, Taken) as error:
                    fault = error
            if wait is not None:
                await anyio.sleep(_seconds(fault, wait))
        raise fault

    async def follow(self, run: RemoteRun, hear: Callable[[Any], None]) -> RemoteRun:
        """Wait for the end of the run, and return it as it ended; `hear` is told what it writes meanwhile."""
        lost = looks = 0
        while True:
            # What is not heard of it may end meanwhile all the same.
            with suppress(Passing), in_words(self._place):
                async for event in self._joined(run):
                    looks = 0
                    hear(event)
            try:
                with in_words(self._place):
                    run = _run(await self._client.runs.get(self._thread_id, run.run_id))
                lost = 0
            except Passing as error:
                lost += 1
                if lost >= _MOST_LOST:
                    raise RemoteFault(f"{error}, while its run goes on there or not") from None
                await anyio.sleep(_seconds(error, _WAITS[min(lost, len(_WAITS)) - 1]))
                continue
            if not run.goes_on:
                return run
            await anyio.sleep(_WAITS[min(looks, len(_WAITS) - 1)])
            looks += 1

    async def why(self, run: RemoteRun) -> str:
        """Return what a run that failed there raised, as a sentence."""
        told = await self._tried(lambda: self._client.runs.join(self._thread_id, run.run_id))
        error = told.get("__error__") if isinstance(told, dict) else None
        fields = error if isinstance(error, dict) else {}
        words = ": ".join(str(fields[each]) for each in ("error", "message") if fields.get(each))
        what = said(self._place.without_key(words)) or run.status
        return f"The agent failed at the Agent Server {self._place.origin}: {what}"

    async def cancel(self) -> None:
        """End what our run began there and goes on, within seconds; what cannot be reached is left as it is."""
        with anyio.move_on_after(_CANCEL_SECONDS, shield=True):
            try:
                for run in await self.runs():
                    if run.goes_on and run.mark.startswith(f"{self._run_id}:"):
                        with in_words(self._place):
                            await self._client.runs.cancel(self._thread_id, run.run_id, wait=False)
            except RemoteFault:
                return

    async def _left(self, run: RemoteRun) -> bool:
        """End a run that an earlier run of ours left behind, and return whether it was one."""
        if not run.mark or run.mark.startswith(f"{self._run_id}:"):
            return False
        try:
            with in_words(self._place):
                await self._client.runs.cancel(self._thread_id, run.run_id, wait=True)
        except (Passing, Absent, Taken):
            return False
        return True

    async def _send(self, given: Given, context: JsonObject) -> RemoteRun:
        answers: Any = None if given.answers is None else {"resume": {**given.answers}}
        taken: Any = given.input
        shown: Any = context or None
        with in_words(self._place):
            return _run(
                await self._client.runs.create(
                    self._thread_id,
                    self._place.graph_id,
                    input=taken,
                    command=answers,
                    context=shown,
                    metadata={MARK: self._mark},
                    stream_mode="custom",
                    multitask_strategy="reject",
                    if_not_exists="create",
                    durability="sync",
                )
            )

    async def _joined(self, run: RemoteRun) -> AsyncIterator[Any]:
        """Yield what the run writes, until its end or for as long as the server tells."""
        stream = self._client.runs.join_stream(self._thread_id, run.run_id, stream_mode=["custom"])
        async for part in stream:
            if part.event.partition("|")[0] == "custom":
                yield to_json(part.data)

    async def _tried(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask what may be asked several times, until it is answered or was asked often enough."""
        for wait in _WAITS:
            try:
                with in_words(self._place):
                    return await ask()
            except Passing as error:
                await anyio.sleep(_seconds(error, wait))
        with in_words(self._place):
            return await ask()

    def _stands(self, state: Any) -> Standing:
        asks = {each.id: RemoteAsk(each.id, to_json(each.value), _schema(each)) for each in state.interrupts}
        if len(asks) > _MOST_ASKED or not all(id_ and isinstance(id_, str) for id_ in asks):
            raise RemoteFault(f"{self._place.named} asks more than can be asked here, or asks without ids")
        run_id = str((state.metadata or {}).get("run_id", ""))
        return Standing(to_json(state.values), tuple(asks.values()), tuple(map(str, state.next)), run_id)


def _run(told: Any) -> RemoteRun:
    mark = (told.get("metadata") or {}).get(MARK)
    return RemoteRun(str(told["run_id"]), str(told["status"]), mark if isinstance(mark, str) else "")


def _schema(interrupt: Any) -> JsonObject | None:
    schema = to_json(interrupt.response_schema)
    return schema if isinstance(schema, dict) else None


def _seconds(fault: RemoteFault, otherwise: float) -> float:
    said_so = fault.seconds if isinstance(fault, Passing) else None
    return otherwise if said_so is None else said_so
