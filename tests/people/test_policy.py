"""What `interrupt-mcp.toml` says about who is asked, who decides and through what."""

from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from interrupt_mcp_agents.desk_database import transaction
from tests.conftest import Door, Serve
from tests.people.bank import ASKING, GATED, PLAIN, SCRIPTED, SENSITIVE, TWO, Effects, Project, say
from tests.people.person import Person, fill_in, properties
from tests.people.terminal import terminal
from tests.processes import over_stdio

pytestmark = pytest.mark.anyio


async def resume(door: Door, run: dict[str, Any], *decisions: dict[str, Any]) -> dict[str, Any]:
    return await door.call("resume_run", run_id=run["run_id"], decisions=list(decisions))


async def test_a_tool_that_policy_calls_sensitive_is_asked_about_though_its_code_is_not(
    serve: Serve, era: str, project: Project, effects: Effects
) -> None:
    config = say(project(bank=PLAIN), SENSITIVE)
    async with serve(config, mode=era) as door:
        run = await door.call("start_run", agent="bank", message="go")
        assert effects.done == ["look x"]
        (interrupt,) = run["interrupts"]
        (request,) = interrupt["requests"]
        assert (request["action"], request["args"]) == ("pay", {"amount": 5})
        assert request["allowed"] == ["accept", "edit", "reject"]
        assert "Policy has a person asked before pay runs." in interrupt["description"]
        done = await resume(door, run, {"type": "accept"})
    assert done["status"] == "success"
    assert effects.done == ["look x", "pay 5"]


