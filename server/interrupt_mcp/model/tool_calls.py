"""Tool calls and what they did outside. It does not know who asked about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from interrupt_mcp.model.values import JsonObject
from interrupt_mcp.words import EffectStatus


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call, as identified for good: the task that makes it, and its place in the message that asks for it."""

    ns: str
    """LangGraph's checkpoint namespace of the task, whose task id is made from the checkpoint.

    Another branch, run or thread has another."""
    message_id: str
    """Of the AI message that asks for the call."""
    position: int
    """The call's place among the message's tool calls, because ids repeat."""
    call_id: str
    """The id that the model gave it."""
    name: str
    """The tool's name."""
    args: JsonObject
    """The arguments that the agent gave."""
    args_schema: JsonObject | None = None
    """The JSON Schema of the tool's arguments, where it is known."""
    function: bool = False
    """Whether it is a call of a `sensitive` function: by nobody's message, and its position is that of its answer."""
    defaults: JsonObject = field(default_factory=dict)
    """What the tool is called with besides, because it has defaults for it."""
    asks_first: bool = False
    """Whether `sensitive` asks about the call before anything of the tool runs."""
    by_code: str = ""
    """Where code calls the tool rather than a tool node: what tells its calls apart, made from name and arguments.

    `position` then says how many alike calls the task made before."""
    inner: bool = False
    """Whether code of the agent's, as that of another tool, hears what comes of it before a person does."""

    @property
    def key(self) -> str:
        """Unique within a thread."""
        key = f"{self.ns}#{self.message_id}#{self.position}#{self.call_id}"
        return f"{key}#{self.by_code}" if self.by_code else key

    @property
    def complete(self) -> JsonObject:
        """All that the tool is called with."""
        return {**self.defaults, **self.args}


@dataclass(frozen=True, slots=True)
class Effect:
    """The record of one tool call that a person decided on, or whose result must not be made twice."""

    call: Call
    status: EffectStatus
    slots: tuple[int, ...] = ()
    """The places of its answers in the task's list of resume values.

    On re-entry it gets the same ones, whatever order the calls of its task come in."""
    subgraphs: tuple[int, ...] = ()
    """The numbers of the graphs it ran, which it gets again on re-entry too."""
    langgraph_id: str = ""
    """LangGraph's id of the interrupt it last paused at, or was decided under."""
    interrupt_id: str = ""
    """Ours, of the interrupt it was decided under."""
    index: int = 0
    """Of its request in that interrupt."""
    args: JsonObject | None = None
    """The arguments it was called with, edited ones included."""
    result: tuple[str, bytes] | None = None
    """As LangGraph's serializer writes it: type and bytes."""
    error: str = ""
    """What it raised, as text, where it failed."""
    round: int = 0
    """How often a person let it run again after an unknown outcome."""
    gated: bool = False
    """Whether the gate itself asks about the call, before the tool; fixed when it first sees the call."""

    def is_asked_with(self, other: "Effect") -> bool:
        """Whether the gate asks about both calls in one question, which is the first that each of them asks."""
        gated = self.gated and other.gated and not (self.call.function or other.call.function)
        return gated and self.call.ns == other.call.ns and self.slots[:1] == other.slots[:1] != ()


@dataclass(frozen=True, slots=True)
class Performed:
    """That a tool, or a `sensitive` function, ran and gave a result or raised: whoever watches a run is told so."""

    call: Call
    args: JsonObject
    """What it was called with, edited ones included."""
    decided: bool
    """Whether a person had decided on this call."""
    result: object = None
    """What it gave, as the code that called it gets it."""
    error: BaseException | None = None
    """What it raised, where it gave no result."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Where interrupts were raised, by LangGraph's id."""

    calls: Mapping[str, Call] = field(default_factory=dict)
    """The tool call, with the arguments it has by now."""
    functions: frozenset[str] = frozenset()
    """Those that a `sensitive` function asked which keeps a record of its own."""
    together: Mapping[str, tuple[Call, ...]] = field(default_factory=dict)
    """The tool calls of one message that the gate asked about in one question, in their order."""

    @staticmethod
    def by(effects: Iterable[Effect]) -> "Bound":
        """Return what the records tell."""
        asked = [effect for effect in effects if effect.langgraph_id]
        return Bound(
            {effect.langgraph_id: _as_called(effect) for effect in asked if not effect.call.function},
            frozenset(effect.langgraph_id for effect in asked if effect.call.function),
            _together(asked),
        )

    def over(self, other: "Bound") -> "Bound":
        """Return these, and where they say nothing the others."""
        known = {id_: calls for id_, calls in other.together.items() if id_ not in self.calls}
        return Bound({**other.calls, **self.calls}, other.functions | self.functions, {**known, **self.together})


def _together(asked: Iterable[Effect]) -> dict[str, tuple[Call, ...]]:
    """Return the calls that the gate asked about in one question, where those are several."""
    gated = sorted((each for each in asked if each.gated and each.slots and not each.call.function), key=_asked_first)
    found: dict[str, tuple[Call, ...]] = {}
    for _, group in groupby(gated, _asked_first):
        effects = sorted(group, key=lambda effect: effect.call.position)
        # One that asked more by now is paused at another interrupt.
        at = [effect.langgraph_id for effect in effects if len(effect.slots) == 1]
        if len(effects) > 1:
            found.update(dict.fromkeys(at, tuple(map(_as_called, effects))))
    return found


def _asked_first(effect: Effect) -> tuple[str, int]:
    """Return where the first question of the call was asked: in which task, and in which of its resume slots."""
    return effect.call.ns, effect.slots[0]


def _as_called(effect: Effect) -> Call:
    """Return the call with what it was last called with; what an agent gave is told apart from defaults."""
    if effect.args is None:
        return effect.call
    defaults = {name: effect.args[name] for name in effect.call.defaults if name in effect.args}
    own = {name: value for name, value in effect.args.items() if name not in defaults}
    return replace(effect.call, args=own, defaults=defaults)
