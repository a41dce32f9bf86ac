"""Proxies: whose request a connection carries. Only those that are named are believed what they say of others.

It knows addresses, not names of hosts.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

from interrupt_mcp.config.reaching import Network

_SITE_BITS = 64
"""Of an IPv6 address, what one site has to itself."""
_LONGEST = 2000
"""Characters of a header."""


class Proxies:
    """The proxies that are named."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)

    def origin(self, scope: Scope) -> str:
        """Return the address that a request comes from, an IPv6 one by its site; empty where the system tells none."""
        client = scope.get("client")
        address = None if not client else _read(str(client[0]))
        if address is None:
            return ""
        if self._is_one(address):
            for said in reversed(_forwarded_for(scope)):
                before = _read(said)
                # What is written before that came from elsewhere, and nobody vouches for it.
                if before is None:
                    break
                address = before
                if not self._is_one(address):
                    break
        return _site(address)

    def _is_one(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._networks)


def _forwarded_for(scope: Scope) -> list[str]:
    values = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    return values[-_LONGEST:].decode("latin-1").split(",") if values else []


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address; an IPv4 one as such, also where it is written within IPv6."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _site(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, _SITE_BITS), strict=False))
