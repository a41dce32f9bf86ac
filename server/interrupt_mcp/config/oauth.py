"""OAuth: what `[auth]` says of the OpenID provider whose tokens count, and at which people sign in to the pages.

It knows the words as they are written. It asks the provider nothing, and never holds the client's secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from interrupt_mcp.config.declared import read_table
from interrupt_mcp.config.given import Given
from interrupt_mcp.config.reaching import MODE, says_only_mode

TABLE = "auth"
"""The table of the file that says it."""
ALGORITHMS = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
    "EdDSA",
)
"""Those with which a provider alone can sign: its keys for looking at a signature make none."""
_LONGEST = 500
_ISSUER = "the provider's https:// address as it stands in its tokens, without ? and # (http:// on loopback alone)"


def address(given: Given) -> str:
    """Return the address of the provider, to the letter: a slash more or less is another provider."""
    if not isinstance(given.value, str) or not is_address(given.value) or "?" in given.value:
        raise given.wrong(_ISSUER, None if isinstance(given.value, str) and "@" not in given.value else "no such text")
    return given.value


def is_address(text: str) -> bool:
    """Whether it is an address at which nobody in between can speak for a provider: https, or on loopback."""
    if not re.fullmatch(r"https?://[!-~]+", text) or len(text) > _LONGEST or set('#@\\"<>') & set(text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or is_loopback(host or ""))


def is_loopback(host: str) -> bool:
    """Whether the host is this machine alone."""
    # Imported for those alone who need it: a client waits for the start.
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def line(given: Given) -> str:
    """Return one line of text, to the letter."""
    value = given.value
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _LONGEST:
        raise given.wrong(f"one line of text, of at most {_LONGEST} characters")
    return value


def variable(given: Given) -> str:
    """Return the name of a variable. Whoever writes the secret itself there has it repeated in no error."""
    if not isinstance(given.value, str) or not re.fullmatch(r"[A-Z_a-z][A-Z_a-z0-9]{0,99}", given.value):
        raise given.wrong("the name of the variable that holds the secret, not the secret", "no name of a variable")
    return given.value


def asymmetric(given: Given) -> tuple[str, ...]:
    """Return the algorithms. With any other, whoever knows what is public could make tokens that count."""
    listed = given.value if isinstance(given.value, list) else []
    if not listed or any(each not in ALGORITHMS for each in listed):
        raise given.wrong(
            f"a list of some of {', '.join(ALGORITHMS)}; `none` and those with a shared secret (HS256) never count"
        )
    return tuple(dict.fromkeys(listed))


@dataclass(frozen=True, slots=True)
class OAuth:
    """An OpenID provider, and what its tokens have to say to count here."""

    issuer: Annotated[str, address]
    audience: Annotated[str | None, line] = None
    """For whom its tokens are made; none is the address of this server's `/mcp`."""
    client_id: Annotated[str | None, line] = None
    """As what the pages are known there; without it nobody signs in at the pages by this provider."""
    client_secret_env: Annotated[str | None, variable] = None
    """The variable that holds the secret of that client; a public client has none."""
    groups_claim: Annotated[str | None, line] = None
    """The claim that says in which groups somebody is; dots lead into claims within, as in `realm_access.roles`."""
    algorithms: Annotated[tuple[str, ...], asymmetric] = ALGORITHMS


def read_oauth(file: Mapping[str, Given]) -> OAuth | None:
    """Return what the file says of a provider; `None` where it says nothing.

    Raises:
        ConfigError: a name or a value is none, or the issuer is missing.
    """
    if (table := file.get(TABLE)) is None or says_only_mode(table.entries()):
        return None
    if "issuer" not in table.entries():
        raise Given(f"{TABLE}.issuer", None, table.base, table.file).wrong(_ISSUER, "missing")
    return read_table(OAuth, table, [MODE])
