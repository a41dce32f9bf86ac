"""A sensitive function asks, and leaves the same record as a tool call where none is around it that stands for it.

What was decided is compared with what the function is about to get, as it is for tool calls.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import set_config_context, var_child_runnable_config
from langgraph.config import get_config
from langgraph.errors import GraphInterrupt
from langgraph.types import interrupt

from interrupt_mcp.dialects.instructions import DropCall
from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.defaults import functions_of
from interrupt_mcp.effects.finding import gate_of, lost_gate
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.idempotency import making
from interrupt_mcp.effects.marks import Rejected
from interrupt_mcp.effects.passing import NOT_KEPT, NotRepeated, asked_by, broken_off, kept
from interrupt_mcp.effects.resume_slots import TaskSlots, interrupt_ids, namespace, thread_id
from interrupt_mcp.effects.ruling import Ruling
from interrupt_mcp.model import Call, Effect, EffectStatus, JsonObject, digest_of


class NotApproved(RuntimeError):
    """The answer that a sensitive function got was given for something else, or nobody can be asked where it runs."""


class Unrecorded:
    """Runs the function as it is: outside the server, or where it is the tool call whose record the gate keeps."""

    def run(self, function: Callable[[], Any]) -> Any:
        return function()

    async def run_async(self, function: Callable[[], Awaitable[Any]]) -> Any:
        return await function()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Runs the function once: on record before and after, and from the record when the node is run again."""

    gate: Gate
    effect: Effect
    before: Effect | None
    slots: TaskSlots

    def run(self, function: Callable[[], Any]) -> Any:
        if (known := self._known()) is not None:
            return known[0]
        before = len(self.slots.answers.given)
        self.gate.records.record_now([self._as(EffectStatus.STARTED)])
        try:
            with self._running():
                result = function()
        except BaseException as error:
            self.gate.records.note([self._stopped(error)])
            raise
        self.gate.records.note([self._done(result, before)])
        return result

    async def run_async(self, function: Callable[[], Awaitable[Any]]) -> Any:
        if (known := self._known()) is not None:
            return known[0]
        before = len(self.slots.answers.given)
        await self.gate.records.record([self._as(EffectStatus.STARTED)])
        try:
            with self._running():
                result = await function()
        except BaseException as error:
            self.gate.records.note([self._stopped(error)])
            raise
        self.gate.records.note([self._done(result, before)])
        return result

    @contextmanager
    def _running(self) -> Iterator[None]:
        """What the function asks besides is counted, so that it is skipped together with the function."""
        token = var_child_runnable_config.set(self.slots.config)
        try:
            with making(thread_id(self.slots.config), self.effect.call.key), self.gate.around(self.effect.call.ns):
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
        if before.attempt >= self.effect.attempt:
            raise NotRepeated(f"{before.call.name} is not run again: it started once and nobody decided to repeat it.")
        return None

    def _stopped(self, error: BaseException) -> Effect:
        if isinstance(error, GraphInterrupt):
            return self._as(EffectStatus.PAUSED)
        return broken_off(self.effect, error)

    def _done(self, result: Any, before: int) -> Effect:
        """`before` is how many answers were given out when the function began."""
        result_kept = kept(result, self.gate.serializer)
        if result_kept is None:
            # The function itself may go on with it; only a node that is run again cannot get it from here.
            return self._as(EffectStatus.UNKNOWN, error=NOT_KEPT)
        return self._as(EffectStatus.DONE, result=result_kept, slots=self.slots.answered_since(before))

    def _as(self, status: EffectStatus, **more: Any) -> Effect:
        return replace(self.effect, status=status, **more)


def ask(
    payload: dict[str, Any], asking: object = None, config: RunnableConfig | None = None
) -> tuple[Any, Unrecorded | Recorded]:
    """Ask a person, and give the answer and what keeps the record of the function that was asked about.

    `asking` is the function that asks, which may be what the tool runs that is called. `config` is that of the task it
    belongs to, where the context may be another's.

    Raises:
        NotApproved: the answer was given for something else, as where a node calls other things when it is run again.
        Rejected: nobody knows whether the function was done, and a person dropped it.
    """
    gate = gate_of(config)
    if gate is None:
        if lost_gate(config) is not None:
            raise NotApproved(f"{payload['action']} was not run: it was called where its run is not known")
        return interrupt(payload), Unrecorded()
    config = config or get_config()
    within = TaskSlots.within(config)
    is_the_call = within is not None and asking is not None and any(f is asking for f in functions_of(within.tool))
    if within is not None and is_the_call:
        return _about_call(gate, within, payload)
    return _about_function(gate, within or _slots_of_task(config), payload)


def _about_call(gate: Gate, slots: TaskSlots, payload: dict[str, Any]) -> tuple[Any, Unrecorded | Recorded]:
    """What the tool runs asks: the gate keeps the record, and the function is compared here with what it said."""
    answer = _asked(slots, payload)
    ruling = gate.ruling(_langgraph_id(slots))
    if ruling is None or not ruling.about_call:
        return _recorded(gate, slots, payload, answer)
    if _accepts(answer) and not _is_what_was_said(ruling, slots.call, payload["args"]):
        raise NotApproved(f"{payload['action']} was not run: it would not be called with what was approved")
    return answer, Unrecorded()


def _about_function(gate: Gate, slots: TaskSlots, payload: dict[str, Any]) -> tuple[Any, Unrecorded | Recorded]:
    try:
        answer = _asked(slots, payload)
    except GraphInterrupt as pause:
        asked = Effect(_call(slots, payload), EffectStatus.PAUSED, langgraph_id=asked_by(pause))
        gate.records.note([asked])
        raise
    return _recorded(gate, slots, payload, answer)


def _recorded(gate: Gate, slots: TaskSlots, payload: dict[str, Any], answer: Any) -> tuple[Any, Recorded]:
    call, langgraph_id = _call(slots, payload), _langgraph_id(slots)
    before = gate.records.of(call.key)
    effect = before or Effect(call, EffectStatus.PAUSED, langgraph_id=langgraph_id)
    return answer, Recorded(gate, _decided(effect, gate.ruling(langgraph_id), answer), before, slots)


def _asked(slots: TaskSlots, payload: dict[str, Any]) -> Any:
    with set_config_context(slots.config) as context:
        return context.run(interrupt, payload)


def _langgraph_id(slots: TaskSlots) -> str:
    """Of the question that was answered last."""
    return interrupt_ids(namespace(slots.config), [slots.answers.given[-1]])[0]


def _slots_of_task(config: RunnableConfig) -> TaskSlots:
    slots = TaskSlots(config)
    slots.count_from_task()
    return slots


def _call(slots: TaskSlots, payload: dict[str, Any]) -> Call:
    """The function's call, told apart by its place among the task's answers and by what it is called with."""
    action, args = payload["action"], payload["args"]
    name = hashlib.sha256(f"{action}:{digest_of(args)}".encode()).hexdigest()[:16]
    return Call(namespace(slots.config), "", slots.answers.given[-1], name, action, args, function=True)


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
    if not _accepts(answer):
        return effect
    args = answer.get("args") if answer.get("type") == "edit" else effect.call.args
    if ruling is None or ruling.action != effect.call.name or digest_of(ruling.args) != digest_of(args):
        raise NotApproved(f"{effect.call.name} was not run: its arguments are not the ones that were approved")
    if isinstance(ruling.instruction, DropCall):
        raise Rejected(ruling.instruction.message)
    return replace(
        effect, interrupt_id=ruling.interrupt_id, index=ruling.index, args=args, attempt=ruling.attempt, error=""
    )
