"""What was decided about tool calls and functions, as the gate looks it up. It knows no channel and no person."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from interrupt_mcp.dialects.order import Order
from interrupt_mcp.model import Call, JsonObject, digest_of


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decided request: what the gate must do, and under which interrupt it was decided."""

    interrupt_id: str
    index: int
    order: Order
    action: str = ""
    args: JsonObject | None = None
    """What was decided on: the arguments that were shown, or the edited ones."""
    about_call: bool = True
    """Whether it is about the tool call itself, or about a function that a tool or node calls."""
    replaces: bool = False
    """Whether the gate itself puts the decided arguments in; otherwise it only compares."""
    call_id: str | None = None
    """The tool call it is about, where the question said so."""
    attempt: int = 0
    """How often a person let the action run again after an unknown outcome."""
    answers: bool = False
    """Whether it only answers what the tool asks: a tool that raises on it asks again, and nothing was allowed."""
    doubted: bool = False
    """Whether it was not known what had become of the action when the person dropped it."""

    @property
    def decided(self) -> tuple[str, int]:
        """Interrupt and index."""
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
        """The ruling of this interrupt and index."""
        return next((ruling for ruling in self._all() if ruling.decided == decided), None)

    def of_call(
        self, call: Call, task_interrupts: tuple[str, ...], args: JsonObject, free: Callable[[Ruling], bool]
    ) -> Ruling | None:
        """The ruling about a call that did not pause itself.

        `task_interrupts` are the ids its task could have; `free` tells whether no other call was made under a ruling.
        """
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

    def _all(self) -> Iterator[Ruling]:
        yield from self.by_interrupt.values()
        yield from self.by_call.values()
        for alike in self.by_action.values():
            yield from alike
