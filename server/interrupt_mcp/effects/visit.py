"""One tool call passing the gate, and the records that it leaves. It decides nothing and runs nothing."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

import anyio
from langgraph.errors import GraphBubbleUp, GraphInterrupt, ParentCommand

from interrupt_mcp.effects.asking import Asking
from interrupt_mcp.effects.ledger import Serializer
from interrupt_mcp.effects.positions import Claims
from interrupt_mcp.effects.ruling import Ruling
from interrupt_mcp.effects.slots import TaskSlots
from interrupt_mcp.effects.step import ToolStep
from interrupt_mcp.idempotency import making
from interrupt_mcp.model import Call, Effect, EffectStatus, JsonObject

_visit: ContextVar["Visit | None"] = ContextVar("interrupt_mcp_visit", default=None)


class NotRepeated(GraphBubbleUp):
    """A call that started once and did not end well was about to be made again without a person's word.

    As interrupts do, it passes through what an agent has of its own for retries and errors: the run stops, and a
    person is asked.
    """


@dataclass(frozen=True, slots=True)
class Return:
    """Answer the call with this, without calling the tool."""

    result: Any


@dataclass(frozen=True, slots=True)
class Proceed:
    """Call the tool with these arguments; `None` where nobody decided on them."""

    args: JsonObject | None
    ruling: Ruling | None


@dataclass(slots=True)
class Task:
    """The calls of one try of a task, one after another: LangGraph shows one question of a task at a time."""

    attempt: object
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    thread_lock: threading.Lock = field(default_factory=threading.Lock)
    claims: Claims = field(default_factory=dict)
    finished: list[Effect] = field(default_factory=list)
    pause: GraphInterrupt | None = None


@dataclass(slots=True)
class Visit:
    """One tool call passing the gate."""

    step: ToolStep
    call: Call
    task: Task
    slots: TaskSlots
    before: Effect | None
    asking: Asking | None = None

    @property
    def args(self) -> JsonObject:
        """What the tool would get: an earlier edit holds when a tool that asks twice comes again."""
        return self.before.args if self.before and self.before.args is not None else self.call.args

    def answered(self) -> Any:
        """What a person gave instead of the call, where the gate asks; `None` where the call is to be made."""
        return self.asking and self.asking.answered(self.call, self.args, self.slots.config)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Within this context the tool runs."""
        token = _visit.set(self)
        try:
            with making(self.step.thread_id, self.call.key):
                yield
        finally:
            _visit.reset(token)

    def effect(self, status: EffectStatus) -> Effect:
        old = self.before or Effect(self.call, status)
        return replace(
            old,
            status=status,
            gated=self.asking is not None,
            slots=tuple(dict.fromkeys((*old.slots, *self.slots.answers.given))),
            subgraphs=tuple(dict.fromkeys((*old.subgraphs, *self.slots.subgraphs.given))),
        )

    def start(self, plan: Proceed) -> list[Effect]:
        """What is on record before the tool is called."""
        if plan.ruling is None:
            return []
        return [
            replace(
                self.effect(EffectStatus.STARTED),
                interrupt_id=plan.ruling.interrupt_id,
                index=plan.ruling.index,
                attempt=plan.ruling.attempt,
                args=plan.args if plan.args is not None else self.args,
                error="",
            )
        ]

    def not_begun(self) -> list[Effect]:
        """What takes back that the tool is called."""
        return [self.before or self.effect(EffectStatus.PAUSED)]

    def done(self, plan: Proceed, result: Any, serializer: Serializer) -> list[Effect]:
        self.slots.keep()
        done = replace(self.effect(EffectStatus.DONE), result=serializer.dumps_typed(result))
        if plan.ruling is None and self.before is None:
            self.task.finished.append(done)
            return []
        return [done]

    def stop(self, plan: Proceed, error: BaseException, bound: Collection[str]) -> list[Effect]:
        """What is on record of a call that did not end with a result; `bound` are interrupts whose calls are known."""
        if isinstance(error, GraphInterrupt):
            return self._pause(error, bound)
        if plan.ruling is None or isinstance(error, ParentCommand):
            return []
        if isinstance(error, GraphBubbleUp) or (plan.ruling.answers and isinstance(error, Exception)):
            return [self.effect(EffectStatus.PAUSED)]
        status = EffectStatus.FAILED if isinstance(error, Exception) else EffectStatus.UNKNOWN
        return [replace(self.effect(status), error=f"{type(error).__name__}: {error}"[:2000])]

    def _pause(self, pause: GraphInterrupt, bound: Collection[str]) -> list[Effect]:
        self.slots.keep()
        self.task.pause = pause
        finished, self.task.finished = self.task.finished, []
        paused = self.effect(EffectStatus.PAUSED)
        asked = pause.args[0][0].id if pause.args and pause.args[0] else ""
        if self.slots.answers.asked_anew and asked not in bound:
            paused = replace(paused, langgraph_id=asked)
        elif self.before is None and not (finished or paused.subgraphs):
            return finished
        return [*finished, paused]


def visiting() -> Visit | None:
    """The innermost tool call within which this code runs."""
    return _visit.get()
