"""Request state: what a client hands back with its answers, from revision 2026-07-28 on, sealed by this server.

It says what the call asked, so that any process of the project can go on with it. It does not know what the answers
lead to.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import Context

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.mcp import caller

if TYPE_CHECKING:
    from interrupt_mcp.forms import FormKey

_CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class FormsState:
    """That a call asked by forms for what a run waits for."""

    run_id: str
    asked: Mapping["FormKey", str]
    """The forms of the last round, each with the digest of the interrupt as it was shown."""
    proposals: Mapping["FormKey", int] = field(default_factory=dict)
    """Which of the call's own decisions was shown in which form, by its place among them."""
    round: int = 1
    """How often this call has asked."""

    def dump(self) -> str:
        """Return it as JSON."""
        return json.dumps([self.run_id, dict(self.asked), dict(self.proposals), self.round])


@dataclass(frozen=True, slots=True)
class ConsentState:
    """That a call asked a person to agree to something."""

    mark: str
    """How the thing was that it was about."""

    def dump(self) -> str:
        """Return it as JSON."""
        return json.dumps({_CONSENT: self.mark})


def forms_state_of(ctx: Context) -> FormsState | None:
    """Return the state of a call that comes back with answers to forms about a run.

    Raises:
        InvalidInput: the client speaks a revision in which nothing is asked so.
    """
    state = _opened(ctx)
    return FormsState(*state) if isinstance(state, list) else None


def consent_state_of(ctx: Context) -> ConsentState | None:
    """Return the state of a call that comes back with what a person says to a form for consent.

    Raises:
        InvalidInput: the client speaks a revision in which nothing is asked so.
    """
    state = _opened(ctx)
    return ConsentState(str(state[_CONSENT])) if isinstance(state, dict) else None


def _opened(ctx: Context) -> Any:
    if ctx.request_state is None:
        return None
    if not caller.is_modern(ctx):
        raise InvalidInput(f"Request state is of revision {caller.MODERN}, and this connection is of an earlier one")
    return json.loads(ctx.request_state)
