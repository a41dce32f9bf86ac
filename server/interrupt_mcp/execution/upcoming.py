"""What a thread does next, where nothing of the step has begun: the tool calls that it makes, and the state it gets.

It reads what LangGraph gives to each task. It knows no breakpoints and no person.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.runnables import RunnableBinding
from langgraph._internal._constants import NS_END, NS_SEP, PUSH, TASKS
from langgraph.prebuilt import ToolNode

from interrupt_mcp.dialects.schemas import args_schema_of
from interrupt_mcp.execution.history import shown
from interrupt_mcp.execution.within import tools_within
from interrupt_mcp.model import Call, Json, JsonObject, to_json

DefaultsOf: TypeAlias = Callable[[Any, JsonObject], JsonObject]
"""Returns what a tool is called with besides the arguments that it is given."""
_LAST_MESSAGES = 3
"""How many messages of a list are shown: who decides whether to go on wants its end, and `get_thread` has it all."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The step that begins when the thread goes on."""

    calls: tuple[Call, ...]
    """The tool calls that it makes, in the order of its tasks."""
    given: Json
    """What the tasks get that are no tool nodes with calls: the state, or what was sent to them; a list where these
    differ. `None` where there are no such tasks."""
    code_nodes: tuple[str, ...] = ()
    """The nodes that are no tool nodes, and whose code reaches the tools of the calls that the model made."""


NOTHING_SEEN = Upcoming((), None)


def upcoming(graph: Any, state: Any, saved: Any, defaults: DefaultsOf, *, in_tool: bool) -> Upcoming:
    """Read the next step of a graph from its state, and from the checkpoint that this was read from.

    `in_tool` is whether the graph runs within a tool call, whose code hears what comes of the calls.
    """
    calls: list[Call] = []
    others: list[Any] = []
    code_nodes: list[str] = []
    shared: dict[str, set[int]] = {}
    for task in state.tasks:
        given = _given_to(task, state, saved)
        made = _made_by(graph.nodes.get(task.name), task, given, state)
        # Tasks that were sent share out the calls of a message; one that was not makes them all.
        taken = shared if _is_sent(task) else {}
        reader = _CallReader(made, namespace(state, task), taken, defaults, inner=in_tool or made.by_code)
        calls += map(reader.read, made.calls)
        if made.calls and made.by_code:
            code_nodes.append(task.name)
        if (made.by_code or not made.calls) and not any(given is other for other in others):
            others.append(given)
    found = [shown(_what_matters(each)) for each in others]
    return Upcoming(tuple(calls), found[0] if len(found) == 1 else found or None, tuple(code_nodes))


@dataclass(frozen=True, slots=True)
class _Made:
    """The calls that one task makes, as the model wrote them."""

    calls: Sequence[dict[str, Any]]
    tools: Mapping[str, Any]
    """By name."""
    messages: Sequence[Any]
    """Those in which the gate looks for the one that asks for a call."""
    by_code: bool
    """Whether the node is no tool node."""


def _made_by(node: Any, task: Any, given: Any, state: Any) -> _Made:
    tool_node = tool_node_of(node)
    if tool_node is not None:
        messages = _messages(_state_seen(given, state), tool_node._messages_key)
        return _Made(_calls_in(tool_node, given), tool_node.tools_by_name, messages, by_code=False)
    messages = _messages(given)
    done = {said.tool_call_id for said in messages if isinstance(said, ToolMessage)}
    calls = [call for call in _last_calls(messages) if call.get("id") not in done]
    tools = {tool.name: tool for tool in tools_within(node)} if calls and node and not _is_sent(task) else {}
    # It is there to make them, as far as can be told, where its code reaches the tools of all.
    return _Made(calls if all(call.get("name") in tools for call in calls) else [], tools, messages, by_code=True)


def tool_node_of(node: Any) -> ToolNode | None:
    """Return the tool node that a node of a graph is, under whatever configuration is bound to it."""
    bound = getattr(node, "bound", None)
    while isinstance(bound, RunnableBinding):
        bound = bound.bound
    return bound if isinstance(bound, ToolNode) else None


def namespace(state: Any, task: Any) -> str:
    """Return LangGraph's namespace of the task."""
    outer = state.config["configurable"].get("checkpoint_ns", "")
    return f"{outer}{NS_SEP if outer else ''}{task.name}{NS_END}{task.id}"


