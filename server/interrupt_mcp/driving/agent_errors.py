"""What an agent raised, as a code and one clear sentence.

It knows the errors of model providers by what they have in common, not by import: those of OpenAI, Anthropic and others
come from one generator of client libraries.
"""

from collections.abc import Iterator
from typing import Any

from interrupt_mcp.text.redaction import line_of, message_of, said

_LONGEST = 600
"""Characters of a message."""
_CODES = {"GraphRecursionError": "recursion_limit", "Rejected": "rejected", "NotGated": "not_gated"}
FINAL = ("rejected", "not_gated")
"""Codes of errors on which nobody is asked again: no other answer would help."""


def code_and_message(error: BaseException) -> tuple[str, str]:
    """Return a stable code, and the error as one sentence without anything that looks like a key."""
    code, message = _of_provider(error) or _of_agent(error)
    return code, message[:_LONGEST]


def _of_agent(error: BaseException) -> tuple[str, str]:
    return _CODES.get(type(error).__name__, "agent_error"), said(error, _LONGEST)


def _of_provider(error: BaseException) -> tuple[str, str] | None:
    """Return the code and the sentence for an error of a model's provider; `None` for any other error."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if "APIError" not in names:
        return None
    who = f"The model's provider{_place(error)}"
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return "model_error", f"{who} {_answered(status)} (HTTP {status}: {_said(error)})"
    if "APITimeoutError" in names:
        return "model_error", f"{who} did not answer in time"
    if "APIConnectionError" in names:
        return "model_error", f"{who} could not be reached, or broke off the connection ({_root(error)})"
    return "model_error", f"{who} reported an error: {_said(error)}"


def _answered(status: int) -> str:
    match status:
        case 401:
            return "did not accept the key; correct it in the server's environment and start the server again"
        case 403:
            return "refuses what this key asks for"
        case 404:
            return "does not know the model, or has nothing at that address"
        case 429:
            return "takes no more requests for now"
        case _ if status >= 500:
            return "failed"
        case _:
            return "could not use the request"


def _said(error: Any) -> str:
    """Return the provider's own words, without the full stop at their end."""
    body = getattr(error, "body", None)
    words = body.get("message") if isinstance(body, dict) else None
    return (line_of(str(words)) if words else message_of(error)).rstrip(".")


def _place(error: Any) -> str:
    """Return where the provider was asked, as ` at SCHEME://HOST:PORT`: path and query may hold secrets."""
    url = next((u for each in _chain(error) if (u := _url(each)) is not None), None)
    host, port = getattr(url, "host", ""), getattr(url, "port", None)
    return f" at {url.scheme}://{host}{'' if port is None else f':{port}'}" if url is not None and host else ""


def _url(error: Any) -> Any:
    try:
        return getattr(getattr(error, "request", None), "url", None)
    except RuntimeError:
        # An httpx error that has no request says so by raising.
        return None


def _root(error: BaseException) -> str:
    """Return the words of the error at the beginning of the chain of causes, or the name of its class."""
    *_, root = _chain(error)
    return message_of(root).rstrip(".") or type(root).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, then its cause, and so on; the one that began it all is last."""
    known: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in known:
        known.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
