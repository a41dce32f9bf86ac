"""What was decided about tool calls and functions, as the gate looks it up. It knows no channel and no person."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from interrupt_mcp.dialects.instructions import Instruction
from interrupt_mcp.model import Call, JsonObject, digest_of


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decided request, as the gate needs it."""

    interrupt_id: str
    """The interrupt under which it was decided."""
    index: int
    """That of the request in the interrupt."""
    instruction: Instruction
    """What the gate must do."""
    action: str = ""
    """What the question calls the action."""
    tool: str = ""
    """The tool that may be called, whatever the question calls the action."""
    args: JsonObject | None = None
    """What was decided on: the arguments that were shown, or the edited ones."""
    said: JsonObject | None = None
    """What a `sensitive` function said that it would be called with."""
    before_call: bool = False
    """Whether a middleware asked, before the call came to its tool."""
    about_call: bool = True
    """Whether it is about the tool call itself, or about a function that a tool or node calls."""
    replaces: bool = False
    """Whether the gate itself puts the decided arguments in; otherwise it only compares."""
    call_id: str | None = None
    """The tool call it is about, where the question said so."""
    round: int = 0
    """How often a person let the action run again after an unknown outcome."""
    doubted: bool = False
    """Whether it was not known what had become of the action when the person dropped it."""

    @property
    def decided(self) -> tuple[str, int]:
        """The interrupt and the index of the request."""
        return self.interrupt_id, self.index


@dataclass(frozen=True, slots=True)
class Rulings:
    """The decisions of one run."""

    by_interrupt: Mapping[str, Ruling] = field(default_factory=dict)
    """Keyed by LangGraph's interrupt id: those raised in the tool call's own task."""
    by_call: Mapping[tuple[str, int, str], Ruling] = field(default_factory=dict)
    """Keyed by message id, position and tool call id: those asked before the call was made."""
    by_action: Mapping[tuple[str, str], tuple[Ruling, ...]] = field(default_factory=dict)
    """Keyed by tool and digest of the decided arguments: asked before the call, where the messages are not seen."""

    def under(self, decided: tuple[str, int]) -> Ruling | None:
        """Return the ruling of this interrupt and index."""
        return next((ruling for ruling in self._all() if ruling.decided == decided), None)

    def of_call(
        self, call: Call, task_interrupts: tuple[str, ...], args: JsonObject, free: Callable[[Ruling], bool]
    ) -> Ruling | None:
        """Return the ruling about a call that did not pause itself.

        `task_interrupts` are LangGraph's ids of all that its task may have asked. `free` tells whether a ruling is
        that of no other call.
        """
        if call.by_code:
            return self._of_code(call, task_interrupts, args, free)
        ruling = self.by_call.get((call.message_id, call.position, call.call_id))
        # A message without an id may be another one than that which was asked about.
        if ruling and (call.message_id or free(ruling)):
            return ruling
        for langgraph_id in task_interrupts:
            ruling = self.by_interrupt.get(langgraph_id)
            if ruling and ruling.call_id == call.call_id and free(ruling):
                return ruling
        alike = self.by_action.get((call.name, digest_of(args)), ()) if self.by_action else ()
        return next(filter(free, alike), None)

    def _of_code(
        self, call: Call, task_interrupts: tuple[str, ...], args: JsonObject, free: Callable[[Ruling], bool]
    ) -> Ruling | None:
        """Return the ruling about a call by code, without a message: only what was decided exactly so counts."""
        asked = [self.by_interrupt[each] for each in task_interrupts if each in self.by_interrupt]
        before = [ruling for (_, _, id_), ruling in self.by_call.items() if call.call_id in ("", id_)]
        digest = digest_of(args)
        alike = self.by_action.get((call.name, digest), ())
        for ruling in (*(each for each in asked if each.call_id in (call.call_id, None)), *before, *alike):
            if ruling.before_call and ruling.tool == call.name and digest_of(ruling.args) == digest and free(ruling):
                return ruling
        return None

    def _all(self) -> Iterator[Ruling]:
        yield from self.by_interrupt.values()
        yield from self.by_call.values()
        for alike in self.by_action.values():
            yield from alike