def _is_sent(task: Any) -> bool:
    return bool(task.path) and task.path[0] == PUSH


def _given_to(task: Any, state: Any, saved: Any) -> Any:
    """Return what the task gets: what was sent to it, else the state."""
    if not _is_sent(task):
        return state.values
    sends = saved.checkpoint["channel_values"].get(TASKS)
    number = task.path[1] if len(task.path) > 1 else None
    is_there = isinstance(sends, list) and isinstance(number, int) and number < len(sends)
    return sends[number].arg if is_there else state.values


def _is_with_context(given: Any) -> bool:
    is_one = isinstance(given, dict) and given.get("__type") == "tool_call_with_context"
    return is_one and isinstance(given.get("tool_call"), dict) and "state" in given


def _is_bare_calls(given: Any) -> bool:
    return (
        isinstance(given, list) and bool(given) and isinstance(given[-1], dict) and given[-1].get("type") == "tool_call"
    )


def _calls_in(node: ToolNode, given: Any) -> list[dict[str, Any]]:
    """Return the calls that a tool node makes of what it gets, as it reads them."""
    if _is_with_context(given):
        return [given["tool_call"]]
    if _is_bare_calls(given):
        return [call for call in given if isinstance(call, dict)]
    return _last_calls(_messages(given, node._messages_key))


def _last_calls(messages: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the calls of the last message of a model."""
    last = next((said for said in reversed(messages) if isinstance(said, AIMessage)), None)
    return [dict(call) for call in last.tool_calls] if last is not None else []


def _state_seen(given: Any, state: Any) -> Any:
    """Return the state in which the gate looks for the message that asks for a call."""
    if _is_with_context(given):
        return given["state"]
    return state.values if _is_bare_calls(given) else given


def _messages(state: Any, key: str = "messages") -> list[Any]:
    if isinstance(state, list):
        return state
    found = state.get(key) if isinstance(state, dict) else getattr(state, key, None)
    return found if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class _CallReader:
    """Reads the calls of one task, each known as the gate will know it."""

    made: _Made
    ns: str
    taken: dict[str, set[int]]
    """The positions that other calls have, by message."""
    defaults: DefaultsOf
    inner: bool
    """Whether code hears what comes of the calls."""

    def read(self, made: dict[str, Any]) -> Call:
        """Return the call that the model made."""
        name = str(made.get("name"))
        args = to_json(made.get("args"))
        args = args if isinstance(args, dict) else {}
        message_id, siblings = _siblings(made, self.made.messages)
        tool = self.made.tools.get(name)
        return Call(
            ns=self.ns,
            message_id=message_id,
            position=_position(made, siblings, self.taken.setdefault(message_id, set())),
            call_id=made.get("id") or "",
            name=name,
            args=args,
            args_schema=args_schema_of(tool),
            defaults=self.defaults(tool, args),
            inner=self.inner,
        )


def _siblings(made: dict[str, Any], messages: Iterable[Any]) -> tuple[str, Sequence[Any]]:
    """Return the id of the message that asks for the call, empty where it is not seen, and all calls in it."""
    for said in reversed([*messages]):
        if isinstance(said, AIMessage) and any(each["id"] == made.get("id") for each in said.tool_calls):
            return said.id or "", said.tool_calls
    return "", [made]


def _position(made: dict[str, Any], siblings: Sequence[Any], taken: set[int]) -> int:
    """Return the call's place in its message: of several with its id the first that is like it, and no other's."""
    named = [at for at, other in enumerate(siblings) if other.get("id") == made.get("id")]
    alike = [at for at in named if all(siblings[at].get(key) == made.get(key) for key in ("name", "args"))]
    free = (at for at in (*alike, *named) if at not in taken)
    position = next(free, (alike or named or [0])[0])
    taken.add(position)
    return position


def _what_matters(given: Any) -> Any:
    """Return the state with the last ones of its messages."""
    if isinstance(given, dict):
        return {name: _last_ones(value) for name, value in given.items()}
    return _last_ones(given)


def _last_ones(value: Any) -> Any:
    is_said = isinstance(value, list) and bool(value) and all(isinstance(each, BaseMessage) for each in value)
    return value[-_LAST_MESSAGES:] if is_said else value
