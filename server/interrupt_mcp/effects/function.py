"""A sensitive function asks, and leaves the same record as a tool call where no ToolNode is around it."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from langchain_core.runnables.config import set_config_context
from langgraph.config import get_config
from langgraph.types import interrupt

from interrupt_mcp.effects.gate import Gate, NotRepeated
from interrupt_mcp.effects.slots import TaskSlots, interrupt_ids, namespace
from interrupt_mcp.effects.toolnode import current
from interrupt_mcp.model import Call, Effect, EffectStatus, digest_of


class Unrecorded:
    """Runs the function as it is: outside the server, or within a tool call whose record the gate keeps."""

    def run(self, function: Callable[[], Any]) -> Any:
        return function()

    async def run_async(self, function: Callable[[], Awaitable[Any]]) -> Any:
        return await function()


class Recorded:
    """Runs the function once: on record before and after, and from the record when the node is run again."""

    def __init__(self, gate: Gate, effect: Effect, before: Effect | None) -> None:
        self._gate = gate
        self._effect = effect
        self._before = before

    def run(self, function: Callable[[], Any]) -> Any:
        if (kept := self._kept()) is not None:
            return kept[0]
        self._write(EffectStatus.STARTED)
        try:
            result = function()
        except BaseException as error:
            self._fail(error)
            raise
        self._finish(result)
        return result

    async def run_async(self, function: Callable[[], Awaitable[Any]]) -> Any:
        if (kept := self._kept()) is not None:
            return kept[0]
        self._write(EffectStatus.STARTED)
        try:
            result = await function()
        except BaseException as error:
            self._fail(error)
            raise
        self._finish(result)
        return result

    def _kept(self) -> tuple[Any] | None:
        before = self._before
        if before is None:
            return None
        if before.status is EffectStatus.DONE and before.result is not None:
            return (self._gate.serializer.loads_typed(before.result),)
        if before.attempt >= self._effect.attempt and before.status is not EffectStatus.PAUSED:
            raise NotRepeated(f"{before.call.name} is not run again: it started once and nobody decided to repeat it.")
        return None

    def _fail(self, error: BaseException) -> None:
        status = EffectStatus.FAILED if isinstance(error, Exception) else EffectStatus.UNKNOWN
        self._write(status, error=f"{type(error).__name__}: {error}"[:2000])

    def _finish(self, result: Any) -> None:
        self._write(EffectStatus.DONE, result=self._gate.serializer.dumps_typed(result))

    def _write(self, status: EffectStatus, **more: Any) -> None:
        self._gate.record_now(replace(self._effect, status=status, **more))


def ask(payload: dict[str, Any]) -> tuple[Any, Unrecorded | Recorded]:
    """Ask a person, and give the answer and what keeps the record of the function that was asked about."""
    gate = current()
    if gate is None or TaskSlots.are_in(config := get_config()):
        return interrupt(payload), Unrecorded()
    slots = TaskSlots(config, (), (), ())
    slots.count_from_task()
    with set_config_context(slots.config) as context:
        answer = context.run(interrupt, payload)
    place = slots.answers.given[-1]
    ns = namespace(config)
    langgraph_id = interrupt_ids(ns, [place])[0]
    name = hashlib.sha256(f"{payload['action']}:{digest_of(payload['args'])}".encode()).hexdigest()[:16]
    call = Call(ns, "", place, name, payload["action"], payload["args"])
    before = gate.effect(call.key)
    ruling = gate.ruling(langgraph_id)
    effect = replace(
        before or Effect(call, EffectStatus.STARTED, slots=(place,), langgraph_id=langgraph_id),
        interrupt_id=ruling.interrupt_id if ruling else "",
        index=ruling.index if ruling else 0,
        args=answer["args"] if isinstance(answer, dict) and answer.get("type") == "edit" else payload["args"],
        attempt=ruling.attempt if ruling else 0,
    )
    return answer, Recorded(gate, effect, before)
