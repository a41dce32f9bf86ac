"""People at a breakpoint see what goes on, in words that are told from the agent's, and which word cancels the run."""

import json
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from tests.conftest import Door, Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.people.person import Person, decline, fill_in, properties
from tests.people.policies import say
from tests.processes import CHECKOUT
from tests.terminals import reviewing

pytestmark = pytest.mark.anyio
AGENTS = ("payer", "publisher", "after_writing", "talker", "fanned", "wordy", "hostile")
DRAFT = {"topic": "cats", "draft": "All about cats", "done": ["write"]}
ANN = {"to": "ann", "amount": 1, "currency": "EUR"}
POLICY = """
[agents.strict.tools.pay]
allow = ["accept", "reject"]
risk = "high"
approver = "human"
"""


@pytest.fixture(scope="module")
def home(home: Path) -> Path:
    graphs = {name: f"tests.people.agents.stopping:{name}" for name in AGENTS}
    graphs["strict"] = graphs["payer"]
    (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    say(home / "langgraph.json", POLICY)
    return home


async def start(door: Door, agent: str) -> dict[str, Any]:
    given = {"message": "go"} if agent in ("payer", "strict", "hostile") else {"input": {"topic": "cats"}}
    if agent == "talker":
        given = {"input": {"mood": ""}}
    return await door.call("start_run", agent=agent, **given)


async def test_a_form_for_each_call_is_accepted_edited_and_rejected(door: Door, person: Person, did: Effects) -> None:
    person.reactions = {
        '"ann"': fill_in("edit", arg_amount=10, arg_currency="USD"),
        '"bob"': fill_in("reject", message="not bob"),
    }
    run = await start(door, "payer")
    assert run["status"] == "success", run
    assert did.lines == ["pay ann 10 USD"]
    assert "not bob" in run["answer"]
    assert len(person.forms) == 2
    first = person.texts[0]
    assert "request 1 of 2" in first
    assert "    | pay\n" in first
    assert '    |   "currency": "EUR"' in first
    assert "own words" not in first
    assert "- reject: do not do it; the message goes to the agent" in first
    assert "cancel" not in first


@pytest.mark.parametrize("agent", ["publisher", "after_writing"])
async def test_a_form_elsewhere_shows_what_runs_next_with_its_state_and_that_a_reject_cancels(
    door: Door, person: Person, did: Effects, agent: str
) -> None:
    person.otherwise = decline
    run = await start(door, agent)
    (asked,) = run["interrupts"]
    assert (asked["dialect"], asked["value"]) == ("breakpoint", DRAFT)
    assert "What comes next: publish" in asked["description"]
    assert "cancel the run" in asked["description"]
    assert f"To reject {asked['code']}, where the run stands at a breakpoint" in run["next_step"]
    (text,) = person.texts
    assert "    | continue with publish\n" in text
    assert '    |   "draft": "All about cats",' in text
    assert "own words" not in text
    assert "as the agent put it" not in text
    assert "- accept: go on from here\n- reject: cancel the run; nothing more of it is done" in text
    assert properties(person.forms[0])["message"]["description"] == "Words for the record."
    person.otherwise = fill_in("reject", message="not yet")
    run = await decide(door, run)
    assert run["status"] == "cancelled"
    assert did.lines == []
    person.otherwise = fill_in("accept")
    run = await start(door, agent)
    assert (run["status"], did.lines) == ("success", ["published All about cats"])


async def test_of_messages_the_last_ones_are_shown(door: Door) -> None:
    run = await start(door, "talker")
    (asked,) = run["interrupts"]
    assert asked["value"]["mood"] == "calm"
    assert [each["content"] for each in asked["value"]["messages"]] == ["number 6", "number 7", "number 8"]


async def test_what_is_sent_to_a_node_is_the_state_that_it_gets(door: Door, did: Effects) -> None:
    run = await start(door, "fanned")
    (asked,) = run["interrupts"]
    assert asked["value"] == [{"draft": "one"}, {"draft": "two"}]
    assert [each["action"] for each in asked["requests"]] == ["continue with each"]


async def test_a_state_that_cannot_be_read_in_a_form_cannot_be_accepted_there(
    door: Door, person: Person, did: Effects
) -> None:
    person.otherwise = decline
    await start(door, "wordy")
    assert properties(person.forms[0])["decision"]["enum"] == ["reject"]
    assert "too many to read in a form" in person.texts[0]


async def test_no_word_of_a_state_passes_for_a_line_of_the_form(door: Door, person: Person) -> None:
    person.otherwise = decline
    await start(door, "hostile")
    lines = person.texts[0].splitlines()
    assert [line for line in lines if line.startswith("- ")] == [
        "- accept: go on from here",
        "- reject: cancel the run; nothing more of it is done, and the agent hears of nothing",
    ]
    assert "\x1b" not in person.texts[0]


async def test_what_policy_says_of_a_tool_holds_for_each_request(door: Door, did: Effects) -> None:
    run = await start(door, "strict")
    (asked,) = run["interrupts"]
    assert [each["allowed"] for each in asked["requests"]] == [["accept", "reject"], ["accept", "reject"]]
    assert [each["risk"] for each in asked["requests"]] == ["high", "high"]
    one = {"interrupt_id": asked["interrupt_id"], "index": 0, "digest": asked["digest"]}
    text = await door.error("resume_run", run_id=run["run_id"], decisions=[{**one, "type": "edit", "args": ANN}])
    assert text.startswith("not_allowed: ")
    text = await door.error("resume_run", run_id=run["run_id"], decisions=[{**one, "type": "accept", "digest": None}])
    assert text.startswith("invalid_decision: ")
    text = await door.error("resume_run", run_id=run["run_id"], decisions=[{**one, "type": "accept", "digest": "0"}])
    assert text.startswith("stale_digest: ")
    assert did.lines == []


async def test_a_client_is_told_that_a_reject_may_cancel(door: Door) -> None:
    (tool,) = [tool for tool in (await door.client.list_tools()).tools if tool.name == "resume_run"]
    assert "cancels the run" in str(tool.description)


async def test_words_of_the_gate_are_not_told_as_the_agents(serve: Serve, offer: Offer, effects: Effects) -> None:
    person = Person(otherwise=decline)
    policy = "[agents.plain.tools.pay]\nsensitive = true\n"
    async with serve(offer("bank:plain", policy=policy), elicitation_callback=person) as door:
        await door.call("start_run", agent="plain", message="go")
    (text,) = person.texts
    assert "Why you are asked:\n\n    | Policy has a person asked before pay runs." in text
    assert "own words" not in text


@pytest.mark.posix
async def test_a_breakpoint_is_decided_at_a_terminal(
    serve: Serve, offer: Offer, tmp_path: Path, effects: Effects
) -> None:
    config = offer("stopping:publisher")
    async with serve(config, environ={"INTERRUPT_MCP_APPROVER": "human"}) as door:
        run = await door.call("start_run", agent="publisher", input={"topic": "cats"})
        assert (await door.error("resume_run", run_id=run["run_id"], decisions=[ACCEPT])).startswith("needs_human: ")
        code = run["interrupts"][0]["code"]

        def keys() -> str:
            with reviewing(tmp_path, "--config", str(config), PYTHONPATH=CHECKOUT, EFFECTS=str(effects.path)) as typed:
                shown = typed.until("q quit: ")
                typed.type("r")
                typed.until("Reason, for the record (may be empty): ")
                typed.type("not yet")
                typed.until("Nothing else waits for a decision.")
                return str(shown)

        shown = await anyio.to_thread.run_sync(keys)
        assert code in shown
        assert "All about cats" in shown
        assert "reject: cancel the run" in shown
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["status"] == "cancelled"
    assert effects.lines == []
