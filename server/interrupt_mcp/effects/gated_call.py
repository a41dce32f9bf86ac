"""One tool call at the gate, and the records that it leaves. It decides nothing and runs nothing."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import ToolMessage
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.errors import GraphBubbleUp, GraphInterrupt, is_invalid_resume

from interrupt_mcp.dialects.asked_together import answer_about
from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.defaults import can_be_given
from interrupt_mcp.effects.gate_question import Asking, CallAndAsking, ask, given_instead, payload_together
from interrupt_mcp.effects.idempotency import making
from interrupt_mcp.effects.incoming_call import IncomingCall
from interrupt_mcp.effects.resume_slots import ResumeSlots, thread_id_of
from interrupt_mcp.effects.ruling import Ruling
from interrupt_mcp.effects.task_attempt import PausedCall, TaskAttempt
from interrupt_mcp.model import Call, Effect, EffectStatus, JsonObject
from interrupt_mcp.text.redaction import redacted, said

_LONGEST = 2000
"""Characters of an error in a record."""
NOT_KEPT = "Its result cannot be kept."


class NotRepeated(GraphBubbleUp):
    """A call that started once and did not end well was about to be made again without a person's word.

    As interrupts do, it passes through what an agent has of its own for retries and errors: the run stops, and a
    person is asked. Its cause is what the call raised before, where that was in the same drive.
    """

    def __init__(self, record: Effect) -> None:
        ended = f" and ended with {record.error}" if record.error else ""
        super().__init__(
            f"{record.call.name} is not made again: it started once{ended}, and nobody decided to repeat it"
        )


@dataclass(frozen=True, slots=True)
class Return:
    """Answer the call with this, without calling the tool."""

    result: Any


@dataclass(frozen=True, slots=True)
class Proceed:
    """Call the tool."""

    args: JsonObject | None
    """The arguments to call it with; `None` where nobody decided on them."""
    ruling: Ruling | None
    """The decision under which it is called, if there is one."""


@dataclass(slots=True)
class Ending:
    """How a tool or function ended that ran: only what gives a result has one."""

    result: Any = None
    made: bool = False
    """Whether the tool was called, and not answered with what a person gave instead."""


@dataclass(slots=True)
class GatedCall:
    """One tool call at the gate."""

    incoming: IncomingCall
    """The call as it came."""
    call: Call
    """Which call it is."""
    attempt: TaskAttempt["GatedCall"]
    """The attempt of a task that makes it."""
    slots: ResumeSlots
    record: Effect | None
    """What is on record of it; `None` where nothing is."""
    number: int
    """Which call of the attempt it is, in the order in which they began."""
    defaults_now: JsonObject
    """The tool's defaults as they are now, which may not be what was shown."""
    asking: Asking | None = None
    """How the gate itself asks about the call, where it does."""
    beside: tuple[CallAndAsking, ...] = ()
    """Other calls of the tool node that the gate asks about in the same question."""

    @property
    def args(self) -> JsonObject:
        """What the tool would get: an earlier edit holds when a tool that asks twice comes again."""
        return self.record.args if self.record and self.record.args is not None else self.call.complete

    def answered(self, plan: Proceed) -> tuple[Any] | None:
        """Ask where the gate asks, and return what the person gave instead; `None` where the call is to be made.

        Raises:
            GraphInterrupt: there is no answer yet.
        """
        if self.asking is None:
            return None
        if not self.beside:
            return given_instead(ask(self.asking.payload(self.call.name, self.args), self.slots.config), self.incoming)
        answer = ask(payload_together([(self.call, self.asking), *self.beside]), self.slots.config)
        own = answer_about(self.call.position, answer)
        if own is not None and plan.ruling is not None:
            return given_instead(own, self.incoming)
        return (self.incoming.text_result(f"{self.call.name} was not run: nobody decided on it", error=True),)

    def run_with(self, plan: Proceed) -> Any:
        """Return what is run: the call as it was made, or with what was decided and is not its default anyhow."""
        if plan.args is None:
            return self.incoming.with_args(None, self.slots.config)
        args = {name: value for name, value in plan.args.items() if not self._is_default(name, plan.args)}
        return self.incoming.with_args(args, self.slots.config)

    def cannot_be_given(self, args: JsonObject) -> str | None:
        """Return the first argument that the tool would not be called with, as it takes none of this name."""
        given = (name for name in args if not self._is_default(name, args))
        return next((name for name in given if not can_be_given(self.incoming.tool, name)), None)

    def _is_default(self, name: str, args: JsonObject) -> bool:
        """Whether the tool's own default does, as it is the same: not each can be written as JSON and read again."""
        return name not in self.call.args and name in self.defaults_now and same(self.defaults_now[name], args[name])

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let code within this context be that of the call: it asks through its slots and has its idempotency key."""
        with making(thread_id_of(self.incoming.config), self.call.key), self.slots.entered():
            yield

    def effect(self, status: EffectStatus) -> Effect:
        """Return the record as it is with this status."""
        old = self.record or Effect(self.call, status)
        return replace(
            old,
            status=status,
            gated=self.asking is not None,
            slots=tuple(dict.fromkeys((*old.slots, *self.slots.answered))),
            subgraphs=tuple(dict.fromkeys((*old.subgraphs, *self.slots.subgraphs.given))),
        )

    def started(self, plan: Proceed) -> list[Effect]:
        """Return what must be on record before the tool is called."""
        if plan.ruling is None:
            return []
        return [
            replace(
                self.effect(EffectStatus.STARTED),
                interrupt_id=plan.ruling.interrupt_id,
                index=plan.ruling.index,
                round=plan.ruling.round,
                args=plan.args if plan.args is not None else self.args,
                error="",
            )
        ]

    def not_started(self) -> list[Effect]:
        """Return what takes back that the tool is called."""
        return [self.record or self.effect(EffectStatus.PAUSED)]

    def done(self, plan: Proceed, result: Any, serializer: SerializerProtocol) -> list[Effect]:
        """Return what is on record after the call. A result that would not come back as it was is not kept."""
        self.slots.save()
        decided = plan.ruling is not None or self.record is not None
        kept = kept_result(result, serializer)
        if kept is None:
            unknown = replace(self.effect(EffectStatus.UNKNOWN), error=NOT_KEPT)
            return [unknown] if plan.ruling is not None else []
        done = replace(self.effect(EffectStatus.DONE), result=kept)
        if decided or self.call.by_code or self.attempt.stops:
            return [done]
        self.attempt.finished.append(done)
        return []

    def stopped(self, plan: Proceed, error: BaseException, paused_elsewhere: Collection[str]) -> list[Effect]:
        """Return what is on record of a call that did not end with a result.

        Only LangGraph's own interrupt is a pause, and what becomes of it is settled when the whole attempt stops;
        `paused_elsewhere` are the interrupts that other calls are paused at. Of a call that a person decided on and
        that anything else leaves, nobody knows what it did.
        """
        if isinstance(error, GraphInterrupt):
            self.slots.save()
            self.attempt.pause(PausedCall(self, error, self._rank(error, paused_elsewhere), self.number))
            return []
        if plan.ruling is None:
            return []
        if is_invalid_resume(error):
            # The answer never came to the tool.
            return [self.effect(EffectStatus.PAUSED)]
        return [broken_off(self.effect(EffectStatus.UNKNOWN), error)]

    def _rank(self, interrupt: GraphInterrupt, paused_elsewhere: Collection[str]) -> int:
        """Return how early its question is asked: one from before may be with a person already, and goes first."""
        if self.record is not None and self.record.langgraph_id == langgraph_id_of(interrupt):
            return 0
        return 1 if langgraph_id_of(interrupt) in paused_elsewhere else 2

    def paused(
        self, interrupt: GraphInterrupt, paused_elsewhere: Collection[str], *, chosen: bool, beside_finished: bool
    ) -> list[Effect]:
        """Return what is on record of a call that asked.

        Only that whose question is `chosen` gets the slot of the question. One that asked `beside_finished` calls of
        the same attempt must be told from them when it comes again.
        """
        paused, langgraph_id = self.effect(EffectStatus.PAUSED), langgraph_id_of(interrupt)
        if chosen and self.slots.interrupts.gave_new and langgraph_id not in paused_elsewhere:
            given = self.slots.interrupts.given
            asked = replace(paused, slots=tuple(dict.fromkeys((*paused.slots, *given))), langgraph_id=langgraph_id)
            # What is asked first is the gate's question: the others have the same slot, and its answer is theirs too.
            others = self.beside if len(given) == 1 else ()
            return [asked, *(replace(asked, call=call, subgraphs=()) for call, _ in others)]
        return [paused] if self.record is not None or paused.subgraphs or beside_finished else []


def broken_off(effect: Effect, error: BaseException) -> Effect:
    """Return the record of an action that was left by anything but a result or LangGraph's interrupt."""
    raised = isinstance(error, Exception) and not isinstance(error, GraphBubbleUp)
    return replace(effect, status=EffectStatus.FAILED if raised else EffectStatus.UNKNOWN, error=said(error, _LONGEST))


def langgraph_id_of(interrupt: GraphInterrupt) -> str:
    """Return LangGraph's id of the interrupt; empty where it has none."""
    return str(interrupt.args[0][0].id) if interrupt.args and interrupt.args[0] else ""


def without_secrets(result: Any) -> Any:
    """Return the result; where a tool node made it of what the tool raised, without what looks like a secret."""
    if not (isinstance(result, ToolMessage) and result.status == "error" and isinstance(result.content, str)):
        return result
    text = redacted(result.content)
    return result if text == result.content else result.model_copy(update={"content": text})


def kept_result(result: Any, serializer: SerializerProtocol) -> tuple[str, bytes] | None:
    """Return the result as it is kept, if it comes back as what it was; but a tuple may come back as a list."""
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
    """Whether nothing is missing, as the name of a class that is not made again; a set may have another order."""
    return back == written or (back[0] == written[0] and sorted(back[1]) == sorted(written[1]))


def _is_plain(result: Any) -> bool:
    return isinstance(result, ToolMessage) and isinstance(result.content, str) and result.artifact is None
