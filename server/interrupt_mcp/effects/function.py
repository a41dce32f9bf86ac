"""A sensitive function asks, and leaves the same record as a tool call where none is around it that stands for it.

What was decided is compared with what the function is about to get, as it is for tool calls.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import set_config_context
from langgraph.config import get_config
from langgraph.errors import GraphBubbleUp, GraphInterrupt
from langgraph.types import interrupt

from interrupt_mcp.dialects.order import Drop
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.ruling import Ruling
from interrupt_mcp.effects.slots import TaskSlots, interrupt_ids, namespace
from interrupt_mcp.effects.toolnode import current
from interrupt_mcp.effects.visit import NotRepeated
from interrupt_mcp.idempotency import making
from interrupt_mcp.model import Call, Effect, EffectStatus, digest_of
from interrupt_mcp.sensitivity import Rejected


class NotApproved(RuntimeError):
    """The answer that a sensitive function got was given for something else."""


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
    thread_id: str
    effect: Effect
    before: Effect | None

    def run(self, function: Callable[[], Any]) -> Any:
        if (kept := self._kept()) is not None:
            return kept[0]
        self.gate.record_now([self._as(EffectStatus.STARTED)])
        try:
            with making(self.thread_id, self.effect.call.key):
                result = function()
        except BaseException as error:
            self.gate.note([self._stopped(error)])
            raise
        self.gate.note([self._done(result)])
        return result

    async def run_async(self, function: Callable[[], Awaitable[Any]]) -> Any:
        if (kept := self._kept()) is not None:
            return kept[0]
        await self.gate.record([self._as(EffectStatus.STARTED)])
        try:
            with making(self.thread_id, self.effect.call.key):
                result = await function()
        except BaseException as error:
            self.gate.note([self._stopped(error)])
            raise
        self.gate.note([self._done(result)])
        return result

    def _kept(self) -> tuple[Any] | None:
        before = self.before
        if before is None or before.status is EffectStatus.PAUSED:
            return None
        if before.status is EffectStatus.DONE and before.result is not None:
            return (self.gate.serializer.loads_typed(before.result),)
        if before.attempt >= self.effect.attempt:
            raise NotRepeated(f"{before.call.name} is not run again: it started once and nobody decided to repeat it.")
        return None

    def _stopped(self, error: BaseException) -> Effect:
        if isinstance(error, GraphBubbleUp):
            return self._as(EffectStatus.PAUSED)
        status = EffectStatus.FAILED if isinstance(error, Exception) else EffectStatus.UNKNOWN
        return self._as(status, error=f"{type(error).__name__}: {error}"[:2000])

    def _done(self, result: Any) -> Effect:
        try:
            return self._as(EffectStatus.DONE, result=self.gate.serializer.dumps_typed(result))
        except (TypeError, ValueError) as error:
            # The function itself may go on with it; only a node that is run again cannot get it from here.
            return self._as(EffectStatus.UNKNOWN, error=f"Its result cannot be kept: {error}"[:2000])

    def _as(self, status: EffectStatus, **more: Any) -> Effect:
        return replace(self.effect, status=status, **more)


def ask(payload: dict[str, Any]) -> tuple[Any, Unrecorded | Recorded]:
    """Ask a person, and give the answer and what keeps the record of the function that was asked about.

    Raises:
        NotApproved: the answer was given for something else, as where a node calls other things when it is run again.
        Rejected: nobody knows whether the function was done, and a person dropped it.
    """
    gate = current()
    if gate is None:
        return interrupt(payload), Unrecorded()
    config = get_config()
    slots = TaskSlots.within(config) or _slots_of_task(config)
    try:
        with set_config_context(slots.config) as context:
            answer = context.run(interrupt, payload)
    except GraphInterrupt as pause:
        asked = Effect(_call(config, slots, payload), EffectStatus.PAUSED, langgraph_id=pause.args[0][0].id)
        gate.note([asked])
        raise
    call = _call(config, slots, payload)
    langgraph_id = interrupt_ids(call.ns, [call.position])[0]
    ruling = gate.ruling(langgraph_id)
    if ruling is not None and ruling.about_call:
        return answer, Unrecorded()
    before = gate.effect(call.key)
    effect = before or Effect(call, EffectStatus.PAUSED, langgraph_id=langgraph_id)
    return answer, Recorded(gate, _thread_id(config), _decided(effect, ruling, answer), before)


def _slots_of_task(config: RunnableConfig) -> TaskSlots:
    slots = TaskSlots(config, (), (), ())
    slots.count_from_task()
    return slots


def _call(config: RunnableConfig, slots: TaskSlots, payload: dict[str, Any]) -> Call:
    """The function's call, told apart by its place among the task's answers and by what it is called with."""
    action, args = payload["action"], payload["args"]
    name = hashlib.sha256(f"{action}:{digest_of(args)}".encode()).hexdigest()[:16]
    return Call(namespace(config), "", slots.answers.given[-1], name, action, args, function=True)


def _decided(effect: Effect, ruling: Ruling | None, answer: Any) -> Effect:
    kind = answer.get("type") if isinstance(answer, dict) else None
    if kind not in ("accept", "edit"):
        return effect
    args = answer.get("args") if kind == "edit" else effect.call.args
    if ruling is None or ruling.action != effect.call.name or digest_of(ruling.args) != digest_of(args):
        raise NotApproved(f"{effect.call.name} was not run: its arguments are not the ones that were approved")
    if isinstance(ruling.order, Drop):
        raise Rejected(ruling.order.message)
    return replace(
        effect, interrupt_id=ruling.interrupt_id, index=ruling.index, args=args, attempt=ruling.attempt, error=""
    )


def _thread_id(config: RunnableConfig) -> str:
    return str(config["configurable"].get("thread_id", ""))
