"""Reaching the server over HTTP: who has to prove who they are, what people call it, through which proxies they come.

It knows the words as they are written. It listens nowhere.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

from interrupt_mcp.config.given import Given
from interrupt_mcp.config.kinds import one_of
from interrupt_mcp.words import AuthMode

Network: TypeAlias = IPv4Network | IPv6Network
MODE = "mode"
"""The key of `[auth]` that says the mode; a variable says it as it is."""
_URL = "https://host or https://host:port (or http://), without a user, a query or a fragment"
_NETWORKS = "IP addresses and networks such as 10.0.0.0/8, by commas; in the file as a list"
_USUAL = {"http": 80, "https": 443}
_MOST = 100


def auth_mode(given: Given) -> AuthMode:
    """Return how whoever calls proves who they are: a variable says the word, the file has it as `mode` in `[auth]`."""
    if given.file is None:
        return one_of(AuthMode)(given)
    mode = given.entries().get(MODE)
    return AuthMode.NONE if mode is None else one_of(AuthMode)(mode)


def public_url(given: Given) -> str:
    """Return the address without a path, in small letters, and without the port that its scheme has anyway."""
    text = given.value.strip() if isinstance(given.value, str) else ""
    # What stands before an @ may be a password, so it is not repeated.
    shown = "no such address" if "@" in text else None
    if not re.fullmatch(r"https?://[!-~]+", text, re.IGNORECASE) or set('?#@\\"<>%') & set(text):
        raise given.wrong(_URL, shown)
    try:
        parts = urlsplit(text.lower())
        host, number = parts.hostname, parts.port
    except ValueError:
        raise given.wrong(_URL) from None
    if not host or number == 0 or parts.netloc.endswith(":"):
        raise given.wrong(_URL)
    if parts.path not in ("", "/"):
        raise given.wrong(f"{_URL}; and without a path, since the server is served under none")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + ("" if number in (None, _USUAL[parts.scheme]) else f":{number}")


def networks(given: Given) -> tuple[Network, ...]:
    """Return the networks; a single address is one of its own."""
    value = given.value
    listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    if not listed or len(listed) > _MOST or not all(isinstance(each, str) for each in listed):
        raise given.wrong(_NETWORKS)
    try:
        return tuple(ip_network(each.strip()) for each in listed)
    except ValueError as error:
        raise given.wrong(f"{_NETWORKS} ({error})") from None


def says_only_mode(table: Mapping[str, Given]) -> bool:
    """Whether `[auth]` says the mode and nothing of a provider."""
    return set(table) <= {MODE}
