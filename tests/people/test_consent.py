"""Going back in a way that would stand in for a decision: the person is asked, and agrees or not."""

from typing import Any

import anyio
import pytest
from mcp_types import CallToolResult, ElicitResult, InputRequiredResult

from tests.conftest import Door, Offer, Serve
from tests.ledger import Ledger
from tests.patience import PATIENCE
from tests.people.person import Person, cancel, decline, do_nothing, fill_in, send
from tests.people.policies import say

pytestmark = pytest.mark.anyio
RITZ = {"agent": "hotel", "message": "Book the Ritz"}
SAY = {"values": {"messages": [{"type": "human", "content": "Book the Plaza"}]}}


async def gone_by(door: Door) -> dict[str, Any]:
    """A thread whose run is over, and a checkpoint of it, as arguments."""
    run = await door.call("start_run", **RITZ)
    await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    points = (await door.call("get_thread", thread_id=run["thread_id"]))["checkpoints"]
    return {"thread_id": run["thread_id"], "checkpoint_id": points[-1]["checkpoint_id"]}


async def test_with_the_persons_consent_the_run_goes_on_from_there_and_asks(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person({"go back on a thread": fill_in("accept"), '"Plaza"': fill_in("accept")})
    async with serve(mode=era, elicitation_callback=person) as door:
        place = await gone_by(door)
        run = await door.call("rewind_thread", **place, **SAY)
    consent = next(text for text in person.texts if "go back on a thread" in text)
    for shown in (place["thread_id"], place["checkpoint_id"], "hotel", '"content": "Book the Plaza"'):
        assert shown in consent
    assert run["status"] == "success"
    assert ledger.bookings == ["Plaza"]


MORE = {"decision": "accept", "checkpoint": "another one"}


@pytest.mark.parametrize(
    "otherwise", [decline, cancel, send(None), send({}), send(MORE), fill_in("reject"), fill_in("edit")]
)
async def test_without_it_nothing_is_changed(serve: Serve, era: str, ledger: Ledger, otherwise: Any) -> None:
    person = Person()
    async with serve(mode=era, elicitation_callback=person) as door:
        place = await gone_by(door)
        runs = len((await door.call("list_runs"))["runs"])
        person.otherwise = otherwise
        text = await door.error("rewind_thread", **place, **SAY)
        assert len((await door.call("list_runs"))["runs"]) == runs
    assert text.startswith("needs_human: ")
    assert "Nobody agreed to it" in text
    assert ledger.bookings == []


async def test_a_person_who_does_not_answer_agrees_to_nothing(serve: Serve, ledger: Ledger) -> None:
    person = Person()
    async with serve(mode="legacy", elicitation_callback=person) as door:
        place = await gone_by(door)
        person.otherwise = do_nothing
        with anyio.fail_after(PATIENCE):
            text = await door.error("rewind_thread", **place, **SAY, wait_seconds=1)
    assert text.startswith("needs_human: ")


async def test_a_consent_counts_once(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        place = {**await gone_by(door), **SAY}
        session = door.client.session
        asked = await session.call_tool("rewind_thread", place, allow_input_required=True)
        assert isinstance(asked, InputRequiredResult)
        yes: Any = {
            "input_responses": {"consent": ElicitResult(action="accept", content={"decision": "accept"})},
            "request_state": asked.request_state,
        }
        first = await session.call_tool("rewind_thread", place, **yes, allow_input_required=True)
        assert isinstance(first, InputRequiredResult)
        runs = len((await door.call("list_runs"))["runs"])
        again = await session.call_tool("rewind_thread", place, **yes, allow_input_required=True)
        assert isinstance(again, CallToolResult)
        assert again.is_error
        assert again.content[0].text.startswith("superseded: ")  # type: ignore[union-attr]
        assert len((await door.call("list_runs"))["runs"]) == runs
    assert ledger.bookings == []


async def test_where_policy_wants_a_terminal_no_form_stands_for_a_person(
    serve: Serve, offer: Offer, ledger: Ledger
) -> None:
    config = say(offer(hotel="interrupt_mcp_agents.hotel:graph"), '[policy]\nchannels = ["terminal"]\n')
    person = Person(otherwise=fill_in("accept"))
    async with serve(config, elicitation_callback=person) as door:
        place = await gone_by(door)
        text = await door.error("rewind_thread", **place, **SAY)
    assert text.startswith("needs_human: ")
    assert person.forms == []
    assert ledger.bookings == []
