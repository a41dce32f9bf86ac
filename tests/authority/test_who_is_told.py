"""Who decides is said wherever it is said where to decide, and whoever may not is told whose decision it is."""

from dataclasses import replace
from typing import Any

import pytest

from interrupt_mcp.config.policy import Policy, Rule
from interrupt_mcp.forms import Sheet, form_of
from interrupt_mcp.model import Approver, Interrupt, Terms
from interrupt_mcp.views.people_warnings import people_warnings
from interrupt_mcp.views.ways_to_decide import Ways
from interrupt_mcp.words import AuthMode
from tests.authority.operated import Project
from tests.authority.served import refused, start
from tests.people.person import Person, fill_in
from tests.people.questions import tool_call
from tests.threads.past import checkpoints

pytestmark = pytest.mark.anyio
ANN, BOB = "token:ann", "oidc:https://sso.example#bob"


def under(**terms: Any) -> Interrupt:
    made = tool_call({"to": "bob"})
    request = replace(made.wanted[0], terms=Terms(**terms))
    return replace(made, question=replace(made.question, requests=(request,)))


@pytest.mark.parametrize(
    ("terms", "where"),
    [
        ({"deciders": ("ops",)}, "Only ops decides it; in a terminal: interrupt-mcp review A7"),
        ({"deciders": ("ops", ANN)}, f"Only ops or {ANN} decide it; in a terminal: interrupt-mcp review A7"),
        (
            {"deciders": ("ops",), "require_other_person": True},
            "Only ops decides it, and somebody else than who started it must accept; in a terminal:"
            " interrupt-mcp review A7",
        ),
        ({"deciders": ()}, "Nowhere: policy leaves nobody who decides it; cancel_run with run_id r ends its run"),
        (
            {"require_other_person": True},
            "Nowhere: somebody else than who started it must accept, and policy names nobody; cancel_run with run_id r"
            " ends its run",
        ),
    ],
)
def test_where_to_decide_says_who_does(terms: dict[str, Any], where: str) -> None:
    assert Ways().where_to_decide(under(**terms), Approver.HUMAN) == where


def test_a_form_says_who_decides_and_however_many_there_are_it_can_be_read() -> None:
    many = tuple(f"group {number} {'x' * 190}" for number in range(1000))
    asked = under(deciders=many)
    made = form_of(asked, asked.wanted[0], "", sheet=Sheet())
    assert made is not None
    (line,) = (line for line in made.message.split("\n") if "decide it" in line)
    assert line.startswith("Only group 0 ")
    assert line.endswith("or 995 more decide it.")
    assert len(line) < 1000


@pytest.mark.parametrize(
    ("rule", "auth", "said"),
    [
        (Rule(), AuthMode.NONE, ""),
        (Rule(deciders=(BOB,), require_other_person=True), AuthMode.NONE, "without authentication"),
        (Rule(deciders=(BOB,), require_other_person=True), AuthMode.TOKEN, "two tokens are two people only if"),
        (Rule(deciders=(ANN,), require_other_person=True), AuthMode.OAUTH, "two tokens are two people only if"),
        (Rule(deciders=("desk",), require_other_person=True), AuthMode.OAUTH, "two tokens are two people only if"),
        (Rule(deciders=(BOB, "theirs"), require_other_person=True), AuthMode.OAUTH, ""),
        (Rule(require_other_person=True), AuthMode.OAUTH, "names no deciders"),
        (Rule(deciders=("theirs", "desk")), AuthMode.TOKEN, "has theirs decide, and [groups] has nobody"),
        (Rule(deciders=("theirs", "desk")), AuthMode.OAUTH, ""),
    ],
)
def test_whoever_wrote_a_policy_is_told_what_nobody_can_know(rule: Rule, auth: AuthMode, said: str) -> None:
    found = people_warnings(Policy(rule, groups={"desk": (ANN, BOB)}), ["letters", "others"], auth)
    assert [said in each for each in found] == ([True] if said else [])


async def test_a_decision_that_is_somebody_elses_is_refused_and_nothing_runs(operated: Project) -> None:
    operated.say(f'[agents.asks_in_tool]\ndeciders = ["ops", "{ANN}"]\n')
    person = Person(otherwise=fill_in("accept"))
    async with operated.here(elicitation_callback=person) as door:
        run = await start(door, "asks_in_tool")
        text = await refused(door, run)
        shown = (await door.call("get_run", run_id=run["run_id"]))["interrupts"][0]
        (warned,) = (
            each["warnings"] for each in (await door.call("list_agents"))["agents"] if each["name"] == run["agent"]
        )
        (end, *_) = await checkpoints(door, run["thread_id"])
        place = {"thread_id": run["thread_id"], "checkpoint_id": end["checkpoint_id"]}
        edited = await door.error("rewind_thread", **place, values={"messages": []})
        done = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    assert person.texts == []
    assert text.startswith("needs_human: ")
    assert shown["where_to_decide"].startswith(f"Only ops or {ANN} decide it; ")
    assert shown["requests"][0]["deciders"] == ["ops", ANN]
    assert "has ops decide, and [groups] has nobody" in warned[0]
    assert edited.startswith("needs_human: ")
    assert done["status"] == "success"
    assert operated.effects.lines == []


async def test_who_started_it_may_reject_and_not_accept_where_another_has_to(operated: Project) -> None:
    async with operated.here() as door:
        run = await start(door, "asks_in_tool")
        operated.say('[policy]\nrequire_other_person = true\ndeciders = ["ops"]\n[groups]\nops = ["token:ann"]\n')
        named = await refused(door, run)
    operated.say("")
    async with operated.here() as door:
        run = await start(door, "asks_in_tool")
        operated.say("[policy]\nrequire_other_person = true\n")
        other = await refused(door, run)
        done = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    assert named.startswith("forbidden: Policy has ")
    assert "decided by ops only" in named
    assert other.startswith("forbidden: Policy has somebody else than who started it accept ")
    assert "may only reject" in other
    assert done["status"] == "success"
    assert operated.effects.lines == []
