"""What becomes of a call that comes to the gate: it is made, with which arguments, or answered with something else.

What was approved is what runs: the tool, and all that it is called with. It runs nothing and keeps nothing.
"""

from dataclasses import dataclass

from langgraph.checkpoint.serde.base import SerializerProtocol

from interrupt_mcp.dialects.instructions import DropCall, MakeCall
from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.gate_question import Asking, MustAsk
from interrupt_mcp.effects.passing import NotRepeated, Passing, Proceed, Return
from interrupt_mcp.effects.records import Records
from interrupt_mcp.effects.resume_slots import interrupt_ids
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.model import Effect, EffectStatus, JsonObject

_SETTLED = (EffectStatus.PAUSED, EffectStatus.DONE)


@dataclass(frozen=True, slots=True)
class Plans:
    """Those of one drive. `must_ask` tells which calls the gate asks about."""

    records: Records
    rulings: Rulings
    must_ask: MustAsk
    serializer: SerializerProtocol

    def plan(self, passing: Passing, *, made_again: bool) -> Return | Proceed:
        """What becomes of the call; `made_again` is whether a result from before does not count.

        Raises:
            NotRepeated: it started once, and nobody decided to repeat it.
        """
        before, ruling = passing.before, self._ruling(passing)
        passing.asking = self._asking(passing, ruling)
        if before and before.status is EffectStatus.DONE and not made_again:
            assert before.result is not None
            return Return(self.serializer.loads_typed(before.result))
        if ruling is not None and isinstance(ruling.instruction, DropCall):
            return _dropped(passing, ruling.instruction, doubted=ruling.doubted)
        if before and before.status not in _SETTLED and (ruling is None or ruling.attempt <= before.attempt):
            raise NotRepeated(
                f"{passing.call.name} is not made again: it started once and nobody decided to repeat it."
            )
        if ruling is None or self._about_function(passing, ruling):
            return Proceed(before.args if before else None, None)
        return self._decided(passing, ruling)

    def _ruling(self, passing: Passing) -> Ruling | None:
        before, call = passing.before, passing.call
        if before and before.langgraph_id:
            ruling = self.rulings.by_interrupt.get(before.langgraph_id)
            # What is asked within a decided call, by a function or by an agent, takes nothing of its decision away.
            inner = ruling is None or (
                self._about_function(passing, ruling) and not isinstance(ruling.instruction, DropCall)
            )
            return (self._under(before) or ruling) if inner else ruling
        if before and before.interrupt_id:
            return self._under(before)
        ids = interrupt_ids(call.ns, range(passing.slots.next_id))
        return self.rulings.of_call(call, ids, call.args, lambda ruling: self.records.free_for(ruling, call))

    def _under(self, before: Effect) -> Ruling | None:
        return self.rulings.under((before.interrupt_id, before.index)) if before.interrupt_id else None

    def _decided(self, passing: Passing, ruling: Ruling) -> Return | Proceed:
        assert isinstance(ruling.instruction, MakeCall)
        if ruling.about_call and not self.records.free_for(ruling, passing.call):
            return _refused(passing, "what was decided was for another call")
        own = passing.before is not None and not ruling.before_call
        tool = passing.before.call.name if passing.before and own else ruling.tool
        if ruling.about_call and tool != passing.call.name:
            return _refused(passing, f"what was approved was {tool}")
        decided = ruling.instruction.args
        if decided is not None and not ruling.replaces and not _is(decided, passing):
            return _refused(passing, "its arguments are not the ones that were approved")
        shown = passing.before.call.defaults if passing.before else passing.call.defaults
        args = {**shown, **decided} if ruling.replaces and decided is not None else passing.args
        if (name := passing.cannot_be_given(args)) is not None:
            return _refused(passing, f"it would not be called with the {name} that was approved")
        return Proceed(args, ruling)

    def _about_function(self, passing: Passing, ruling: Ruling) -> bool:
        """Whether a `sensitive` function asked inside the call, which then keeps its own record."""
        return not ruling.about_call and self.records.of_function(passing.before.langgraph_id if passing.before else "")

    def _asking(self, passing: Passing, ruling: Ruling | None) -> Asking | None:
        """How the gate asks about the call; whether it does is fixed when the call first comes."""
        if passing.before is not None:
            return (self.must_ask(passing.call) or Asking("")) if passing.before.gated else None
        # Where there is no such tool, nothing would run.
        if ruling is not None or passing.step.tool is None or passing.call.asks_first:
            return None
        return self.must_ask(passing.call)


def _is(decided: JsonObject, passing: Passing) -> bool:
    """Whether the call is made with what was decided; a middleware shows and decides no defaults."""
    own, defaults = passing.args, passing.call.defaults
    return decided.keys() <= own.keys() and all(
        same(decided[name], value) if name in decided else name in defaults for name, value in own.items()
    )


def _dropped(passing: Passing, instruction: DropCall, *, doubted: bool) -> Return:
    if not doubted:
        return _refused(passing, instruction.message)
    name = passing.call.name
    text = f"It is not known whether {name} was done, and it was not done again: {instruction.message}"
    return Return(passing.step.says(text, error=True))


def _refused(passing: Passing, why: str) -> Return:
    return Return(passing.step.says(f"{passing.call.name} was not run: {why}", error=True))
