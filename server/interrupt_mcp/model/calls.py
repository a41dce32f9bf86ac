"""Tool calls and what they did outside. It does not know who asked about them."""

from dataclasses import dataclass

from interrupt_mcp.model.values import JsonObject
from interrupt_mcp.model.words import EffectStatus


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call, as identified for good: the task that makes it, and its place in the message that asks for it.

    `ns` is LangGraph's checkpoint namespace of the task, whose task id is made from the checkpoint: another branch,
    run or thread has another. `position` is the index in the message's tool calls, because ids repeat.
    """

    ns: str
    message_id: str
    position: int
    call_id: str
    name: str
    args: JsonObject
    args_schema: JsonObject | None = None
    function: bool = False
    """Whether it is a call of a `sensitive` function: by nobody's message, and its position is that of its answer."""
    inner: bool = False
    """Whether code of the agent's, as that of another tool, hears what comes of it before a person does."""

    @property
    def key(self) -> str:
        """Unique within a thread."""
        return f"{self.ns}#{self.message_id}#{self.position}#{self.call_id}"


@dataclass(frozen=True, slots=True)
class Effect:
    """The record of one tool call that a person decided on, or whose result must not be made twice.

    `slots` are the places of its answers in the task's list of resume values, and `subgraphs` the numbers of the
    graphs it ran: on re-entry it gets the same ones, whatever order the calls of its task come in.
    """

    call: Call
    status: EffectStatus
    slots: tuple[int, ...] = ()
    subgraphs: tuple[int, ...] = ()
    langgraph_id: str = ""
    """LangGraph's id of the interrupt it last paused at, or was decided under."""
    interrupt_id: str = ""
    index: int = 0
    args: JsonObject | None = None
    """The arguments it was called with, edited ones included."""
    result: tuple[str, bytes] | None = None
    """As LangGraph's serializer writes it: type and bytes."""
    error: str = ""
    attempt: int = 0
    gated: bool = False
    """Whether the gate itself asks about the call, before the tool; fixed when it first sees the call."""
