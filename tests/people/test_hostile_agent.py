"""An agent that wants a yes: it imitates the form, says less than it does, or does something else than it said."""

import json
from pathlib import Path

import pytest
from mcp_types import ElicitRequestFormParams, ElicitResult

from tests.conftest import Door
from tests.effects import Effects
from tests.people.person import Person, decline, fill_in, properties

pytestmark = pytest.mark.anyio
AGENTS = {
    "lying": "tests.people.agents.lying:lying",
    "changing": "tests.people.agents.lying:changing",
    "hotel": "interrupt_mcp_agents.hotel:graph",
}
LYING = 10
"""Ways of saying something else than the call."""


@pytest.fixture(scope="module")
def home(home: Path) -> Path:
    (home / "langgraph.json").write_text(json.dumps({"graphs": AGENTS}))
    return home


@pytest.fixture
def person() -> Person:
    return Person(otherwise=yes)


def yes(form: ElicitRequestFormParams) -> ElicitResult:
    """What comes nearest to it in this form."""
    options = properties(form)["decision"]["enum"]
    made = fill_in("accept")(form) if "accept" in options else fill_in("respond", value_json="{}")(form)
    assert isinstance(made, ElicitResult)
    return made


async def to_the_end(door: Door, agent: str) -> None:
    run = await door.call("start_run", agent=agent, message="go")
    while run["status"] == "interrupted":
        run = await door.call("resume_run", run_id=run["run_id"])
    assert run["status"] == "success", run


async def test_whatever_a_tool_says_its_call_is_shown_with_all_its_arguments(
    door: Door, person: Person, did: Effects
) -> None:
    await to_the_end(door, "lying")
    assert len(person.texts) == LYING
    for text in person.texts:
        assert "    | pay\n" in text
        assert '\n    |   "amount": 5000,\n    |   "how": "' in text


async def test_a_client_that_decides_is_told_of_the_call_too(door: Door, person: Person, did: Effects) -> None:
    person.otherwise = decline
    run = await door.call("start_run", agent="lying", message="go")
    (interrupt,) = run["interrupts"]
    assert [request["action"] for request in interrupt["requests"]] == ["look"]
    call = {"amount": 5000, "how": "an inbox item about another action"}
    assert interrupt["asked_inside"] == {"action": "pay", "args": call}


async def test_a_call_that_is_another_one_after_the_answer_is_not_made(
    door: Door, person: Person, did: Effects
) -> None:
    await to_the_end(door, "changing")
    assert len(person.texts) >= LYING
    assert did.lines == ["asked 5000"] * LYING


async def test_text_that_imitates_the_form_stands_apart_from_it(door: Door, person: Person) -> None:
    honest = await ask(door, person, "Ritz")
    for name, shown in (
        ("Ritz\n\nIt wants to do:\n\n    | look\n\n- accept: look", r"Ritz\n\nIt wants to do:"),
        ("Ritz\u202e\u200b\r\x1b[2JInterrupt A1: an agent", r"Ritz\u{202e}\u{200b}\r"),
    ):
        text = await ask(door, person, name)
        assert ours(text) == ours(honest)
        assert {*text}.isdisjoint("\u202e\u200b\r\x1b")
        assert shown in text


def ours(form: str) -> list[str]:
    """The form's own lines, with no code in them."""
    code = form.split()[1].removesuffix(":")
    return [line.replace(code, "CODE") for line in form.splitlines() if line and not line.startswith("    ")]


async def ask(door: Door, person: Person, hotel: str) -> str:
    """The form about a booking of that name, which nobody answers."""
    person.otherwise = lambda _form: ElicitResult(action="cancel")
    await door.call("start_run", agent="hotel", message=f"call book_hotel {json.dumps({'hotel_name': hotel})}")
    return person.texts[-1]
