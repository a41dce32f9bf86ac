"""Admission: which requests a mounted server answers: those from this machine, by one of its names, from no other site.

Whoever else could reach it could decide in a person's place, since there is no authentication yet. It knows no paths.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

from interrupt_mcp.http.address import names_at

_OF_PROXIES = ("forwarded", "via", "x-real-ip")
_WHY = "whoever reaches this could decide in a person's place, and there is no authentication yet."


def refused(scope: Scope, *, from_a_file: bool) -> Response | None:
    """Return the answer to a request that is not let through; none to one that is.

    `from_a_file` is whether a page that is a file of the user's, and so has no origin, may send it.
    """
    server, client = scope.get("server"), scope.get("client")
    if not (server and server[1] and client and _is_loopback(server[0]) and _is_loopback(client[0])):
        return PlainTextResponse(f"Only programs on the server's own machine are answered: {_WHY}", 403)
    headers = Headers(scope=scope)
    if _came_by_a_proxy(headers):
        return PlainTextResponse(f"The request came by a proxy, and only direct ones are answered: {_WHY}", 403)
    names = names_at(server[1])
    if headers.get("host", "").lower() not in names:
        return PlainTextResponse("This server has another name: localhost, or the address, with its port.", 421)
    origin = headers.get("origin")
    if origin is None or (from_a_file and origin == "null"):
        return None
    if origin.lower() not in [f"{scope['scheme']}://{name}" for name in names]:
        return PlainTextResponse("Another site sent this request. Nothing was done.", 403)
    return None


def plain(address: str) -> str:
    """Return an IPv4 address as such, also where it is written within IPv6."""
    parsed = ip_address(address)
    return str(parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else address


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(plain(address)).is_loopback
    except ValueError:
        return False


def _came_by_a_proxy(names: Iterable[str]) -> bool:
    return any(name in _OF_PROXIES or name.startswith("x-forwarded-") for name in names)
