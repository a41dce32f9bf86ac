"""Who calls, decides or owns something, and what they may do. It does not know how they proved it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from interrupt_mcp.words import Scope

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST = 1000


class PrincipalKind(StrEnum):
    """What it is that knows somebody: the names of one kind are none of another."""

    OS = "os"
    """The system's user that the process runs as."""
    TOKEN = "token"
    """The operator, who made a token under that name."""
    OIDC = "oidc"
    """An OpenID provider: the name is `ISSUER#SUBJECT`."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who calls, decides or owns: `os:USER`, `token:NAME` or `oidc:ISSUER#SUBJECT`."""

    kind: PrincipalKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def read(cls, text: str) -> "Principal":
        """Return the principal that is written so.

        Raises:
            ValueError: it is none; the text says why.
        """
        kind, _, name = text.partition(":")
        if kind not in list(PrincipalKind) or not name or len(text) > _LONGEST or not text.isprintable():
            raise ValueError("a principal: os:USER, token:NAME or oidc:ISSUER#SUBJECT")
        if kind == PrincipalKind.TOKEN and not is_token_name(name):
            raise ValueError("token: and a name of at most 64 letters, digits, dots, - and _")
        if kind == PrincipalKind.OIDC and not all(name.partition("#")):
            raise ValueError("oidc:, the issuer's address, # and the subject")
        return cls(PrincipalKind(kind), name)

    @classmethod
    def of_provider(cls, issuer: str, subject: str) -> "Principal":
        """Return who has this subject at this OpenID provider, whose address has no fragment."""
        return cls(PrincipalKind.OIDC, f"{issuer}#{subject}")


def is_token_name(name: str) -> bool:
    """Whether a token may have this name."""
    return _NAME.fullmatch(name) is not None


def names_principal(text: str) -> bool:
    """Whether the text begins as principals do; the name of a group may not, so that it passes for nobody."""
    return text.startswith(tuple(f"{kind}:" for kind in PrincipalKind))


@dataclass(frozen=True, slots=True)
class Access:
    """A principal, and what was proved besides: what they may do, and in which groups they are."""

    principal: Principal
    scopes: frozenset[Scope]
    groups: frozenset[str] = frozenset()
    """As a provider's claim has them; policy has groups of its own besides."""

    def may(self, *scopes: Scope) -> bool:
        """Whether one of these is among the scopes."""
        return not self.scopes.isdisjoint(scopes)
