"""What a form says of each word is what happens, whoever asks, in whatever shape."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mcp_types import ElicitRequestFormParams, ElicitResult

from tests.conftest import Door
from tests.effects import Effects
from tests.people.agents import heard
from tests.people.person import Person, decline, fill_in, properties
from tests.people.policies import say

pytestmark = pytest.mark.anyio
TOOLS = tuple(f"tool_{name}" for name in heard.SAYS)
NODES = ("text", "inbox", "batch", "looks_sensitive", "form", "address", "yes_no", "default", "like_middleware")
CERTAIN = (
    "gated",
    "stopping_before_tools",
    "sensitive_tool",
    "sensitive_function",
    "tool_calling_a_function",
    "middleware",
)
AGENTS = (*TOOLS, *(f"node_{name}" for name in NODES), *CERTAIN, "nested", "stopping")
POLICY = "\n".join(
    f"[agents.{agent}.tools.pay]\nsensitive = true\nallow = ['accept', 'edit', 'reject', 'respond']"
    for agent in ("gated", "gated_and_asking")
)
NOT_DONE = re.compile(r"without doing it$|: do not do it;|does not go on;|: cancel the run;")
MAY_BE_DONE = re.compile(r"goes on|up to it$")
DONE = re.compile(r"do exactly what|: do it with|: go on from here$")


@pytest.fixture(scope="module")
def home(home: Path) -> Path:
    graphs = {name: f"tests.people.agents.heard:{name}" for name in (*AGENTS, "gated_and_asking")}
    (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    say(home / "langgraph.json", POLICY)
    return home


def start(agent: str) -> dict[str, Any]:
    by_message = agent.startswith("tool_") or agent in (*CERTAIN, "nested", "gated_and_asking", "node_like_middleware")
    by_message = by_message and agent != "sensitive_function"
    return {"agent": agent, "message": "go"} if by_message else {"agent": agent, "input": {}}


def words(form: ElicitRequestFormParams) -> dict[str, str]:
    """What the form says of each word that it offers."""
    lines = [line.removeprefix("- ") for line in form.message.splitlines() if line.startswith("- ")]
    return {line.partition(":")[0]: line for line in lines}


def choose(kind: str, form: ElicitRequestFormParams) -> ElicitResult:
    """It, as a person would who does not want it done, where that can be said."""
    more: dict[str, Any] = {"reject": {"message": "no"}, "respond": {"value_json": "no, leave it"}}.get(kind, {})
    fields = properties(form)
    if kind == "edit" and "arg_amount" in fields:
        more = {"arg_amount": 7}
    if kind == "respond" and ("must fit this schema" in form.message):
        more = {"value_json": '"no"' if '"enum"' in form.message else "{}"}
    made = fill_in(kind, **more)(form)
    assert isinstance(made, ElicitResult)
    return made


@pytest.mark.parametrize("agent", AGENTS)
async def test_what_a_form_says_of_each_word_is_what_comes_of_it(
    door: Door, person: Person, did: Effects, agent: str
) -> None:
    person.otherwise = decline
    await door.call("start_run", **start(agent))
    offered = words(person.forms[-1])
    assert {*offered} == {*properties(person.forms[-1])["decision"]["enum"]}
    for kind, said in offered.items():
        did.path.write_text("")
        person.otherwise = lambda form, kind=kind: choose(kind, form)
        run = await door.call("start_run", **start(agent))
        assert run["interrupts"] == [], run["next_step"]
        done = did.lines
        certain = [NOT_DONE.search(said) is not None, DONE.search(said) is not None]
        assert sum((*certain, MAY_BE_DONE.search(said) is not None)) == 1, said
        if certain[0]:
            assert done == [], said
        if certain[1]:
            assert done == [f"paid {7 if kind == 'edit' else 5}"], said
        if done and kind in ("reject", "respond"):
            assert MAY_BE_DONE.search(said), said
        if agent in CERTAIN:
            assert any(certain), said
    if "and may do it" in offered.get("respond", ""):
        assert ("to stop it, reject" in offered["respond"]) == bool(NOT_DONE.search(offered.get("reject", "")))


async def test_what_a_tool_asks_after_the_gate_did_is_not_told_as_what_the_gate_asks(
    door: Door, person: Person, did: Effects
) -> None:
    person.otherwise = fill_in("accept")
    person.reactions = {"\n    | Pay?\n": fill_in("respond", value_json="no, leave it")}
    run = await door.call("start_run", agent="gated_and_asking", message="go")
    assert run["status"] == "success"
    forms = [words(form) for form in person.forms]
    assert [bool(NOT_DONE.search(said["respond"])) for said in forms] == [True, False]
    assert did.lines == ["paid 5"]


async def test_a_client_that_decides_is_told_that_an_answer_may_lead_to_the_action(door: Door) -> None:
    (tool,) = [tool for tool in (await door.client.list_tools()).tools if tool.name == "resume_run"]
    described = json.dumps(tool.input_schema)
    assert "may do what it asked about, even on a no" in described
    assert "without doing" not in described
