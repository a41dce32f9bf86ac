"""When the gate itself asks about a tool call, and how.

It does not know why a call must be asked about: whoever makes the gate says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from dis import get_instructions
from types import CodeType, FunctionType
from typing import Any, TypeAlias

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import set_config_context
from langchain_core.tools import BaseTool
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
    """A tool that always calls `interrupt()` is left to ask, unless this says that its question is another one."""

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
    """Whether the tool's own code calls `interrupt()`, or is `sensitive`, whatever its arguments are.

    One that asks only on some condition may run without having asked.
    """
    functions = [getattr(tool, name, None) for name in ("func", "coroutine")]
    if not any(functions):
        own = [getattr(type(tool), name, None) for name in ("_run", "_arun")]
        functions = [each for each in own if each not in (BaseTool._run, BaseTool._arun)]
    found = [each for each in functions if each is not None]
    return bool(found) and all(_asks(each, set(), 0) for each in found)


def _asks(function: Any, seen: set[int], depth: int) -> bool:
    if hasattr(function, MARK):
        return True
    if not isinstance(function, FunctionType) or id(function) in seen or depth > _DEEPEST:
        return False
    seen.add(id(function))
    first = _before_branching(function.__code__)
    if "langgraph.types" in first.modules and "interrupt" in first.own:
        return True
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    used = [function.__globals__[name] for name in first.outer if name in function.__globals__ and name not in cells]
    used += [cells[name].cell_contents for name in first.outer if name in cells and _filled(cells[name])]
    return any(each is interrupt or _asks(each, seen, depth + 1) for each in used)


@dataclass(frozen=True, slots=True)
class _Used:
    """What code uses: modules that it imports, variables of its own, and names from outside of it."""

    modules: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)


def _before_branching(code: CodeType) -> _Used:
    """What the code uses each time it runs."""
    used = _Used()
    for step in get_instructions(code):
        if ("JUMP" in step.opname and "IF" in step.opname) or step.opname == "FOR_ITER":
            break
        if step.opname == "IMPORT_NAME":
            used.modules.add(step.argval)
        elif step.opname.startswith("LOAD_FAST"):
            used.own.update(step.argval if isinstance(step.argval, tuple) else (step.argval,))
        elif step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF"):
            used.outer.add(step.argval)
    return used


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  an empty cell raises
    except ValueError:
        return False
    return True
