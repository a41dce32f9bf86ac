"""What becomes of a call that comes to the gate: it is made, with which arguments, or answered with something else.

What was approved is what runs: the tool, and all that it is called with. It runs nothing and keeps nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol

from interrupt_mcp.dialects.instructions import AnswerCall, DropCall, MakeCall
from interrupt_mcp.dialects.payload import fault, same
from interrupt_mcp.effects.gate_question import (
    Asking,
    CallAndAsking,
    MustAsk,
    as_sensitive,
    asks_itself,
    payload_together,
)
from interrupt_mcp.effects.gated_call import GatedCall, NotRepeated, Proceed, Return
from interrupt_mcp.effects.records import Records
from interrupt_mcp.effects.resume_slots import interrupt_ids
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.model import Call, Effect, EffectStatus, JsonObject

_SETTLED = (EffectStatus.PAUSED, EffectStatus.DONE)


@dataclass(frozen=True, slots=True)
class GateRules:
    """The plans for all calls of one drive."""

    records: Records
    rulings: Rulings
    must_ask: MustAsk
    """Which calls the gate asks about."""
    serializer: SerializerProtocol
    """That of results in records."""

    def apply(self, gated: GatedCall, *, made_again: bool) -> Return | Proceed:
        """Decide what becomes of the call; `made_again` is whether a result from before does not count.

        Raises:
            NotRepeated: it started once, and nobody decided to repeat it.
        """
        record, ruling = gated.record, self._ruling(gated)
        gated.asking = self._asking(gated, ruling)
        if record and record.status is EffectStatus.DONE and not made_again:
            assert record.result is not None
            return Return(self.serializer.loads_typed(record.result))
        if ruling is not None and isinstance(ruling.instruction, DropCall):
            return _dropped(gated, ruling.instruction, doubted=ruling.doubted)
        if ruling is not None and isinstance(ruling.instruction, AnswerCall):
            return Return(gated.incoming.value_result(ruling.instruction.value))
        if record and record.status not in _SETTLED and (ruling is None or ruling.round <= record.round):
            raise NotRepeated(record)
        if ruling is None or self._about_function(gated, ruling):
            return Proceed(record.args if record else None, None)
        return self._decided(gated, ruling)

    def asked(self, call: Call) -> Call | None:
        """Return the call as a person was asked about it at a breakpoint, if one was."""
        ruling = self.rulings.at_breakpoints.of(call)
        return ruling.call if ruling is not None else None

    def _ruling(self, gated: GatedCall) -> Ruling | None:
        record, call = gated.record, gated.call
        if record and record.langgraph_id:
            ruling = self.rulings.asked_at(record.langgraph_id, call)
            # What is asked within a decided call, by a function or by an agent, takes nothing of its decision away.
            inner = ruling is None or (
                self._about_function(gated, ruling) and not isinstance(ruling.instruction, DropCall)
            )
            return (self._under(record) or ruling) if inner else ruling
        if record and record.interrupt_id:
            return self._under(record)
        return self._before_it_came(call, gated.slots.next_new)

    def _before_it_came(self, call: Call, next_new: int) -> Ruling | None:
        """Return what was decided about a call that has no record; `next_new` is its task's next new resume slot."""
        ids = interrupt_ids(call.ns, range(next_new))
        return self.rulings.of_call(call, ids, call.args, lambda ruling: self.records.free_for(ruling, call))

    def _under(self, record: Effect) -> Ruling | None:
        return self.rulings.under((record.interrupt_id, record.index)) if record.interrupt_id else None

    def _decided(self, gated: GatedCall, ruling: Ruling) -> Return | Proceed:
        assert isinstance(ruling.instruction, MakeCall)
        if ruling.about_call and not self.records.free_for(ruling, gated.call):
            return _refused(gated, "what was decided was for another call")
        own = gated.record is not None and not ruling.before_call
        tool = gated.record.call.name if gated.record and own else ruling.tool
        if ruling.about_call and tool != gated.call.name:
            return _refused(gated, f"what was approved was {tool}")
        decided = ruling.instruction.args
        if decided is not None and not ruling.replaces and not _is_made_with(decided, gated):
            return _refused(gated, "its arguments are not the ones that were approved")
        shown = gated.record.call.defaults if gated.record else gated.call.defaults
        args = {**shown, **decided} if ruling.replaces and decided is not None else gated.args
        if (name := gated.cannot_be_given(args)) is not None:
            return _refused(gated, f"it would not be called with the {name} that was approved")
        return Proceed(args, ruling)

    def _about_function(self, gated: GatedCall, ruling: Ruling) -> bool:
        """Whether a `sensitive` function asked inside the call, which then keeps its own record."""
        return not ruling.about_call and self.records.of_function(gated.record.langgraph_id if gated.record else "")

    def _asking(self, gated: GatedCall, ruling: Ruling | None) -> Asking | None:
        """Return how the gate asks about the call; whether it does is fixed when the call first comes."""
        if gated.record is not None:
            return self._once_more(gated.call, gated.incoming.tool) if gated.record.gated else None
        # Where there is no such tool, nothing would run.
        if ruling is not None or gated.incoming.tool is None or gated.call.asks_first:
            return None
        return self._asks_about(gated.call)

    def _asks_about(self, call: Call) -> Asking | None:
        if self.rulings.at_breakpoints.asked_elsewhere(call):
            return Asking(f"{call.name} is not a call that a person was asked about at the breakpoint before it.")
        return self.must_ask(call)

    def ask_together(self, gated: GatedCall, others: Iterable[tuple[Call, Any]]) -> None:
        """Have the gate ask about the call and others in one question, where it asks about it or `sensitive` would."""
        asking = gated.asking or self._in_place_of_sensitive(gated)
        if asking is not None and (beside := self._beside(gated, asking, others)):
            gated.asking, gated.beside = asking, beside
        gated.slots.is_asked_by_gate = gated.asking is not None

    def _in_place_of_sensitive(self, gated: GatedCall) -> Asking | None:
        is_new = gated.call.asks_first and gated.record is None and self._ruling(gated) is None
        return as_sensitive(gated.incoming.tool) if is_new else None

    def _beside(
        self, gated: GatedCall, asking: Asking, others: Iterable[tuple[Call, Any]]
    ) -> tuple[CallAndAsking, ...]:
        """Return the other calls that are asked about in the same question as this one.

        Once it is asked those are the calls on record; before, of the `others` that the same tool node is about to
        make, each with its tool, those that the gate will ask about.
        """
        if gated.record is not None and gated.record.slots:
            tools = {call.key: tool for call, tool in others}
            asked = (each.call for each in self.records.asked_with(gated.record))
            return tuple((call, self._once_more(call, tools.get(call.key))) for call in asked)
        found = [(call, self._will_ask(call, tool, gated.slots.next_new)) for call, tool in others]
        beside = tuple((call, asking) for call, asking in found if asking is not None)
        # What cannot be shown is asked about by itself.
        return beside if fault(payload_together([(gated.call, asking), *beside])) is None else ()

    def _will_ask(self, call: Call, tool: Any, next_new: int) -> Asking | None:
        record = self.records.of(call.key)
        if record is not None:
            waits = record.gated and record.status is EffectStatus.PAUSED and not record.slots
            return self._once_more(call, tool) if waits else None
        if tool is None or self._before_it_came(call, next_new) is not None:
            return None
        return as_sensitive(tool) if call.asks_first else self._asks_about(call)

    def _once_more(self, call: Call, tool: Any) -> Asking:
        """Return how the gate asks about a call that it asked about before, whatever policy says by now."""
        return as_sensitive(tool) if asks_itself(tool) else self.must_ask(call) or Asking("")


def _is_made_with(decided: JsonObject, gated: GatedCall) -> bool:
    """Whether the call is made with what was decided; a middleware shows and decides no defaults."""
    own, defaults = gated.args, gated.call.defaults
    return decided.keys() <= own.keys() and all(
        same(decided[name], value) if name in decided else name in defaults for name, value in own.items()
    )


def _dropped(gated: GatedCall, instruction: DropCall, *, doubted: bool) -> Return:
    if not doubted:
        return _refused(gated, instruction.message)
    name = gated.call.name
    text = f"It is not known whether {name} was done, and it was not done again: {instruction.message}"
    return Return(gated.incoming.text_result(text, error=True))


def _refused(gated: GatedCall, why: str) -> Return:
    return Return(gated.incoming.text_result(f"{gated.call.name} was not run: {why}", error=True))
