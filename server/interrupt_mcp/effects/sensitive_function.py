"""A sensitive function asks, and leaves the same record as a tool call where none is around it that stands for it.

What was decided is compared with what the function is about to get, as it is for tool calls.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import set_config_context, var_child_runnable_config
from langgraph.config import get_config
from langgraph.errors import GraphInterrupt
from langgraph.types import interrupt

from interrupt_mcp.dialects.instructions import DropCall
from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.active_gate import active_gate, origin_gate
from interrupt_mcp.effects.defaults import functions_of
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.gated_call import NOT_KEPT, Ending, NotRepeated, broken_off, kept_result, langgraph_id_of
from interrupt_mcp.effects.idempotency import making
from interrupt_mcp.effects.marks import Rejected
from interrupt_mcp.effects.resume_slots import ResumeSlots, interrupt_ids, namespace_of, thread_id_of
from interrupt_mcp.effects.ruling import Ruling
from interrupt_mcp.model import Call, Effect, EffectStatus, JsonObject, Performed, digest_of


class NotApproved(RuntimeError):
    """The answer that a sensitive function got was given for something else, or nobody can be asked where it runs."""


class Unrecorded:
    """Runs the function as it is: outside the server, or where it is the tool call whose record the gate keeps."""

    def run(self, function: Callable[[], Any]) -> Any:
        """Call the function and return its result."""
        return function()

    async def run_async(self, function: Callable[[], Awaitable[Any]]) -> Any:
        """Call the function and return its awaited result."""
        return await function()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Runs the function once: on record before and after, and from the record when the node is run again."""

    gate: Gate
    effect: Effect
    """The record as it is to be while the function runs."""
    before: Effect | None
    """The record as it was before; `None` where there was none."""
    slots: ResumeSlots

    def run(self, function: Callable[[], Any]) -> Any:
        """Call the function, or take its result from the record.

        Raises:
            NotRepeated: it started once, and nobody decided to repeat it.
        """
        if (known := self._known()) is not None:
            return known[0]
        asked_before = len(self.slots.interrupts.given)
        self.gate.records.record_blocking([self._as(EffectStatus.STARTED)])
        with self._recording_end(asked_before) as ending:
            ending.result = function()
        return ending.result

    async def run_async(self, function: Callable[[], Awaitable[Any]]) -> Any:
        """Call and await the function as `run` calls it."""
        if (known := self._known()) is not None:
            return known[0]
        asked_before = len(self.slots.interrupts.given)
        await self.gate.records.record([self._as(EffectStatus.STARTED)])
        with self._recording_end(asked_before) as ending:
            ending.result = await function()
        return ending.result

    @contextmanager
    def _recording_end(self, asked_before: int) -> Iterator[Ending]:
        """Let the function run within this context, and record how it ended; the context is told of a result."""
        ending = Ending()
        try:
            with self._running():
                yield ending
        except BaseException as error:
            self.gate.raised.note(error, self.effect.call)
            if not isinstance(error, GraphInterrupt):
                self._tell(None, error)
            self.gate.records.note([self._stopped(error)])
            raise
        self._tell(ending.result)
        self.gate.records.note([self._done(ending.result, asked_before)])

    def _tell(self, result: Any, error: BaseException | None = None) -> None:
        """Tell whoever watches of what ran."""
        effect = self.effect
        args = effect.call.args if effect.args is None else effect.args
        self.gate.performed(Performed(effect.call, args, bool(effect.interrupt_id), result, error))

    @contextmanager
    def _running(self) -> Iterator[None]:
        """Count what is asked within this context, so that it is skipped together with the function."""
        token = var_child_runnable_config.set(self.slots.config)
        try:
            with making(thread_id_of(self.slots.config), self.effect.call.key), self.gate.around(self.effect.call.ns):
                yield
        finally:
            var_child_runnable_config.reset(token)

    def _known(self) -> tuple[Any] | None:
        before = self.before
        if before is None or before.status is EffectStatus.PAUSED:
            return None
        if before.status is EffectStatus.DONE and before.result is not None:
            self.slots.skip(before.slots)
            return (self.gate.serializer.loads_typed(before.result),)
        if before.round >= self.effect.round:
            raise NotRepeated(before) from self.gate.raised.of(before.call)
        return None

    def _stopped(self, error: BaseException) -> Effect:
        if isinstance(error, GraphInterrupt):
            return self._as(EffectStatus.PAUSED)
        return broken_off(self.effect, error)

    def _done(self, result: Any, asked_before: int) -> Effect:
        """Return the record after; `asked_before` is how many slots were given out when the function began."""
        kept = kept_result(result, self.gate.serializer)
        if kept is None:
            # The function itself may go on with it; only a node that is run again cannot get it from here.
            return self._as(EffectStatus.UNKNOWN, error=NOT_KEPT)
        return self._as(EffectStatus.DONE, result=kept, slots=self.slots.answered_after(asked_before))

    def _as(self, status: EffectStatus, **more: Any) -> Effect:
        return replace(self.effect, status=status, **more)


Answer: TypeAlias = tuple[Any, Unrecorded | Recorded]
"""What a person answered, and what runs the function and keeps its record."""


