"""An address to listen on: one of loopback alone, unless whoever calls has to prove who they are; and its names.

It knows sockets, not HTTP.
"""

import errno
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from interrupt_mcp.errors import AddressInUse, AddressRefused

_LOOPBACK: Mapping[str, tuple[str, ...]] = {
    "127.0.0.1": ("127.0.0.1",),
    "::1": ("::1",),
    # Clients take the one or the other for it.
    "localhost": ("127.0.0.1", "::1"),
}
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that stand for all of this machine, each with the one by which its own processes reach it."""
_FAR_OFF = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses of nobody; the system tells from which of its own it would send there."""
_NO_SUCH_FAMILY = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_BACKLOG = 128
_USUAL = (80, 443)
_NEEDS_AUTHENTICATION = (
    "is refused, because without authentication whoever reaches it could decide in your place: set"
    " INTERRUPT_MCP_AUTH=token, and make a token with `interrupt-mcp token create`; or INTERRUPT_MCP_AUTH=oauth"
)


@dataclass(frozen=True, slots=True)
class Listener:
    """Sockets that listen already, so that nobody else gets the port."""

    host: str
    """As it was given: a name, or an address."""
    port: int
    sockets: tuple[socket.socket, ...]
    told: str = ""
    """What people and links call the server; empty where that is where it listens."""
    machine: tuple[str, ...] = ()
    """Names and addresses of this machine, where it listens at all of them."""

    @property
    def address(self) -> str:
        """Where processes of this machine reach the server, without a path."""
        return f"http://{bracketed(_EVERYWHERE.get(self.host, self.host))}:{self.port}"

    @property
    def url(self) -> str:
        """The address of the server as people and links have it, without a path."""
        return self.told or self.address

    @property
    def names(self) -> list[str]:
        """The names by which a request may call this server, with the port, as in a `Host` header."""
        ips = [str(each.getsockname()[0]) for each in self.sockets]
        hosts = dict.fromkeys([*_LOOPBACK] if any(_reached_by_loopback(ip) for ip in ips) else [])
        hosts.update(dict.fromkeys(self.machine or (self.host.lower(), *ips)))
        return list(dict.fromkeys([*_at(list(hosts), self.port), *_names_in(self.told)]))

    @property
    def origins(self) -> list[str]:
        """The origins of pages that may send requests: those of the server itself."""
        return list(dict.fromkeys([*(f"http://{name}" for name in self.names), *([self.told] if self.told else [])]))

    def close(self) -> None:
        """Listen no more."""
        for each in self.sockets:
            each.close()


def names_at(port: int) -> list[str]:
    """Return the names of this machine at a port, as in a `Host` header."""
    return _at(list(_LOOPBACK), port)


def _at(hosts: Sequence[str], port: int) -> list[str]:
    names = [bracketed(host) for host in hosts]
    # Browsers and clients leave out the port that HTTP has anyway.
    return [f"{name}:{port}" for name in names] + (names if port in _USUAL else [])


def _names_in(url: str) -> Iterator[str]:
    """Yield the host of a URL as a `Host` header has it; also with the port that is left out mostly."""
    if not url:
        return
    parts = urlsplit(url)
    yield parts.netloc
    if parts.port is None:
        yield f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}"


def _reached_by_loopback(ip: str) -> bool:
    return ip in _EVERYWHERE or ip_address(ip.partition("%")[0]).is_loopback


def _of_this_machine() -> Iterator[str]:
    """Yield the names and addresses of this machine, as far as it knows them by itself."""
    host = socket.gethostname().lower()
    yield host
    with suppress(OSError, UnicodeError):
        for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
            yield str(found[4][0]).partition("%")[0]
    for family, nobody in _FAR_OFF.items():
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as unused:
            # Nothing is sent.
            unused.connect((nobody, 9))
            yield str(unused.getsockname()[0])


def listen(host: str, port: int, told: str = "", *, anywhere: bool = False) -> Listener:
    """Listen there; port 0 takes a free one. `anywhere` is whether it need not be on loopback; `told` as in `Listener`.

    Raises:
        AddressRefused: the address can be reached from elsewhere and may not be, or the system does not give it.
        AddressInUse: somebody else listens there.
    """
    if host not in _LOOPBACK and not anywhere:
        raise AddressRefused(f"{host!r} {_NEEDS_AUTHENTICATION}")
    if not 0 <= port <= 65535:
        raise AddressRefused(f"{port} is no port, which is a number from 0 to 65535")
    found: list[socket.socket] = []
    try:
        for family, ip in _addresses(host):
            try:
                found.append(_listening(family, ip, found[0].getsockname()[1] if found else port))
            except OSError as error:
                if error.errno not in _NO_SUCH_FAMILY or not found:
                    raise
    except OSError as error:
        for each in found:
            each.close()
        where = f"{bracketed(host)}:{port}"
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(f"Something listens on {where} already") from error
        if is_kept(error):
            raise AddressInUse(
                f"Windows keeps {where} for itself, or another program has it alone; choose another port"
                " (`netsh interface ipv4 show excludedportrange protocol=tcp` lists those that it keeps)"
            ) from error
        raise AddressRefused(f"The system does not let this program listen on {where}: {error.strerror}") from error
    # Found once: to look a name up may take seconds.
    machine = tuple(_of_this_machine()) if any(each.getsockname()[0] in _EVERYWHERE for each in found) else ()
    return Listener(host, found[0].getsockname()[1], tuple(found), told, machine)


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    """Return the addresses that a host stands for.

    Raises:
        AddressRefused: it is no host, or has none.
    """
    if host in _LOOPBACK:
        return [(_family(ip), ip) for ip in _LOOPBACK[host]]
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"{host!r} is no address of this machine, and no name of one: {error}") from error
    if not found:
        raise AddressRefused("No address was given; 0.0.0.0 stands for all of this machine")
    return list(dict.fromkeys((each[0], str(each[4][0])) for each in found))


def _family(ip: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


def is_kept(error: OSError, platform: str = sys.platform) -> bool:
    """Whether the system does not give this port, and would give another one.

    Windows refuses ranges of ports that it reserves, as for Hyper-V, as it refuses what is not allowed.
    """
    return platform == "win32" and error.errno == errno.EACCES


def _listening(family: socket.AddressFamily, ip: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There the other option lets two programs share a port, and this one keeps such a program away.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # So that a restart gets the port at once.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if ip == "::":
            # It stands for all addresses, the older ones too.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind((ip, port))
        made.listen(_BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def bracketed(host: str) -> str:
    """Return the host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host
