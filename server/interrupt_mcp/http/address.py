"""An address of this machine to listen on: only loopback, and the names that it goes by. It knows sockets, not HTTP."""

import errno
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from interrupt_mcp.errors import AddressInUse, AddressRefused

_FAMILIES = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}
_LOOPBACK: Mapping[str, tuple[str, ...]] = {
    "127.0.0.1": ("127.0.0.1",),
    "::1": ("::1",),
    # Clients take the one or the other for it.
    "localhost": ("127.0.0.1", "::1"),
}
_NO_SUCH_FAMILY = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_BACKLOG = 128
_USUAL = (80, 443)


@dataclass(frozen=True, slots=True)
class Listener:
    """Sockets that listen already, so that nobody else gets the port."""

    host: str
    """As it was given: `localhost`, or an address."""
    port: int
    sockets: tuple[socket.socket, ...]

    @property
    def url(self) -> str:
        """The address of the server, without a path."""
        return f"http://{bracketed(self.host)}:{self.port}"

    @property
    def names(self) -> list[str]:
        """The names by which a request may call this server, with the port, as in a `Host` header."""
        return names_at(self.port)

    def close(self) -> None:
        """Listen no more."""
        for each in self.sockets:
            each.close()


def names_at(port: int) -> list[str]:
    """Return the names of this machine at a port, as in a `Host` header."""
    names = [bracketed(host) for host in _LOOPBACK]
    # Browsers and clients leave out the port that HTTP has anyway.
    return [f"{name}:{port}" for name in names] + (names if port in _USUAL else [])


def listen(host: str, port: int) -> Listener:
    """Listen there; port 0 takes a free one.

    Raises:
        AddressRefused: the address can be reached from elsewhere, or the system does not give it.
        AddressInUse: somebody else listens there.
    """
    if host not in _LOOPBACK:
        raise AddressRefused(
            f"{host!r} is refused, because who reaches it could decide in your place: there is no authentication yet"
        )
    if not 0 <= port <= 65535:
        raise AddressRefused(f"{port} is no port, which is a number from 0 to 65535")
    found: list[socket.socket] = []
    try:
        for ip in _LOOPBACK[host]:
            try:
                found.append(_listening(ip, found[0].getsockname()[1] if found else port))
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
    return Listener(host, found[0].getsockname()[1], tuple(found))


def is_kept(error: OSError, platform: str = sys.platform) -> bool:
    """Whether the system does not give this port, and would give another one.

    Windows refuses ranges of ports that it reserves, as for Hyper-V, as it refuses what is not allowed.
    """
    return platform == "win32" and error.errno == errno.EACCES


def _listening(ip: str, port: int) -> socket.socket:
    made = socket.socket(_FAMILIES[ip], socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There the other option lets two programs share a port, and this one keeps such a program away.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # So that a restart gets the port at once.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((ip, port))
        made.listen(_BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def bracketed(host: str) -> str:
    """Return the host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host
