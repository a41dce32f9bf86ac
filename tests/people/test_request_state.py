"""Answers and the sealed state they belong to: after a restart, again, changed, and without each other."""

import pytest
from mcp import MCPError
from mcp_types import InputRequiredResult

from tests.conftest import Offer, Serve
from tests.effects import Effects
from tests.ledger import Ledger
from tests.people.person import Person
from tests.people.rounds import decide, rounds

pytestmark = pytest.mark.anyio


async def test_all_open_requests_are_asked_in_one_round_under_the_ids_of_their_interrupts(serve: Serve) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
        pending = await door.call("list_interrupts")
    assert asked.input_requests is not None
    assert [*asked.input_requests] == [each["interrupt_id"] for each in pending["interrupts"]]


async def test_requests_of_one_interrupt_are_asked_under_its_id_and_their_index(
    serve: Serve, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_DATABASE", f"{tmp_path}/desk.db")
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door, agent="desk", message="Delete customers 2 and 3").ask()
        (interrupt,) = (await door.call("list_interrupts"))["interrupts"]
    assert asked.input_requests is not None
    assert [*asked.input_requests] == [f"{interrupt['interrupt_id']}:0", f"{interrupt['interrupt_id']}:1"]


async def test_an_answer_counts_after_a_restart_of_the_server(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
    async with serve(elicitation_callback=Person()) as door:
        run = await rounds(door).answer(asked.request_state, decide(asked, "accept", "accept", "reject"))
    assert run["status"] == "success"
    assert ledger.bookings == ["Plaza", "Ritz"]


async def test_a_replay_changes_nothing_and_shows_the_run(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
        first = await rounds(door).answer(asked.request_state, decide(asked, "accept", "accept", "reject"))
        same = await rounds(door).answer(asked.request_state, decide(asked, "accept", "accept", "reject"))
        other = await rounds(door).answer(asked.request_state, decide(asked, "accept", "reject", "accept"))
        runs = await door.call("list_runs")
    assert first["status"] == same["status"] == other["status"] == "success"
    assert first["run_id"] == same["run_id"] == other["run_id"]
    assert "was decided before" in same["next_step"]
    assert "was decided before" in other["next_step"]
    assert len(runs["runs"]) == 1
    assert ledger.bookings == ["Plaza", "Ritz"]


async def test_state_that_was_changed_is_refused(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
        state = asked.request_state or ""
        for forged in (state[:-2] + "AA", state[:40], "v1.AAAA", '["run", {}, {}, 1]', ""):
            with pytest.raises(MCPError, match="Invalid or expired requestState"):
                await rounds(door).answer(forged, decide(asked, "accept", "accept", "accept"))
        pending = await door.call("list_interrupts")
    assert len(pending["interrupts"]) == 3
    assert ledger.bookings == []


async def test_state_belongs_to_the_call_it_was_made_for(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
        answers = decide(asked, "accept", "accept", "accept")
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await rounds(door).answer(asked.request_state, answers, message="Book the Hilton")
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await rounds(door, "resume_run", run_id="x").answer(asked.request_state, answers)
    assert ledger.bookings == []


async def test_another_projects_server_does_not_take_the_state(serve: Serve, offer: Offer, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
    config = offer(hotel="interrupt_mcp_agents.hotel:graph")
    async with serve(config, elicitation_callback=Person()) as door:
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await rounds(door).answer(asked.request_state, decide(asked, "accept", "accept", "accept"))
    assert ledger.bookings == []


async def test_a_given_secret_seals_across_stores(serve: Serve) -> None:
    environ = {"INTERRUPT_MCP_SECRET": "s" * 32}
    async with serve(environ=environ, elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
    async with serve(environ={"INTERRUPT_MCP_SECRET": "t" * 32}, elicitation_callback=Person()) as door:
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await rounds(door).answer(asked.request_state, decide(asked, "reject", "reject", "reject"))
    async with serve(environ=environ, elicitation_callback=Person()) as door:
        run = await rounds(door).answer(asked.request_state, decide(asked, "reject", "reject", "reject"))
    assert run["status"] == "success"


async def test_a_form_stays_open_while_its_secret_is_in_the_ring(serve: Serve) -> None:
    old, new = "o" * 32, "n" * 32
    async with serve(environ={"INTERRUPT_MCP_SECRET": old}, elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
    async with serve(environ={"INTERRUPT_MCP_SECRET": f"{new}, {old}"}, elicitation_callback=Person()) as door:
        later = await rounds(door, agent="hotel", message="Book the Ritz").ask()
        run = await rounds(door).answer(asked.request_state, decide(asked, "reject", "reject", "reject"))
    assert run["status"] == "success"
    async with serve(environ={"INTERRUPT_MCP_SECRET": new}, elicitation_callback=Person()) as door:
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await rounds(door).answer(asked.request_state, decide(asked, "reject", "reject", "reject"))
        answering = rounds(door, agent="hotel", message="Book the Ritz")
        run = await answering.answer(later.request_state, decide(later, "reject"))
    assert run["status"] == "success"


async def test_a_form_of_before_there_was_a_secret_stays_open(serve: Serve) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
    async with serve(environ={"INTERRUPT_MCP_SECRET": "s" * 32}, elicitation_callback=Person()) as door:
        run = await rounds(door).answer(asked.request_state, decide(asked, "reject", "reject", "reject"))
    assert run["status"] == "success"


async def test_a_form_of_a_process_that_has_no_secret_yet_is_opened_by_one_that_was_there_before(serve: Serve) -> None:
    given = {"INTERRUPT_MCP_SECRET": "s" * 32}
    async with serve(environ=given, elicitation_callback=Person()) as door:
        first = rounds(door, agent="hotel", message="Book the Ritz")
        asked = await first.ask()
        await first.answer(asked.request_state, decide(asked, "reject"))
        async with serve(elicitation_callback=Person()) as without:
            asked = await rounds(without).ask()
        run = await rounds(door).answer(asked.request_state, decide(asked, "reject", "reject", "reject"))
    assert run["status"] == "success"


async def test_answers_without_state_start_nothing(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
        text = await rounds(door).answer(None, decide(asked, "accept", "accept", "accept"))
        runs = await door.call("list_runs")
    assert text.startswith("invalid_input: ")
    assert len(runs["runs"]) == 1
    assert ledger.bookings == []


async def test_state_without_answers_decides_nothing_and_starts_nothing(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
        run = await rounds(door).answer(asked.request_state, None)
        runs = await door.call("list_runs")
    assert run["status"] == "interrupted"
    assert run["next_step"].startswith("Nothing was decided.")
    assert len(runs["runs"]) == 1
    assert ledger.bookings == []


async def test_answers_to_what_was_not_asked_decide_nothing(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        first = await rounds(door, agent="hotel", message="Book the Ritz").ask()
        second = await rounds(door, agent="hotel", message="Book the Plaza").ask()
        run = await rounds(door, agent="hotel", message="Book the Ritz").answer(
            first.request_state, decide(second, "accept")
        )
    assert run["status"] == "interrupted"
    assert ledger.bookings == []


async def test_an_answer_to_what_was_decided_meanwhile_changes_nothing(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        asked = await rounds(door).ask()
        (run,) = (await door.call("list_runs"))["runs"]
        pending = (await door.call("list_interrupts"))["interrupts"]
        rejected = [{"interrupt_id": each["interrupt_id"], "type": "reject"} for each in pending]
        await door.call("resume_run", run_id=run["run_id"], decisions=rejected)
        late = await rounds(door).answer(asked.request_state, decide(asked, "accept", "accept", "accept"))
    assert "was decided before: reject" in late["next_step"]
    assert ledger.bookings == []


async def test_an_answer_to_an_earlier_question_does_not_answer_what_is_asked_anew(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(bank="bank:cut_off")
    start = {"agent": "bank", "message": "go"}
    async with serve(config, elicitation_callback=Person()) as door:
        first = await rounds(door, **start).ask()
        accept = {"input_responses": decide(first, "accept"), "request_state": first.request_state}
        session = door.client.session
        again = await session.call_tool("start_run", start, **accept, allow_input_required=True)  # type: ignore[arg-type]
        assert isinstance(again, InputRequiredResult)
        assert again.input_requests is not None
        (form,) = again.input_requests.values()
        assert "nobody knows whether it was done" in form.params.message  # type: ignore[union-attr]
        replayed = await session.call_tool("start_run", start, **accept, allow_input_required=True)  # type: ignore[arg-type]
        pending = (await door.call("list_interrupts"))["interrupts"]
    assert isinstance(replayed, InputRequiredResult)
    assert [each["status"] for each in pending] == ["unknown_outcome"]
    assert effects.lines == ["pay 5"]
