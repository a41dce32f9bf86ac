"""Sessions: who is signed in at the pages, where, and how that ends."""

from collections.abc import Sequence

from starlette.responses import Response

from interrupt_mcp.store.records import Session
from interrupt_mcp.web.visit import Visit


async def listed(visit: Visit) -> Response:
    """Show all sessions of the same principal."""
    return await visit.page("sessions", sessions=await _own(visit), own=visit.session.session_id)


async def end(visit: Visit) -> Response:
    """End a session of theirs, of this browser or another; one of somebody else's is none."""
    session_id = visit.sent.text("session")
    if session_id in {each.session_id for each in await _own(visit)}:
        await visit.inbox.sessions.end(session_id)
    return visit.see("/inbox/sessions")


async def sign_out(visit: Visit) -> Response:
    """End this session."""
    await visit.inbox.sessions.end(visit.session.session_id)
    told = {"title": "Signed out", "text": "This browser decides nothing any more.", "signed_in": False}
    answer = visit.rendering.page("told", told)
    path = f"{visit.rendering.root}/inbox"
    answer.delete_cookie(visit.inbox.keys.cookie, path=path, httponly=True, samesite="strict")
    return answer


async def _own(visit: Visit) -> Sequence[Session]:
    principal = visit.session.access.principal
    return [each for each in await visit.inbox.sessions.listed() if each.access.principal == principal]
