"""One tool call passing the gate, and the records that it leaves. It decides nothing and runs nothing."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import ToolMessage
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.errors import GraphBubbleUp, GraphInterrupt, is_invalid_resume

from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.defaults import can_be_given
from interrupt_mcp.effects.gate_question import Asking
from interrupt_mcp.effects.gated_call import Step
from interrupt_mcp.effects.idempotency import making
from interrupt_mcp.effects.resume_slots import TaskSlots, thread_id
from interrupt_mcp.effects.ruling import Ruling
from interrupt_mcp.effects.tries import Asked, Try
from interrupt_mcp.model import Call, Effect, EffectStatus, JsonObject
from interrupt_mcp.text.redaction import redacted, said

_LONGEST = 2000
"""Characters of an error in a record."""
NOT_KEPT = "Its result cannot be kept."


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
class Passing:
    """One tool call passing the gate."""

    step: Step
    call: Call
    tried: Try["Passing"]
    slots: TaskSlots
    before: Effect | None
    number: int
    """Which call of the try it is, in the order in which they began."""
    fresh: JsonObject
    """The defaults as they are now, which may not be what was shown."""
    asking: Asking | None = None

    @property
    def args(self) -> JsonObject:
        """What the tool would get: an earlier edit holds when a tool that asks twice comes again."""
        return self.before.args if self.before and self.before.args is not None else self.call.complete

    def answered(self) -> tuple[Any] | None:
        """What a person gave instead of the call, where the gate asks; `None` where the call is to be made."""
        if self.asking is None:
            return None
        return self.asking.answered(self.call, self.step, self.args, self.slots.config)

    def run_with(self, plan: Proceed) -> Any:
        """What is run: the call as it was made, or with what was decided and is not its default anyhow."""
        if plan.args is None:
            return self.step.with_args(None, self.slots.config)
        args = {name: value for name, value in plan.args.items() if not self._left(name, plan.args)}
        return self.step.with_args(args, self.slots.config)

    def cannot_be_given(self, args: JsonObject) -> str | None:
        """The first argument that the tool would not be called with, as it takes none of this name from outside."""
        return next((n for n in args if not (self._left(n, args) or can_be_given(self.step.tool, n))), None)

    def _left(self, name: str, args: JsonObject) -> bool:
        """Whether the default does, as it is the same: not each can be written as JSON and read again."""
        return name not in self.call.args and name in self.fresh and same(self.fresh[name], args[name])

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Within this context the tool runs."""
        with making(thread_id(self.step.config), self.call.key), self.slots.entered():
            yield

    def effect(self, status: EffectStatus) -> Effect:
        old = self.before or Effect(self.call, status)
        return replace(
            old,
            status=status,
            gated=self.asking is not None,
            slots=tuple(dict.fromkeys((*old.slots, *self.slots.answered))),
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

    def done(self, plan: Proceed, result: Any, serializer: SerializerProtocol) -> list[Effect]:
        """What is on record after. A result that does not come back as it was is kept of no call."""
        self.slots.keep()
        decided = plan.ruling is not None or self.before is not None
        result_kept = kept(result, serializer)
        if result_kept is None:
            unknown = replace(self.effect(EffectStatus.UNKNOWN), error=NOT_KEPT)
            return [unknown] if plan.ruling is not None else []
        done = replace(self.effect(EffectStatus.DONE), result=result_kept)
        if decided or self.call.by_code or self.tried.stops:
            return [done]
        self.tried.finished.append(done)
        return []

    def stop(self, plan: Proceed, error: BaseException, elsewhere: Collection[str]) -> list[Effect]:
        """What is on record of a call that did not end with a result.

        Only LangGraph's own interrupt is a pause, and what becomes of it is settled when the whole try stops;
        `elsewhere` are the interrupts that other calls are paused at. Whatever else leaves a call that a person decided
        on, nobody knows what it did.
        """
        if isinstance(error, GraphInterrupt):
            self.slots.keep()
            self.tried.ask(Asked(self, error, self._rank(error, elsewhere), self.number))
            return []
        if plan.ruling is None:
            return []
        if is_invalid_resume(error):
            # The answer never came to the tool.
            return [self.effect(EffectStatus.PAUSED)]
        return [broken_off(self.effect(EffectStatus.UNKNOWN), error)]

    def _rank(self, pause: GraphInterrupt, elsewhere: Collection[str]) -> int:
        """What was asked before is asked before what is new: its question may be with a person already."""
        if self.before is not None and self.before.langgraph_id == asked_by(pause):
            return 0
        return 1 if asked_by(pause) in elsewhere else 2

    def paused(self, pause: GraphInterrupt, elsewhere: Collection[str], *, chosen: bool, company: bool) -> list[Effect]:
        """What is on record of a call that asked; only the `chosen` one of a try has the place of the question.

        In `company` of calls that ended, it must be told from them when it comes again.
        """
        paused, asked = self.effect(EffectStatus.PAUSED), asked_by(pause)
        if chosen and self.slots.answers.asked_anew and asked not in elsewhere:
            places = (*paused.slots, *self.slots.answers.given)
            return [replace(paused, slots=tuple(dict.fromkeys(places)), langgraph_id=asked)]
        return [paused] if self.before is not None or paused.subgraphs or company else []


def broken_off(effect: Effect, error: BaseException) -> Effect:
    """What is on record of an action that was left by anything but a result or LangGraph's interrupt."""
    raised = isinstance(error, Exception) and not isinstance(error, GraphBubbleUp)
    return replace(effect, status=EffectStatus.FAILED if raised else EffectStatus.UNKNOWN, error=said(error, _LONGEST))


def asked_by(pause: GraphInterrupt) -> str:
    """LangGraph's id of the interrupt; empty where it has none."""
    return str(pause.args[0][0].id) if pause.args and pause.args[0] else ""


def without_secrets(result: Any) -> Any:
    """The result; where a tool node made it of what the tool raised, without what looks like a secret."""
    if not (isinstance(result, ToolMessage) and result.status == "error" and isinstance(result.content, str)):
        return result
    text = redacted(result.content)
    return result if text == result.content else result.model_copy(update={"content": text})


def kept(result: Any, serializer: SerializerProtocol) -> tuple[str, bytes] | None:
    """The result as it is kept, if it comes back as what it was; but a tuple comes back as a list."""
    try:
        written = serializer.dumps_typed(result)
        if result is None or isinstance(result, str) or _is_plain(result):
            return written
        back = serializer.loads_typed(written)
        alike = type(back) is type(result) or type(result) is tuple
        # Equality is not asked for: types of the agent's own may not know it.
        return written if alike and _holds_the_same(serializer.dumps_typed(back), written) else None
    except Exception:  # noqa: BLE001  an agent's own types raise what they like when they are looked at
        return None


def _holds_the_same(back: tuple[str, bytes], written: tuple[str, bytes]) -> bool:
    """A set comes back in another order; what is left out, as the name of a class that is not made again, is missed."""
    return back == written or (back[0] == written[0] and sorted(back[1]) == sorted(written[1]))


def _is_plain(result: Any) -> bool:
    return isinstance(result, ToolMessage) and isinstance(result.content, str) and result.artifact is None
