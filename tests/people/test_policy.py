"""What `interrupt-mcp.toml` has a person asked about, and what may be decided then."""

from typing import Any

import pytest

from tests.conftest import Door, Offer, Project, Serve
from tests.effects import Effects
from tests.people.policies import SENSITIVE, say

pytestmark = pytest.mark.anyio


async def resume(door: Door, run: dict[str, Any], *decisions: dict[str, Any]) -> dict[str, Any]:
    return await door.call("resume_run", run_id=run["run_id"], decisions=list(decisions))


async def test_a_tool_that_policy_calls_sensitive_is_asked_about_though_its_code_is_not(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    config = say(offer(bank="bank:plain"), SENSITIVE)
    async with serve(config, mode=era) as door:
        run = await door.call("start_run", agent="bank", message="go")
        assert effects.lines == ["look x"]
        (interrupt,) = run["interrupts"]
        (request,) = interrupt["requests"]
        assert (request["action"], request["args"]) == ("pay", {"amount": 5})
        assert request["allowed"] == ["accept", "edit", "reject"]
        assert "Policy has a person asked before pay runs." in interrupt["description"]
        done = await resume(door, run, {"type": "accept"})
    assert done["status"] == "success"
    assert effects.lines == ["look x", "pay 5"]


@pytest.mark.parametrize(
    ("decision", "done"),
    [
        ({"type": "edit", "args": {"amount": 3}}, ["look x", "pay 3"]),
        ({"type": "reject", "message": "no"}, ["look x"]),
        ({"type": "respond", "value": "paid already"}, ["look x"]),
    ],
)
async def test_what_policy_asks_can_be_edited_rejected_and_answered(
    serve: Serve, offer: Offer, effects: Effects, decision: dict[str, Any], done: list[str]
) -> None:
    allow = 'allow = ["accept", "edit", "reject", "respond"]\n'
    async with serve(say(offer(bank="bank:plain"), SENSITIVE + allow)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        finished = await resume(door, run, decision)
    assert finished["status"] == "success"
    assert effects.lines == done
    assert all(word in finished["answer"] for word in (decision.get("message"), decision.get("value")) if word)


async def test_each_of_two_calls_is_asked_about_once_and_made_once(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(say(offer(bank="bank:two"), SENSITIVE)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        first, second = [each["interrupt_id"] for each in run["interrupts"]]
        done = await resume(
            door, run, {"interrupt_id": first, "type": "accept"}, {"interrupt_id": second, "type": "reject"}
        )
    assert done["status"] == "success"
    assert effects.lines == ["pay 1"]


async def test_a_call_that_a_middleware_asks_about_is_not_asked_about_twice(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(say(offer(bank="bank:gated"), "[agents.bank]\nsensitive = true\n")) as door:
        run = await door.call("start_run", agent="bank", message="go")
        finished = await resume(door, run, {"type": "accept"})
    assert finished["status"] == "success"
    assert effects.lines == ["pay 5"]


# Tools of which only the body differs, which is what is tested.
SPENDING = """
from langchain.agents import create_agent
from langchain.tools import tool
from langgraph.types import interrupt
from tests.scripted import Scripted, call, effect

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
    BODY
    effect(f"spend {amount}")
    return "spent"

graph = create_agent(Scripted(turns=[[call("spend", amount=5)]]), [spend])
"""


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
    config = project(bank=SPENDING.replace("BODY", body))
    async with serve(say(config, "[agents.bank.tools.spend]\nsensitive = true\n")) as door:
        run = await door.call("start_run", agent="bank", message="go")
        assert run["status"] == "interrupted"
        assert effects.lines == []
        assert "Policy has a person asked" in run["interrupts"][0]["description"]
        done = await resume(door, run, {"type": "accept"})
        if asks_too:
            assert done["interrupts"][0]["value"] == "Pay?"
            done = await resume(door, done, {"type": "accept"})
    assert done["status"] == "success"
    assert effects.lines[-1:] == ["spend 5"]
    assert effects.lines.count("spend 5") == 1


async def test_the_policy_of_a_call_is_fixed_when_the_gate_first_sees_it(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = say(offer(bank="bank:plain"), SENSITIVE + 'channels = ["terminal"]\n')
    async with serve(config) as door:
        run = await door.call("start_run", agent="bank", message="go")
    say(config, "")
    async with serve(config) as door:
        text = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        assert text.startswith("needs_human: ")
        done = await resume(door, run, {"type": "reject"})
    assert done["status"] == "success"
    assert effects.lines == ["look x"]


async def test_sensitive_by_policy_survives_a_restart_and_runs_once(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = say(offer(bank="bank:plain"), SENSITIVE)
    async with serve(config) as door:
        run = await door.call("start_run", agent="bank", message="go")
    say(config, "")
    async with serve(config) as door:
        done = await resume(door, run, {"type": "accept"})
    assert done["status"] == "success"
    assert effects.lines == ["look x", "pay 5"]


async def test_allow_narrows_what_the_tool_offers(serve: Serve, offer: Offer, effects: Effects) -> None:
    policy = '[agents.bank.tools.ask_and_pay]\nallow = ["reject", "accept"]\n'
    async with serve(say(offer(bank="bank:asking"), policy)) as door:
        run = await door.call("start_run", agent="bank", message="go")
        edit = {"type": "edit", "args": {"amount": 6}}
        text = await door.error("resume_run", run_id=run["run_id"], decisions=[edit])
        await resume(door, run, {"type": "accept"})
    assert run["interrupts"][0]["requests"][0]["allowed"] == ["accept", "reject"]
    assert text.startswith("not_allowed: ")
    assert effects.lines == ["ask_and_pay 5"]