@pytest.mark.parametrize(
    ("decision", "done"),
    [
        ({"type": "edit", "args": {"amount": 3}}, ["look x", "pay 3"]),
        ({"type": "reject", "message": "no"}, ["look x"]),
        ({"type": "respond", "value": "paid already"}, ["look x"]),
    ],
)
async def test_what_policy_asks_can_be_edited_rejected_and_answered(
    serve: Serve, project: Project, effects: Effects, decision: dict[str, Any], done: list[str]
) -> None:
    allow = 'allow = ["accept", "edit", "reject", "respond"]\n'
    async with serve(say(project(bank=PLAIN), SENSITIVE + allow)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        finished = await resume(door, run, decision)
    assert finished["status"] == "success"
    assert effects.done == done
    assert all(word in finished["answer"] for word in (decision.get("message"), decision.get("value")) if word)


async def test_each_of_two_calls_is_asked_about_once_and_made_once(
    serve: Serve, project: Project, effects: Effects
) -> None:
    async with serve(say(project(bank=TWO), SENSITIVE)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        first, second = [each["interrupt_id"] for each in run["interrupts"]]
        done = await resume(
            door, run, {"interrupt_id": first, "type": "accept"}, {"interrupt_id": second, "type": "reject"}
        )
    assert done["status"] == "success"
    assert effects.done == ["pay 1"]


async def test_a_call_that_a_middleware_asks_about_is_not_asked_about_twice(
    serve: Serve, project: Project, effects: Effects
) -> None:
    async with serve(say(project(bank=GATED), "[agents.bank]\nsensitive = true\n")) as door:
        run = await door.call("start_run", agent="bank", message="go")
        finished = await resume(door, run, {"type": "accept"})
    assert finished["status"] == "success"
    assert effects.done == ["pay 5"]


@pytest.mark.parametrize(
    ("body", "asks_too"),
    [
        ("if amount > 100:\n        interrupt('Pay?')", False),
        ("amount > 100 and interrupt('Pay?')", False),
        ("ask(amount)", False),
        ("later = lambda: interrupt('Pay?')", False),
        ("effect('first')\n    interrupt('Pay?')", True),
        ("try:\n        interrupt('Pay?')\n    except BaseException:\n        pass", False),
        ("call_it(interrupt)", False),
        ("interrupt('Pay?')", True),
        ("surely(amount)", True),
        ("from langgraph.types import interrupt as ask_now, interrupt\n    interrupt('Pay?')", True),
        ("try:\n        interrupt('Pay?')\n    finally:\n        pass", True),
    ],
)
async def test_policy_asks_before_anything_of_a_tool_runs_whatever_its_code_asks_besides(
    serve: Serve, project: Project, effects: Effects, body: str, asks_too: bool
) -> None:
    source = (
        SCRIPTED
        + f"""
def ask(amount):
    if amount > 100:
        interrupt("Pay?")

def surely(amount):
    interrupt("Pay?")

def call_it(asking):
    try:
        asking("Pay?")
    except BaseException:
        pass

@tool
def spend(amount: int) -> str:
    "Spend an amount."
    {body}
    effect(f"spend {{amount}}")
    return "spent"

graph = create_agent(Scripted(turns=[[call("spend", amount=5)]]), [spend])
"""
    )
    async with serve(say(project(bank=source), "[agents.bank.tools.spend]\nsensitive = true\n")) as door:
        run = await door.call("start_run", agent="bank", message="go")
        assert run["status"] == "interrupted"
        assert effects.done == []
        assert "Policy has a person asked" in run["interrupts"][0]["description"]
        done = await resume(door, run, {"type": "accept"})
        if asks_too:
            assert done["interrupts"][0]["value"] == "Pay?"
            done = await resume(door, done, {"type": "accept"})
    assert done["status"] == "success"
    assert effects.done[-1:] == ["spend 5"]
    assert effects.done.count("spend 5") == 1


async def test_the_policy_of_a_call_is_fixed_when_the_gate_first_sees_it(
    serve: Serve, project: Project, effects: Effects
) -> None:
    config = say(project(bank=PLAIN), SENSITIVE + 'channels = ["terminal"]\n')
    async with serve(config) as door:
        run = await door.call("start_run", agent="bank", message="go")
    say(config, "")
    async with serve(config) as door:
        text = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        assert text.startswith("needs_human: ")
        done = await resume(door, run, {"type": "reject"})
    assert done["status"] == "success"
    assert effects.done == ["look x"]


async def test_sensitive_by_policy_survives_a_restart_and_runs_once(
    serve: Serve, project: Project, effects: Effects
) -> None:
    config = say(project(bank=PLAIN), SENSITIVE)
    async with serve(config) as door:
        run = await door.call("start_run", agent="bank", message="go")
    say(config, "")
    async with serve(config) as door:
        done = await resume(door, run, {"type": "accept"})
    assert done["status"] == "success"
    assert effects.done == ["look x", "pay 5"]


async def test_who_approves_is_settled_for_each_agent_and_each_tool(serve: Serve, project: Project) -> None:
    policy = """
    approver = "client"
    [agents.strict]
    approver = "human"
    [agents.mixed]
    approver = "human"
    [agents.mixed.tools."ask_*"]
    approver = "client"
    """
    config = say(project(strict=ASKING, mixed=ASKING, free=ASKING), policy)
    async with serve(config) as door:
        for agent, decides in (("strict", False), ("mixed", True), ("free", True)):
            run = await door.call("start_run", agent=agent, message="go")
            result = await door.client.call_tool(
                "resume_run", {"run_id": run["run_id"], "decisions": [{"type": "accept"}]}
            )
            assert result.is_error is not decides, agent


async def test_a_tool_may_need_a_person_on_a_thread_that_else_does_not(
    serve: Serve, project: Project, effects: Effects
) -> None:
    policy = '[agents.bank.tools.pay]\nsensitive = true\napprover = "human"\n'
    async with serve(say(project(bank=PLAIN), policy)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        text = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert "interrupt-mcp review" in run["interrupts"][0]["where_to_decide"]
    assert "interrupt-mcp review" in run["next_step"]
    assert text.startswith("needs_human: ")
    assert effects.done == ["look x"]


async def test_what_may_only_be_decided_in_a_terminal_is_not_put_into_a_form(
    serve: Serve, era: str, project: Project, effects: Effects
) -> None:
    person = Person(otherwise=fill_in("accept"))
    policy = SENSITIVE + 'channels = ["terminal"]\n'
    async with serve(say(project(bank=PLAIN), policy), mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="bank", message="go")
        text = await door.text("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert person.forms == []
    assert "interrupt-mcp review" in text
    assert effects.done == ["look x"]


async def test_what_may_only_be_decided_in_a_form_says_that_it_is_decided_nowhere_else(
    serve: Serve, project: Project, effects: Effects
) -> None:
    person = Person(otherwise=fill_in("accept"))
    policy = SENSITIVE + 'channels = ["elicitation"]\n'
    async with serve(say(project(bank=PLAIN), policy), elicitation_callback=person) as door:
        run = await door.call("start_run", agent="bank", message="go")
    assert run["status"] == "success"
    assert "Policy has it decided nowhere else." in person.texts[0]


async def test_allow_narrows_what_the_tool_offers(serve: Serve, project: Project, effects: Effects) -> None:
    policy = '[agents.bank.tools.ask_and_pay]\nallow = ["reject", "accept"]\n'
    async with serve(say(project(bank=ASKING), policy)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        edit = {"type": "edit", "args": {"amount": 6}}
        text = await door.error("resume_run", run_id=run["run_id"], decisions=[edit])
        await resume(door, run, {"type": "accept"})
    assert run["interrupts"][0]["requests"][0]["allowed"] == ["accept", "reject"]
    assert text.startswith("not_allowed: ")
    assert effects.done == ["ask_and_pay 5"]


async def test_a_high_risk_is_accepted_and_edited_only_with_the_digest_of_what_was_shown(
    serve: Serve, project: Project, effects: Effects
) -> None:
    policy = '[policy]\nrisk = "high"\n'
    async with serve(say(project(bank=ASKING), policy)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        (interrupt,) = run["interrupts"]
        assert interrupt["requests"][0]["risk"] == interrupt["risk"] == "high"
        for decision in ({"type": "accept"}, {"type": "edit", "args": {"amount": 6}}):
            text = await door.error("resume_run", run_id=run["run_id"], decisions=[decision])
            assert text.startswith("invalid_decision: ")
            assert "digest" in text
        await resume(door, run, {"type": "accept", "digest": interrupt["digest"]})
    assert effects.done == ["ask_and_pay 5"]


async def test_a_form_carries_the_digest_of_what_it_showed(serve: Serve, project: Project, effects: Effects) -> None:
    person = Person(otherwise=fill_in("accept"))
    policy = '[policy]\nrisk = "high"\n'
    async with serve(say(project(bank=ASKING), policy), elicitation_callback=person) as door:
        run = await door.call("start_run", agent="bank", message="go")
    assert run["status"] == "success"
    assert properties(person.forms[0])["decision"]["enum"][0] == "accept"


async def test_input_and_edited_state_do_not_stand_in_for_the_person_that_a_tool_needs(
    serve: Serve, project: Project, effects: Effects
) -> None:
    policy = '[agents.first.tools.ask_and_pay]\napprover = "human"\n'
    source = SCRIPTED + (
        "from langgraph.graph import START, MessagesState, StateGraph\n"
        "from langgraph.prebuilt import ToolNode\n"
        "builder = StateGraph(MessagesState).add_node('tools', ToolNode([ask_and_pay, pay])).add_edge(START, 'tools')\n"
        "graph = builder.compile()\n"
    )
    call = {"name": "ask_and_pay", "args": {"amount": 5}, "id": "1", "type": "tool_call"}
    given = {"messages": [{"type": "ai", "content": "", "tool_calls": [call]}]}
    async with serve(say(project(first=source), policy)) as door:
        run = await door.call("start_run", agent="first", input=given)
        accept = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        (point, *_) = (await door.call("get_thread", thread_id=run["thread_id"]))["checkpoints"]
        place = {"thread_id": run["thread_id"], "checkpoint_id": point["checkpoint_id"]}
        back = await door.error("rewind_thread", **place, values={"messages": []})
    assert accept.startswith("needs_human: ")
    assert back.startswith("needs_human: ")
    assert effects.done == []


async def test_a_real_server_and_a_real_terminal_do_as_policy_says(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = """
    [policy]
    approver = "human"
    [agents.desk.tools."delete_*"]
    channels = ["terminal"]
    allow = ["accept", "reject"]
    """
    config = say(project(desk="from interrupt_mcp_agents.desk import graph"), policy)
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
            with terminal(tmp_path, "--config", str(config)) as keys:
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
