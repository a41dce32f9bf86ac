"""`sensitive`: marks a tool or a function as one that a person is asked about before it runs.

Outside the server it is a plain `interrupt()`. It imports LangGraph when it is called, so that naming it costs nothing.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from interrupt_mcp.effects.marks import DEFAULT_ALLOW, Rejected, injected, mark_asks_first

if TYPE_CHECKING:
    from interrupt_mcp.effects.sensitive_function import Recorded, Unrecorded

F = TypeVar("F", bound=Callable[..., Any])
Words = Iterable[str]
Tells = Callable[..., object]


@overload
def sensitive(
    target: F, *, allow: Words = DEFAULT_ALLOW, description: str | None = None, preview: Tells | None = None
) -> F: ...
@overload
def sensitive(
    *, allow: Words = DEFAULT_ALLOW, description: str | None = None, preview: Tells | None = None
) -> Callable[[F], F]: ...


def sensitive(
    target: Any = None,
    *,
    allow: Words = DEFAULT_ALLOW,
    description: str | None = None,
    preview: Tells | None = None,
) -> Any:
    """Ask a person before the function or LangChain tool runs.

    The person is shown `{"action", "args", "description"}` and accepts, edits the arguments, rejects or (where
    `allow` has `respond`) answers in its place. Use it below `@tool`, on a finished tool, or on any function that a
    node calls.

    `preview` is called with the same arguments, by name, does nothing, and returns what would change: a text, a list
    of mappings as a table, a mapping with `before` and `after`, or `None`. It may be `async`. The server shows it to
    the person; outside the server it is not called.

    Raises:
        Rejected: from the marked function, outside a tool call, when the person rejects it. Inside the server a
            rejected tool call is answered with an error message to the model instead.
    """
    words = tuple(allow)
    if unknown := set(words) - {"accept", "edit", "reject", "respond"}:
        raise ValueError(f"allow has {sorted(unknown)}; it takes accept, edit, reject and respond.")
    if target is None:
        return functools.partial(_made_sensitive, allow=words, description=description, preview=preview)
    return _made_sensitive(target, allow=words, description=description, preview=preview)


def _made_sensitive(target: Any, *, allow: tuple[str, ...], description: str | None, preview: Tells | None) -> Any:
    if not (hasattr(target, "args_schema") and hasattr(target, "model_copy")):
        return _asking_first(target, target.__name__, allow, description or inspect.getdoc(target) or "", preview)
    functions = {
        name: _asking_first(function, target.name, allow, description or target.description, preview)
        for name in ("func", "coroutine")
        if (function := getattr(target, name, None)) is not None
    }
    if not functions:
        raise TypeError(f"sensitive takes functions and tools made from functions, not {type(target).__name__}.")
    return target.model_copy(update=functions)


def _asking_first(
    function: Callable[..., Any], action: str, allow: tuple[str, ...], description: str, preview: Tells | None
) -> Any:
    signature = inspect.signature(function)
    hidden = injected(function, signature)
    wrapper: Any

    def ask(args: tuple[Any, ...], kwargs: dict[str, Any]) -> "_Run | _Instead":
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return _ask(wrapper, action, bound, hidden, allow, description)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def ask_then_await(*args: Any, **kwargs: Any) -> Any:
            match ask(args, kwargs):
                case _Run(bound, record):
                    return await record.run_async(lambda: function(*bound.args, **bound.kwargs))
                case _Instead(result):
                    return result

        wrapper = ask_then_await
    else:

        @functools.wraps(function)
        def ask_then_call(*args: Any, **kwargs: Any) -> Any:
            match ask(args, kwargs):
                case _Run(bound, record):
                    return record.run(lambda: function(*bound.args, **bound.kwargs))
                case _Instead(result):
                    return result

        wrapper = ask_then_call
    mark_asks_first(wrapper, description, allow, preview)
    return wrapper


@dataclass(frozen=True, slots=True)
class _Run:
    """The person allowed the function to run."""

    bound: inspect.BoundArguments
    """What to call it with: an edit is in it already."""
    record: "Recorded | Unrecorded"
    """Keeps the record of it."""


@dataclass(frozen=True, slots=True)
class _Instead:
    """The person answered in the function's place."""

    result: Any


def _ask(
    asking: Callable[..., Any],
    action: str,
    bound: inspect.BoundArguments,
    hidden: frozenset[str],
    allow: tuple[str, ...],
    description: str,
) -> _Run | _Instead:
    from interrupt_mcp.effects.sensitive_function import ask
    from interrupt_mcp.model import to_json

    args = to_json({name: value for name, value in bound.arguments.items() if name not in hidden})
    payload: dict[str, Any] = {"action": action, "args": args, "description": description}
    if allow != DEFAULT_ALLOW:
        payload["allowed"] = list(allow)
    answer, record = ask(payload, asking)
    kind = answer.get("type") if isinstance(answer, Mapping) else None
    match kind:
        case "accept":
            return _Run(bound, record)
        case "edit":
            bound.arguments.update(answer.get("args") or {})
            return _Run(bound, record)
        case "reject":
            raise Rejected(str(answer.get("message") or f"{action} was rejected."))
        case "respond":
            return _Instead(answer.get("value", answer.get("message")))
        case _:
            return _Instead(answer)