def ask(payload: dict[str, Any], asking: object = None, config: RunnableConfig | None = None) -> Answer:
    """Ask a person, and return the answer with what keeps the record of the function that was asked about.

    `asking` is the function that asks, which may be what the tool runs that is called; `None` where the gate asks
    about a tool that code calls. `config` is that of the task it
    belongs to, where the context may be another's.

    Raises:
        GraphInterrupt: there is no answer yet.
        NotApproved: the answer was given for something else, as where a node calls other things when it is run again.
        Rejected: nobody knows whether the function was done, and a person dropped it.
    """
    gate = active_gate(config)
    if gate is None:
        if origin_gate(config) is not None:
            raise NotApproved(f"{payload['action']} was not run: it was called where its run is not known")
        return interrupt(payload), Unrecorded()
    if asking is not None:
        gate.seen(payload["action"], asking)
    config = config or get_config()
    within = ResumeSlots.within(config)
    is_the_call = within is not None and asking is not None and any(f is asking for f in functions_of(within.tool))
    if within is not None and is_the_call:
        if within.allowed_by_gate():
            return {"type": "accept"}, Unrecorded()
        return _ask_about_call(gate, within, payload)
    return _ask_about_function(gate, within or ResumeSlots.of_task(config), payload, by_gate=asking is None)


def _ask_about_call(gate: Gate, slots: ResumeSlots, payload: dict[str, Any]) -> Answer:
    """Ask what the tool itself runs: the gate keeps the record, and the function is compared with what it said."""
    answer = _interrupt(slots, payload)
    ruling = gate.ruling(_last_langgraph_id(slots))
    if ruling is None or not ruling.about_call:
        return _recorded(gate, slots, payload, answer)
    if _accepts(answer) and not _is_what_was_said(ruling, slots.call, payload["args"]):
        raise NotApproved(f"{payload['action']} was not run: it would not be called with what was approved")
    return answer, Unrecorded()


def _ask_about_function(gate: Gate, slots: ResumeSlots, payload: dict[str, Any], *, by_gate: bool) -> Answer:
    try:
        answer = _interrupt(slots, payload)
    except GraphInterrupt as paused:
        langgraph_id = langgraph_id_of(paused)
        asked = Effect(_call(slots, payload), EffectStatus.PAUSED, langgraph_id=langgraph_id, gated=by_gate)
        gate.records.note([asked])
        raise
    return _recorded(gate, slots, payload, answer)


def _recorded(gate: Gate, slots: ResumeSlots, payload: dict[str, Any], answer: Any) -> tuple[Any, Recorded]:
    call, langgraph_id = _call(slots, payload), _last_langgraph_id(slots)
    before = gate.records.of(call.key)
    effect = before or Effect(call, EffectStatus.PAUSED, langgraph_id=langgraph_id)
    return answer, Recorded(gate, _decided(effect, gate.ruling(langgraph_id), answer), before, slots)


def _interrupt(slots: ResumeSlots, payload: dict[str, Any]) -> Any:
    with set_config_context(slots.config) as context:
        return context.run(interrupt, payload)


def _last_langgraph_id(slots: ResumeSlots) -> str:
    """Return LangGraph's id of the question that was answered last."""
    return interrupt_ids(namespace_of(slots.config), [slots.interrupts.given[-1]])[0]


def _call(slots: ResumeSlots, payload: dict[str, Any]) -> Call:
    """Return the function's call, told from others by its resume slot and by what it is called with."""
    action, args = payload["action"], payload["args"]
    name = hashlib.sha256(f"{action}:{digest_of(args)}".encode()).hexdigest()[:16]
    return Call(namespace_of(slots.config), "", slots.interrupts.given[-1], name, action, args, function=True)


def _accepts(answer: Any) -> bool:
    return isinstance(answer, dict) and answer.get("type") in ("accept", "edit")


def _is_what_was_said(ruling: Ruling, call: Call | None, args: JsonObject) -> bool:
    """Whether the function gets what it said; a changed one may have more arguments, with defaults of their own.

    Where a person edited, what the gate put in is the tool's to read, and only the defaults are compared.
    """
    said = ruling.said or {}
    if ruling.replaces:
        given = call.args if call else {}
        said = {name: value for name, value in (ruling.args or {}).items() if name not in given}
    return all(name in args and same(args[name], value) for name, value in said.items())


def _decided(effect: Effect, ruling: Ruling | None, answer: Any) -> Effect:
    """Return the record with the decision under which the function runs.

    Raises:
        NotApproved: what was decided is not this function with these arguments.
        Rejected: a person dropped it in doubt.
    """
    if not _accepts(answer):
        return effect
    args = answer.get("args") if answer.get("type") == "edit" else effect.call.args
    if ruling is None or ruling.action != effect.call.name or digest_of(ruling.args) != digest_of(args):
        raise NotApproved(f"{effect.call.name} was not run: its arguments are not the ones that were approved")
    if isinstance(ruling.instruction, DropCall):
        raise Rejected(ruling.instruction.message)
    return replace(
        effect, interrupt_id=ruling.interrupt_id, index=ruling.index, args=args, round=ruling.round, error=""
    )
