"""What was decided about tool calls and functions, as the gate looks it up. It knows no channel and no person."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from interrupt_mcp.dialects.instructions import Instruction, MakeCall
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
    """Whether a middleware or a breakpoint asked, before the call came to its tool."""
    about_call: bool = True
    """Whether it is about the tool call itself, or about a function that a tool or node calls."""
    call: Call | None = None
    """The call that was asked about at a breakpoint, before its task began."""
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
class BreakpointRulings:
    """The decisions on calls that were asked about at breakpoints, where it is known which task makes each."""

    by_task: Mapping[str, tuple[Ruling, ...]] = field(default_factory=dict)
    """Keyed by LangGraph's namespace of the task, in the order of the requests."""

    @classmethod
    def of_all(cls, rulings: Iterable[Ruling]) -> "BreakpointRulings":
        """Return those of the rulings that name their call."""
        by_task: dict[str, tuple[Ruling, ...]] = {}
        for ruling in rulings:
            if ruling.call is not None:
                by_task[ruling.call.ns] = (*by_task.get(ruling.call.ns, ()), ruling)
        return cls(by_task)

    def __iter__(self) -> Iterator[Ruling]:
        for rulings in self.by_task.values():
            yield from rulings

    def calls(self) -> Iterator[Call]:
        """Return the calls that were decided."""
        return (ruling.call for ruling in self if ruling.call is not None)

    def of(self, call: Call) -> Ruling | None:
        """Return the ruling about the call; one that code makes shows neither its message nor, mostly, an id."""
        asked = [(ruling.call, ruling) for ruling in self.by_task.get(call.ns, ()) if ruling.call is not None]
        if call.by_code:
            return _nth_alike(call, asked)
        exact = (ruling for one, ruling in asked if _place(one) == _place(call))
        named = [ruling for one, ruling in asked if (one.call_id, one.name) == (call.call_id, call.name)]
        # Where its message is not seen here, an id that only one of them has still tells which it is.
        return next(exact, None) or (named[0] if len(named) == 1 and not call.message_id else None)

    def asked_elsewhere(self, call: Call) -> bool:
        """Whether a person was asked about the calls of the same task, or about the same call in another one.

        So that one which has no ruling of its own does not pass as if nobody had looked at it.
        """
        beside = bool(self.by_task.get(call.ns))
        return beside or (not call.by_code and any(_place(one) == _place(call) != ("", 0, "") for one in self.calls()))


def _place(call: Call) -> tuple[str, int, str]:
    return call.message_id, call.position, call.call_id


def _nth_alike(call: Call, asked: Iterable[tuple[Call, Ruling]]) -> Ruling | None:
    """Return the ruling about the call that code makes: of those about alike calls, as many were made before it."""
    digest = digest_of(call.args)
    alike = [
        ruling
        for one, ruling in asked
        if one.name == call.name and call.call_id in ("", one.call_id) and digest_of(one.args) == digest
    ]
    return alike[call.position] if call.position < len(alike) else None


@dataclass(frozen=True, slots=True)
class Rulings:
    """The decisions of one run."""

    by_interrupt: Mapping[str, Ruling] = field(default_factory=dict)
    """Keyed by LangGraph's interrupt id: those raised in the tool call's own task."""
    by_call: Mapping[tuple[str, int, str], Ruling] = field(default_factory=dict)
    """Keyed by message id, position and tool call id: those asked before the call was made."""
    by_action: Mapping[tuple[str, str], tuple[Ruling, ...]] = field(default_factory=dict)
    """Keyed by tool and digest of the decided arguments: asked before the call, where the messages are not seen."""
    at_breakpoints: BreakpointRulings = field(default_factory=BreakpointRulings)
    """Those of calls that were asked about before their tasks began."""
    together: Mapping[tuple[str, str], Ruling] = field(default_factory=dict)
    """Keyed by LangGraph's interrupt id and the call: what the gate asked about several calls of a task at once."""

    def asked_at(self, langgraph_id: str, call: Call) -> Ruling | None:
        """Return what was decided about the call where it paused at this interrupt."""
        return self.together.get((langgraph_id, call.key)) or self.by_interrupt.get(langgraph_id)

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
        if (stopped := self.at_breakpoints.of(call)) and not isinstance(stopped.instruction, MakeCall):
            return stopped
        # What was asked in the task itself was asked after the breakpoint.
        later = (self.by_interrupt[each] for each in task_interrupts if each in self.by_interrupt)
        if stopped and not any(each.call_id == call.call_id and free(each) for each in later):
            return stopped
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
        yield from self.together.values()
        yield from self.by_call.values()
        yield from self.at_breakpoints
        for alike in self.by_action.values():
            yield from alike
