"""A thread's past: its state and its checkpoints, read from LangGraph for people to look at."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.runnables import RunnableConfig

from interrupt_mcp.execution.drawing import seen
from interrupt_mcp.execution.reading import RUN_MARK, Unread, state_of, states_of
from interrupt_mcp.model import Json, to_json
from interrupt_mcp.model.past import Moment, Past, Ran

_LONGEST = 160


async def past(graph: Any, thread_id: str, limit: int, before: str | None, upto: str | None = None) -> Past:
    """Read the thread's state, and at most `limit` of its checkpoints, those before the one named, newest first.

    `upto` is the last checkpoint that there is for whoever looks; where none is named, that is the thread's last.
    """
    config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
    # Right behind it in the order of ids.
    last = None if upto is None else f"{upto}~"
    first = min((each for each in (before, last) if each), default=None)
    bound: RunnableConfig | None = {"configurable": {"checkpoint_id": first}} if first else None
    moments = tuple(_moment(state) for state in await states_of(graph, config, limit, bound))
    then: RunnableConfig = {"configurable": {"thread_id": thread_id, "checkpoint_id": upto}} if upto else config
    now = await state_of(graph, then)
    if isinstance(now, Unread):
        return Past(shown(now.values), (), moments, now.why)
    return Past(shown(now.values), tuple(now.next), moments)


async def at(graph: Any, thread_id: str, checkpoint_id: str) -> tuple[Moment, Json]:
    """Read one checkpoint, and the state that the thread had there."""
    config: RunnableConfig = {"configurable": {"thread_id": thread_id, "checkpoint_id": checkpoint_id}}
    found = await state_of(graph, config)
    return _moment(found), shown(found.values)


def diagram(graph: Any, standing: tuple[str, ...]) -> str:
    """Draw the graph in Mermaid, with the nodes marked that run next, or the end.

    It is empty where the graph raises when it is looked at.
    """
    found = seen(graph)
    if found is None:
        return ""
    lines = found.draw_mermaid().rstrip().split("\n")
    lines.append("\tclassDef here stroke:#d33,stroke-width:3px")
    lines.append(f"\tclass {','.join(_node_id(node) for node in dict.fromkeys(standing or ('__end__',)))} here")
    return "\n".join(lines) + "\n"


def _node_id(name: str) -> str:
    """Return the name as Mermaid has it: letters, digits, `_` and `-` stay, all else is a backslash and its code."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-") else f"\\{ord(c):x}" for c in name)


def shown(value: Any) -> Json:
    """Return a state as JSON, with messages in one plain form."""
    return to_json(_plain(value))


def result_of(value: Any) -> Json:
    """Return what a tool gave, without the message around it."""
    return to_json(_plain(value.content if isinstance(value, ToolMessage) else value))


def _moment(found: Any) -> Moment:
    unread = isinstance(found, Unread)
    state: Any = found.saved if isinstance(found, Unread) else found
    metadata: Mapping[str, Any] = state.metadata or {}
    return Moment(
        checkpoint_id=state.config["configurable"]["checkpoint_id"],
        parent_id=state.parent_config["configurable"]["checkpoint_id"] if state.parent_config else None,
        created_at=datetime.fromisoformat(state.checkpoint["ts"] if unread else state.created_at),
        step=metadata.get("step", 0),
        source=metadata.get("source", ""),
        run_id=str(metadata.get(RUN_MARK, "")),
        next=() if unread else tuple(state.next),
        ran=() if unread else _all_ran(state.tasks),
        fault=found.why if unread else "",
    )


def _all_ran(tasks: Iterable[Any]) -> tuple[Ran, ...]:
    return tuple(_ran(task) for task in tasks if task.result is not None or task.error is not None)


def _ran(task: Any) -> Ran:
    result = task.result if isinstance(task.result, dict) else {"": task.result} if task.result is not None else {}
    return Ran(task.name, {str(key): _brief(value) for key, value in result.items()}, str(task.error or ""))


def _brief(value: Any) -> str:
    """Return one line for a value; for messages what each says."""
    if isinstance(value, BaseMessage):
        text = _said(value)
    elif isinstance(value, list) and any(isinstance(each, BaseMessage) for each in value):
        text = " · ".join(map(_brief, value))
    else:
        text = value if isinstance(value, str) else str(to_json(_plain(value)))
    line = " ".join(text[: 4 * _LONGEST].split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _said(message: BaseMessage) -> str:
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    asked = ", ".join(f"{call['name']}({', '.join(f'{k}={v!r}' for k, v in call['args'].items())})" for call in calls)
    return f"{message.type}: {message.text or ''}{' calls ' if message.text and asked else ''}{asked}"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseMessage):
        return _message(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _message(message: BaseMessage) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": message.type, "content": message.content, "id": message.id}
    if message.name:
        shown["name"] = message.name
    if isinstance(message, AIMessage) and message.tool_calls:
        shown["tool_calls"] = [{"id": c["id"], "name": c["name"], "args": c["args"]} for c in message.tool_calls]
    if isinstance(message, ToolMessage):
        shown["tool_call_id"] = message.tool_call_id
        shown["status"] = message.status
    return shown
