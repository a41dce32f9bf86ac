"""The wire to a server elsewhere: LangGraph's own client, bounded, which follows no redirect and says faults in words.

The key goes to the server that is named, and nowhere else.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from interrupt_mcp.remote.faults import Passing, RemoteFault, of_status
from interrupt_mcp.remote.place import Place

if TYPE_CHECKING:
    import httpx
    from langgraph_sdk.client import LangGraphClient

_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 20.0
_LONGEST_WAIT = 20.0


@asynccontextmanager
async def connected(place: Place) -> "AsyncIterator[LangGraphClient]":
    """Give a client of the server, within this context.

    Raises:
        RemoteFault: there is no key.
    """
    import httpx
    from langgraph_sdk.client import LangGraphClient

    from interrupt_mcp.remote.bounds import Bounded

    key = place.key()
    headers = {"Accept-Encoding": "identity", **({"x-api-key": key} if key else {})}
    timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)

    async def bound(response: "httpx.Response") -> None:
        if 300 <= response.status_code < 400:
            raise of_status(place.named, response.status_code, "", "", None)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise RemoteFault(f"{place.named} answers in a form that was not asked for")
        response.stream = Bounded(response, place.named)

    async with httpx.AsyncClient(
        base_url=place.url,
        headers=headers,
        timeout=timeout,
        follow_redirects=False,
        event_hooks={"response": [bound]},
    ) as http:
        yield LangGraphClient(http)


@contextmanager
def in_words(place: Place) -> Iterator[None]:
    """Raise what goes wrong within this context as a fault, in one sentence."""
    import httpx

    where = place.named
    try:
        yield
    except RemoteFault:
        raise
    except httpx.HTTPStatusError as error:
        if getattr(error, "response", None) is None:
            raise Passing(f"{where} broke off the connection") from None
        told = place.without_key(_told(error))
        raise of_status(where, error.response.status_code, told, place.api_key_env, _wait(error)) from None
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        if "CERTIFICATE" in str(error):
            raise RemoteFault(f"The certificate of {place.origin} is not one that is trusted here") from None
        raise Passing(f"There is no Agent Server that answers at {place.origin}") from None
    except httpx.TimeoutException:
        raise Passing(f"{where} did not answer in time") from None
    except httpx.HTTPError:
        raise Passing(f"{where} broke off the connection") from None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, httpx.InvalidURL):
        raise RemoteFault(f"{where} answered what cannot be read: is it an Agent Server?") from None


def _told(error: Any) -> str:
    """Return what the server says of the error."""
    body = getattr(error, "body", None)
    fields = body if isinstance(body, dict) else {}
    told = next((fields[each] for each in ("detail", "message", "error") if each in fields), "")
    return told if isinstance(told, str) else ""


def _wait(error: Any) -> float | None:
    """Return after how many seconds the server takes more, as far as it says so, within bounds."""
    try:
        return min(max(float(error.response.headers["retry-after"]), 0.0), _LONGEST_WAIT)
    except (KeyError, ValueError):
        return None
