"""What somebody sees who decides for another: the conversation as it was when asked, and how their run ended."""

import json
from pathlib import Path

import pytest

from interrupt_mcp.app import App, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.errors import Forbidden
from interrupt_mcp.model import Access, Channel, Decision, DecisionType, Principal, Run, Scope
from interrupt_mcp.runs.caller import Actor, StartRequest, silently
from interrupt_mcp.runs.decisions import GivenDecision
from tests.database import url_of
from tests.patience import PATIENCE
from tests.projects import offering

pytestmark = pytest.mark.anyio
POLICY = '[auth]\nmode = "token"\n\n[agents.hotel.tools.book_hotel]\ndeciders = ["token:bob"]\n'
ANN = Access(Principal.read("token:ann"), frozenset((Scope.RUN, Scope.READ)))
BOB = Access(Principal.read("token:bob"), frozenset((Scope.READ, Scope.DECIDE)))


async def said(app: App, access: Access, thread: str) -> str:
    """The conversation, as they see it."""
    view = await (await app.runs_of(access)).threads.get(thread, 30, None, silently)
    return json.dumps([view.past.values, [each.checkpoint_id for each in view.past.moments]])


async def booked(app: App, hotel: str) -> Run:
    runs = await app.runs_of(ANN)
    request = StartRequest("hotel", message=f"Book the {hotel}", thread_id="trip")
    run_id = await runs.start(request, Actor(Channel.CLIENT, ANN.principal), silently)
    return await runs.wait(run_id, PATIENCE, silently)


async def test_what_the_owner_goes_on_to_say_is_not_shown_to_who_decided_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERRUPT_MCP_HOTEL_LEDGER", str(tmp_path / "ledger.txt"))
    offering(tmp_path, tmp_path, policy=POLICY, hotel="interrupt_mcp_agents.hotel:graph")
    environ = {"INTERRUPT_MCP_CONFIG": str(tmp_path / "langgraph.json")}
    settings = read_settings(environ, database=url_of(tmp_path), cwd=tmp_path)
    async with running(settings) as app:
        asked = await booked(app, "Ritz")
        thread = asked.thread_id
        assert "Ritz" in await said(app, BOB, thread)
        theirs = await app.runs_of(BOB)
        accept = GivenDecision.on(asked.interrupts[0], Decision(DecisionType.ACCEPT))
        await theirs.resume(asked.run_id, [accept], Actor(Channel.INBOX, BOB.principal))
        assert (await theirs.wait(asked.run_id, PATIENCE, silently)).status == "success"
        before = await said(app, BOB, thread)
        later = await booked(app, "Plaza")
        assert "Plaza" in await said(app, ANN, thread)
        # They are asked about this one as well, so that they see it as far as it is theirs to decide.
        assert "Plaza" in await said(app, BOB, thread)
        await (await app.runs_of(ANN)).cancel(later.run_id, Actor(Channel.CLIENT, ANN.principal))
        runs = await app.runs_of(ANN)
        free = StartRequest("hotel", message="Which hotels are there?", thread_id="trip")
        run_id = await runs.start(free, Actor(Channel.CLIENT, ANN.principal), silently)
        await runs.wait(run_id, PATIENCE, silently)
        assert "Which hotels" in await said(app, ANN, thread)
        now = await said(app, BOB, thread)
        assert "Which hotels" not in now
        assert before != now
        with pytest.raises(Forbidden):
            await theirs.threads.back(thread, "whatever", silently)
