"""What a form says of each word is what happens, whoever asks, in whatever shape."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp_types import ElicitRequestFormParams, ElicitResult

from tests.conftest import Door
from tests.people import heard
from tests.people.person import Person, decline, fill_in, properties
from tests.processes import HttpServer, http_server, over_http

pytestmark = pytest.mark.anyio
TOOLS = tuple(f"tool_{name}" for name in heard.SAYS)
NODES = ("text", "inbox", "batch", "looks_sensitive", "form", "address", "yes_no", "default", "like_middleware")
CERTAIN = ("gated", "sensitive_tool", "sensitive_function", "tool_calling_a_function", "middleware")
AGENTS = (*TOOLS, *(f"node_{name}" for name in NODES), *CERTAIN, "nested", "stopping")
POLICY = "\n".join(
    f"[agents.{agent}.tools.pay]\nsensitive = true\nallow = ['accept', 'edit', 'reject', 'respond']"
    for agent in ("gated", "gated_and_asking")
)
NOT_DONE = re.compile(r"without doing it$|: do not do it;|does not go on;|: end the run here$")
MAY_BE_DONE = re.compile(r"goes on|up to it$")
DONE = re.compile(r"do exactly what|: do it with|: go on from here$")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("promises")
    graphs = {name: f"tests.people.heard:{name}" for name in (*AGENTS, "gated_and_asking")}
    (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    (home / "interrupt-mcp.toml").write_text(POLICY)
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[HttpServer]:
    checkout = str(Path(__file__).parents[2])
    variables = {"PYTHONPATH": checkout, "EFFECTS": str(home / "effects"), "INTERRUPT_MCP_APPROVER": "human"}
    with http_server(home, "--config", str(home / "langgraph.json"), **variables) as running:
        yield running


@pytest.fixture
def effects(home: Path) -> Path:
    file = home / "effects"
    file.write_text("")
    return file


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
async def door(server: HttpServer, person: Person, request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    async with over_http(server.url, request.param, elicitation_callback=person) as opened:
        yield opened


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
    door: Door, person: Person, effects: Path, agent: str
) -> None:
    person.otherwise = decline
    await door.call("start_run", **start(agent))
    offered = words(person.forms[-1])
    assert {*offered} == {*properties(person.forms[-1])["decision"]["enum"]}
    for kind, said in offered.items():
        effects.write_text("")
        person.otherwise = lambda form, kind=kind: choose(kind, form)
        run = await door.call("start_run", **start(agent))
        assert run["interrupts"] == [], run["next_step"]
        done = effects.read_text().splitlines()
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
    door: Door, person: Person, effects: Path
) -> None:
    person.otherwise = fill_in("accept")
    person.reactions = {"\n    | Pay?\n": fill_in("respond", value_json="no, leave it")}
    run = await door.call("start_run", agent="gated_and_asking", message="go")
    assert run["status"] == "success"
    forms = [words(form) for form in person.forms]
    assert [bool(NOT_DONE.search(said["respond"])) for said in forms] == [True, False]
    assert effects.read_text().splitlines() == ["paid 5"]


async def test_a_client_that_decides_is_told_that_an_answer_may_lead_to_the_action(door: Door) -> None:
    (tool,) = [tool for tool in (await door.client.list_tools()).tools if tool.name == "resume_run"]
    described = json.dumps(tool.input_schema)
    assert "may do what it asked about, even on a no" in described
    assert "without doing" not in described
