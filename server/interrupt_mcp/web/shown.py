"""An interrupt as its page shows it: each request with its form, and what is known around it. It decides nothing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from markupsafe import Markup

from interrupt_mcp import authority
from interrupt_mcp.errors import Error
from interrupt_mcp.forms import Form, Part, Section, Sheet, form_of
from interrupt_mcp.forms.arguments import Argument, arguments
from interrupt_mcp.forms.meaning import meaning
from interrupt_mcp.model import Channel, Decision, DecisionType, Interrupt, Proof, Request
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.store.records import Made
from interrupt_mcp.views.diagram import svg
from interrupt_mcp.web.conversation import Spoken, conversation, last_words
from interrupt_mcp.web.visit import Visit

if TYPE_CHECKING:
    from interrupt_mcp.views.thread_json import ThreadView

log = logging.getLogger(__name__)
SHEET = Sheet(longest=None, words=None, rich=True)
"""A page holds all that there is."""
_APART = (Part.DOUBT, Part.WHO, Part.ACTION, Part.ARGUMENTS, Part.PREVIEW)
"""What the page says in places of its own."""
_NOT_HERE = "It cannot be decided on a page."
_NOT_THEIRS = "You do not decide this."
_HISTORY = 10
_MESSAGES = 30
_LOADING_SECONDS = 5.0
"""How long a page waits for the agent, without which a person can decide as well."""


@dataclass(frozen=True, slots=True)
class RequestShown:
    """One request of an interrupt."""

    request: Request
    form: Form | None
    """None where whoever looks may not decide it on a page, or it is decided."""
    why: str
    """Why they may not, where that is so."""
    decided: tuple[Decision, Proof] | None
    arguments: Sequence[Argument]
    head: str
    """What the arguments are."""
    sections: Sequence[Section]
    """What else a person must know."""
    meanings: dict[str, str]
    """What comes of each option."""
    confirms: bool
    """Whether some of what may be decided takes the code besides."""
    history: Sequence[Made]
    """What happened to the same action before."""

    @property
    def options(self) -> tuple[DecisionType, ...]:
        """What can be decided."""
        return () if self.form is None else self.form.options


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around an interrupt, as far as it can be shown."""

    messages: Sequence[Spoken] = ()
    """The conversation, oldest first."""
    more: int = 0
    """How many messages came before these."""
    asked_for: Sequence[str] = ()
    """The user's own last words, line by line."""
    view: "ThreadView | None" = None
    fault: str = ""
    """Why it cannot be shown."""


async def request_shown(visit: Visit, interrupt: Interrupt, request: Request) -> RequestShown:
    """Return one request as its page shows it."""
    decided = interrupt.decided(request.index)
    reached = Channel.INBOX in authority.reached_through(request)
    counting = await visit.runs.counting(interrupt, request, Channel.INBOX)
    elsewhere = visit.runs.ways.elsewhere(Channel.INBOX, interrupt, request)
    form = form_of(interrupt, replace(request, allowed=counting or request.allowed), elsewhere, sheet=SHEET)
    text = None if form is None else form.text
    sections = [] if text is None else text.sections()
    head = next((each.head for each in sections if each.part is Part.ARGUMENTS), "")
    options = counting or request.allowed
    return RequestShown(
        request=request,
        form=form if counting and decided is None and interrupt.status.open else None,
        why=_NOT_THEIRS if reached else _NOT_HERE,
        decided=decided,
        arguments=arguments(request.args),
        head=head,
        sections=[each for each in sections if each.part not in _APART],
        meanings={kind.value: meaning(interrupt, request, kind).partition(": ")[2] for kind in options},
        confirms=any(authority.needs_digest(interrupt.question, request, kind) for kind in options),
        history=await visit.runs.decided_on(interrupt.agent, request.action, _HISTORY),
    )


async def surroundings(visit: Visit, thread_id: str) -> Surroundings:
    """Return the conversation on the thread and where it stands."""
    view = None
    try:
        with anyio.move_on_after(_LOADING_SECONDS):
            view = await visit.runs.threads.get(thread_id, 1, None, silently)
    except Error as error:
        return Surroundings(fault=str(error))
    except Exception as error:
        log.warning("the state of thread %s cannot be shown", thread_id, exc_info=error)
        return Surroundings(fault="looking at the agent's state raised an error, which the server's log has.")
    if view is None:
        return Surroundings(fault="the agent is still being loaded. Load the page again in a while.")
    spoken = conversation(view.past.values)
    return Surroundings(spoken[-_MESSAGES:], max(0, len(spoken) - _MESSAGES), last_words(spoken), view)


async def drawn(view: "ThreadView | None") -> Markup:
    """Return the picture of the agent's graph with where the thread stands; nothing where it cannot be read."""
    return Markup() if view is None else Markup(await anyio.to_thread.run_sync(svg, view.drawing))
