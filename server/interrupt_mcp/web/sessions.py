"""Sessions: who is signed in at the pages, where, and how that ends."""

from starlette.responses import Response

from interrupt_mcp.web.visit import Visit


async def listed(visit: Visit) -> Response:
    """Show all sessions of the same principal."""
    sessions = await visit.runs.sessions.listed()
    return await visit.page("sessions", sessions=sessions, own=visit.session.session_id)


async def end(visit: Visit) -> Response:
    """End a session, of this browser or another."""
    await visit.runs.sessions.end(visit.sent.text("session"))
    return visit.see("/inbox/sessions")


async def sign_out(visit: Visit) -> Response:
    """End this session."""
    await visit.inbox.sessions.end(visit.session.session_id)
    told = {"title": "Signed out", "text": "This browser decides nothing any more.", "signed_in": False}
    answer = visit.rendering.page("told", told)
    path = f"{visit.rendering.root}/inbox"
    answer.delete_cookie(visit.inbox.keys.cookie, path=path, httponly=True, samesite="strict")
    return answer
