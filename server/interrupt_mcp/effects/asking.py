"""When the gate itself asks about a tool call, and how.

It does not know why a call must be asked about: whoever makes the gate says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, TypeAlias

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import set_config_context
from langgraph.types import interrupt

from interrupt_mcp.dialects.payload import text_of
from interrupt_mcp.model import Call, JsonObject, to_json
from interrupt_mcp.sensitivity import DEFAULT_ALLOW, MARK

_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Asking:
    """The gate asks about a call before the tool gets it. `why` is said to the person."""

    why: str
    allow: tuple[str, ...] = DEFAULT_ALLOW
    also_if_tool_asks: bool = False
    """A tool that calls `interrupt()` itself is left to ask, unless this says that its question is another one."""

    def answered(self, call: Call, args: JsonObject, config: RunnableConfig) -> ToolMessage | None:
        """Ask, or take the answer; a result where the person gave one instead of the call.

        Raises:
            GraphInterrupt: there is no answer yet.
        """
        payload: dict[str, Any] = {"action": call.name, "args": args, "description": self.why}
        if self.allow != DEFAULT_ALLOW:
            payload["allowed"] = list(self.allow)
        with set_config_context(config) as context:
            answer = context.run(interrupt, payload)
        if not (isinstance(answer, dict) and answer.get("type") == "respond"):
            return None
        return ToolMessage(text_of(to_json(answer.get("value"))), name=call.name, tool_call_id=call.call_id)


MustAsk: TypeAlias = Callable[[Call], Asking | None]


def never(_call: Call) -> None:
    """No call must be asked about by the gate."""


def asks_itself(tool: Any) -> bool:
    """Whether the tool's own code calls `interrupt()` or is `sensitive`, as far as its functions show it."""
    functions = [getattr(tool, name, None) for name in ("func", "coroutine")]
    if not any(functions):
        functions = [getattr(type(tool), name, None) for name in ("_run", "_arun")]
    return any(_asks(function, set(), 0) for function in functions)


def _asks(function: Any, seen: set[int], depth: int) -> bool:
    if hasattr(function, MARK):
        return True
    if not isinstance(function, FunctionType) or id(function) in seen or depth > _DEEPEST:
        return False
    seen.add(id(function))
    names = set(_names(function.__code__))
    if {"interrupt", "langgraph.types"} <= names:
        return True
    used = [function.__globals__[name] for name in names if name in function.__globals__]
    used += [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
    return any(each is interrupt or _asks(each, seen, depth + 1) for each in used)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  an empty cell raises
    except ValueError:
        return False
    return True
