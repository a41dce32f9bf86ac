"""What `interrupt-mcp.toml` says about who decides, through what, and with which proof of what was seen."""

from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from interrupt_mcp_agents.desk_database import transaction
from tests.conftest import Offer, Serve
from tests.effects import Effects
from tests.people.person import Person, fill_in, properties
from tests.people.policies import SENSITIVE, say
from tests.processes import over_stdio
from tests.terminals import reviewing

pytestmark = pytest.mark.anyio


async def test_who_approves_is_settled_for_each_agent_and_each_tool(serve: Serve, offer: Offer) -> None:
    policy = """
    approver = "client"
    [agents.strict]
    approver = "human"
    [agents.mixed]
    approver = "human"
    [agents.mixed.tools."ask_*"]
    approver = "client"
    """
    config = say(offer(strict="bank:asking", mixed="bank:asking", free="bank:asking"), policy)
    async with serve(config) as door:
        for agent, decides in (("strict", False), ("mixed", True), ("free", True)):
            run = await door.call("start_run", agent=agent, message="go")
            result = await door.client.call_tool(
                "resume_run", {"run_id": run["run_id"], "decisions": [{"type": "accept"}]}
            )
            assert result.is_error is not decides, agent


async def test_a_tool_may_need_a_person_on_a_thread_that_else_does_not(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    policy = '[agents.bank.tools.pay]\nsensitive = true\napprover = "human"\n'
    async with serve(say(offer(bank="bank:plain"), policy)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        text = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert "interrupt-mcp review" in run["interrupts"][0]["where_to_decide"]
    assert "interrupt-mcp review" in run["next_step"]
    assert text.startswith("needs_human: ")
    assert effects.lines == ["look x"]


async def test_what_may_only_be_decided_in_a_terminal_is_not_put_into_a_form(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    person = Person(otherwise=fill_in("accept"))
    policy = SENSITIVE + 'channels = ["terminal"]\n'
    async with serve(say(offer(bank="bank:plain"), policy), mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="bank", message="go")
        text = await door.text("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert person.forms == []
    assert "interrupt-mcp review" in text
    assert effects.lines == ["look x"]


async def test_what_may_only_be_decided_in_a_form_says_that_it_is_decided_nowhere_else(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    person = Person(otherwise=fill_in("accept"))
    policy = SENSITIVE + 'channels = ["elicitation"]\n'
    async with serve(say(offer(bank="bank:plain"), policy), elicitation_callback=person) as door:
        run = await door.call("start_run", agent="bank", message="go")
    assert run["status"] == "success"
    assert "Policy has it decided nowhere else." in person.texts[0]


async def test_a_high_risk_is_accepted_and_edited_only_with_the_digest_of_what_was_shown(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    policy = '[policy]\nrisk = "high"\n'
    async with serve(say(offer(bank="bank:asking"), policy)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        (interrupt,) = run["interrupts"]
        assert interrupt["requests"][0]["risk"] == interrupt["risk"] == "high"
        for decision in ({"type": "accept"}, {"type": "edit", "args": {"amount": 6}}):
            text = await door.error("resume_run", run_id=run["run_id"], decisions=[decision])
            assert text.startswith("invalid_decision: ")
            assert "digest" in text
        await door.call(
            "resume_run", run_id=run["run_id"], decisions=[{"type": "accept", "digest": interrupt["digest"]}]
        )
    assert effects.lines == ["ask_and_pay 5"]


async def test_a_form_carries_the_digest_of_what_it_showed(serve: Serve, offer: Offer, effects: Effects) -> None:
    person = Person(otherwise=fill_in("accept"))
    policy = '[policy]\nrisk = "high"\n'
    async with serve(say(offer(bank="bank:asking"), policy), elicitation_callback=person) as door:
        run = await door.call("start_run", agent="bank", message="go")
    assert run["status"] == "success"
    assert properties(person.forms[0])["decision"]["enum"][0] == "accept"


async def test_input_and_edited_state_do_not_stand_in_for_the_person_that_a_tool_needs(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    policy = '[agents.first.tools.ask_and_pay]\napprover = "human"\n'
    call = {"name": "ask_and_pay", "args": {"amount": 5}, "id": "1", "type": "tool_call"}
    given = {"messages": [{"type": "ai", "content": "", "tool_calls": [call]}]}
    async with serve(say(offer(first="bank:tools_first"), policy)) as door:
        run = await door.call("start_run", agent="first", input=given)
        accept = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        (point, *_) = (await door.call("get_thread", thread_id=run["thread_id"]))["checkpoints"]
        place = {"thread_id": run["thread_id"], "checkpoint_id": point["checkpoint_id"]}
        back = await door.error("rewind_thread", **place, values={"messages": []})
    assert accept.startswith("needs_human: ")
    assert back.startswith("needs_human: ")
    assert effects.lines == []


@pytest.mark.posix
async def test_a_real_server_and_a_real_terminal_do_as_policy_says(
    offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = """
    [policy]
    approver = "human"
    [agents.desk.tools."delete_*"]
    channels = ["terminal"]
    allow = ["accept", "reject"]
    """
    config = say(offer(desk="interrupt_mcp_agents.desk:graph"), policy)
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    environ = {"INTERRUPT_MCP_CONFIG": str(config), "DESK_DATABASE": str(tmp_path / "desk.db")}
    person = Person(otherwise=fill_in("accept"))
    async with over_stdio(tmp_path, environ=environ, elicitation_callback=person) as door:
        asked = await door.call("start_run", agent="desk", message="Message ada@example.com: hi")
        run = await door.call("start_run", agent="desk", message="Delete customer 2")
        (request,) = run["interrupts"][0]["requests"]
        accept = [{"type": "accept", "digest": run["interrupts"][0]["digest"]}]
        refused = await door.text("resume_run", run_id=run["run_id"], decisions=accept)

        def at_the_terminal() -> None:
            with reviewing(tmp_path, "--config", str(config)) as keys:
                assert "a accept, r reject, s skip, q quit: " in keys.until("q quit: ")
                keys.type("a")
                keys.until("The run goes on in the server that serves this project.")
                assert keys.ended() == 0

        await anyio.to_thread.run_sync(at_the_terminal)
        done = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert (asked["status"], run["status"], done["status"]) == ("success", "interrupted", "success")
    assert len(person.forms) == 1
    assert request["allowed"] == ["accept", "reject"]
    assert "interrupt-mcp review" in refused
    with transaction() as desk:
        assert [row[0] for row in desk.execute("SELECT id FROM customers ORDER BY id")] == [1, 3]
        assert len(desk.execute("SELECT * FROM messages").fetchall()) == 1
