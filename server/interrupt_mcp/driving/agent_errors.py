"""What an agent raised, as a code and one clear sentence.

It knows the errors of model providers by what they have in common, not by import: those of OpenAI, Anthropic and others
come from one generator of client libraries. Those of LangGraph's own client it knows by where they come from.
"""

import traceback
from typing import TYPE_CHECKING, Any

from interrupt_mcp.driving.origin import OwnCode, chain, place
from interrupt_mcp.remote.faults import RemoteFault
from interrupt_mcp.text.redaction import line_of, message_of, said

if TYPE_CHECKING:
    from interrupt_mcp.effects.raised import RaisedErrors

LONGEST = 600
"""Characters of a message."""
_CODES = {"GraphRecursionError": "recursion_limit", "Rejected": "rejected", "NotGated": "not_gated"}
FINAL = ("rejected", "not_gated")
"""Codes of errors on which nobody is asked again: no other answer would help."""


def code_and_message(error: BaseException) -> tuple[str, str]:
    """Return a stable code, and the error as one sentence without anything that looks like a key."""
    error = next(chain(_own(error)))
    if isinstance(error, RemoteFault):
        return error.code, str(error)[:LONGEST]
    sentence = _of_langgraph_server(error)
    code, message = ("agent_error", sentence) if sentence else _of_provider(error) or _of_agent(error)
    return code, message[:LONGEST]


def code_and_place(error: BaseException, own: OwnCode, raised: "RaisedErrors") -> tuple[str, str]:
    """Return the same, with where in the agent the error came from; `raised` are the errors of tools of its drive."""
    code, message = code_and_message(error)
    if isinstance(error, RemoteFault):
        # Where it came from is in it.
        return code, message
    where = place(_own(error), own, raised)
    return code, f"{message[: LONGEST - len(where)].rstrip('.')}{where}"


def _own(error: BaseException) -> BaseException:
    """Return the agent's own error, where the gate refused to make a call again that raised it."""
    return (error.__cause__ or error) if type(error).__name__ == "NotRepeated" else error


def _of_agent(error: BaseException) -> tuple[str, str]:
    return _CODES.get(type(error).__name__, "agent_error"), said(error, LONGEST)


def _of_langgraph_server(error: BaseException) -> str | None:
    """Return the sentence for an error of LangGraph's client that found no server; `None` for any other error.

    Without an address `get_client` looks for a server in its own process, and calls `None` where there is none.
    """
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not any(name.startswith("langgraph_sdk.") for name in modules):
        return None
    if isinstance(error, TypeError) and modules[-1].endswith(".asgi"):
        where = "in this process, which is where get_client() looks for one"
    elif type(error).__name__ == "ConnectError":
        where = f"that answers{_place(error)}"
    else:
        return None
    return f"There is no LangGraph server {where}: give the address of one, as in get_client(url=...)"


def _of_provider(error: BaseException) -> tuple[str, str] | None:
    """Return the code and the sentence for an error of a model's provider; `None` for any other error."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if "APIError" not in names or type(error).__module__.startswith("langgraph_sdk."):
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
    url = next((u for each in chain(error) if (u := _url(each)) is not None), None)
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
    *_, root = chain(error)
    return message_of(root).rstrip(".") or type(root).__name__
