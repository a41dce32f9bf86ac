"""`sensitive`: marks a tool or a function as one that a person is asked about before it runs.

Outside the server it is a plain `interrupt()`. It imports LangGraph when it is called, so that naming it costs nothing.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])
Words = Iterable[str]

DEFAULT_ALLOW = ("accept", "edit", "reject")
_MARK = "__interrupt_mcp_sensitive__"
"""Attribute of a function that asks: the function itself, since wrappers copy the attributes of what they wrap."""


class Rejected(Exception):
    """A person rejected a sensitive function; the text is what the person said."""


@overload
def sensitive(target: F) -> F: ...
@overload
def sensitive(*, allow: Words = DEFAULT_ALLOW, description: str | None = None) -> Callable[[F], F]: ...


def sensitive(target: Any = None, *, allow: Words = DEFAULT_ALLOW, description: str | None = None) -> Any:
    """Ask a person before the function or LangChain tool runs.

    The person is shown `{"action", "args", "description"}` and accepts, edits the arguments, rejects or (where
    `allow` has `respond`) answers in its place. Use it below `@tool`, on a finished tool, or on any function that a
    node calls.

    Raises:
        Rejected: from the marked function, outside a tool call, when the person rejects it. Inside the server a
            rejected tool call is answered with an error message to the model instead.
    """
    words = tuple(allow)
    if unknown := set(words) - {"accept", "edit", "reject", "respond"}:
        raise ValueError(f"allow has {sorted(unknown)}; it takes accept, edit, reject and respond.")
    if target is None:
        return functools.partial(_mark, allow=words, description=description)
    return _mark(target, allow=words, description=description)


def _mark(target: Any, *, allow: tuple[str, ...], description: str | None) -> Any:
    if hasattr(target, "args_schema") and hasattr(target, "model_copy"):
        marked = {
            name: _wrapped(fn, target.name, allow, description or target.description)
            for name in ("func", "coroutine")
            if (fn := getattr(target, name, None)) is not None
        }
        if not marked:
            raise TypeError(f"sensitive takes functions and tools made from functions, not {type(target).__name__}.")
        return target.model_copy(update=marked)
    return _wrapped(target, target.__name__, allow, description or inspect.getdoc(target) or "")


def _wrapped(function: Callable[..., Any], action: str, allow: tuple[str, ...], description: str) -> Any:
    signature = inspect.signature(function)
    hidden = injected(function, signature)

    def asked(marked: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "_Answer":
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return _ask(marked, action, bound, hidden, allow, description)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def ask_then_await(*args: Any, **kwargs: Any) -> Any:
            answer = asked(ask_then_await, args, kwargs)
            if answer.instead is not None:
                return answer.instead[0]
            return await answer.record.run_async(lambda: function(*answer.args, **answer.kwargs))

        setattr(ask_then_await, _MARK, ask_then_await)
        return ask_then_await

    @functools.wraps(function)
    def ask_then_call(*args: Any, **kwargs: Any) -> Any:
        answer = asked(ask_then_call, args, kwargs)
        if answer.instead is not None:
            return answer.instead[0]
        return answer.record.run(lambda: function(*answer.args, **answer.kwargs))

    setattr(ask_then_call, _MARK, ask_then_call)
    return ask_then_call


class _Answer:
    """What a person said: the arguments to run with, or what to give instead of running."""

    def __init__(self, bound: inspect.BoundArguments, record: Any, instead: tuple[Any] | None = None) -> None:
        self.args, self.kwargs = bound.args, bound.kwargs
        self.record = record
        self.instead = instead


def _ask(
    marked: Any,
    action: str,
    bound: inspect.BoundArguments,
    hidden: frozenset[str],
    allow: tuple[str, ...],
    description: str,
) -> _Answer:
    from interrupt_mcp.effects.function import ask
    from interrupt_mcp.model import to_json

    args = to_json({name: value for name, value in bound.arguments.items() if name not in hidden})
    payload: dict[str, Any] = {"action": action, "args": args, "description": description}
    if allow != DEFAULT_ALLOW:
        payload["allowed"] = list(allow)
    answer, record = ask(payload, marked)
    if not isinstance(answer, Mapping):
        return _Answer(bound, record, (answer,))
    match answer.get("type"):
        case "accept":
            pass
        case "edit":
            bound.arguments.update(answer.get("args") or {})
        case "reject":
            raise Rejected(str(answer.get("message") or f"{action} was rejected."))
        case "respond":
            return _Answer(bound, record, (answer.get("value", answer.get("message")),))
        case _:
            return _Answer(bound, record, (answer,))
    return _Answer(bound, record)


def asks_first(function: object) -> bool:
    """Whether the function is one that `sensitive` made, so that nothing of it runs before a person was asked."""
    return getattr(function, _MARK, None) is function


def injected(function: Callable[..., Any], signature: inspect.Signature) -> frozenset[str]:
    """Names of the parameters that LangGraph fills in, which no person decides on."""
    try:
        hints = inspect.get_annotations(function, eval_str=True)
    except (NameError, SyntaxError, TypeError):
        hints = {}
    return frozenset(name for name in signature.parameters if _is_injected(hints.get(name)))


def _is_injected(hint: Any) -> bool:
    marks = [hint, getattr(hint, "__origin__", None), *getattr(hint, "__metadata__", ())]
    classes = [mark if isinstance(mark, type) else type(mark) for mark in marks]
    names = {base.__name__ for cls in classes for base in cls.__mro__}
    return bool(names & {"InjectedToolArg", "_DirectlyInjectedToolArg", "ToolRuntime"}) or (
        getattr(hint, "__name__", "") == "RunnableConfig"
    )
