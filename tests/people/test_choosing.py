"""A tool that offers something to choose from waits for an answer, and goes on with just what was picked."""

import json
from pathlib import Path

import pytest

from tests.conftest import Door, Offer, Serve
from tests.effects import Effects
from tests.people.person import Person, decline, fill_in, properties, send
from tests.processes import CHECKOUT
from tests.terminals import reviewing

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def home(home: Path) -> Path:
    graphs = {name: f"tests.people.agents.picking:{name}" for name in ("slots", "hostile")}
    (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    return home


@pytest.mark.parametrize(
    ("filled_in", "got"),
    [
        ({"choice": "9:00"}, "'9:00'"),
        ({"choice": '"10"'}, "'10'"),
        ({"value_json": "10"}, "'10'"),
        ({"choice": "11"}, "11"),
        ({"value_json": "at noon"}, "'at noon'"),
    ],
)
async def test_what_is_picked_in_a_form_is_what_the_tool_gets(
    door: Door, person: Person, did: Effects, filled_in: dict[str, str], got: str
) -> None:
    person.otherwise = fill_in("respond", **filled_in)
    run = await door.call("start_run", agent="slots", message="go")
    assert run["status"] == "success"
    assert did.lines == [f"Monday {got}"]
    (form,) = person.forms
    assert properties(form)["decision"]["enum"] == ["reject", "respond"]
    assert properties(form)["choice"]["enum"] == ["9:00", '"10"', "11"]


async def test_nothing_but_an_answer_lets_the_tool_go_on(door: Door, person: Person, did: Effects) -> None:
    for otherwise in (decline, send({"decision": "accept"}), send({"decision": "respond", "choice": "12:00"})):
        person.otherwise = otherwise
        run = await door.call("start_run", agent="slots", message="go")
        assert run["status"] == "interrupted"
        assert run["interrupts"][0]["dialect"] == "freeform"
    person.otherwise = fill_in("reject", message="no visit")
    run = await door.call("resume_run", run_id=run["run_id"])
    assert "error: book was not run: no visit" in run["answer"]
    assert did.lines == []


async def test_what_a_hostile_agent_offers_is_bounded_and_cannot_pass_for_the_forms_own(
    door: Door, person: Person, did: Effects
) -> None:
    person.otherwise = fill_in("respond", choice=r'"\u202eevil"')
    run = await door.call("start_run", agent="hostile", message="go")
    assert run["status"] == "success"
    assert did.lines == [f"Monday {chr(0x202E) + 'evil'!r}"]
    (form,) = person.forms
    offered = properties(form)["choice"]["enum"]
    assert len(offered) == 50
    assert all(len(text) <= 100 and "\n" not in text and "\u202e" not in text for text in offered)
    lines = form.message.splitlines()
    assert [line for line in lines if line.startswith("Interrupt ")] == lines[:1]


async def test_a_client_that_decides_is_told_which_words_there_are(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("picking:slots"), mode=era) as door:
        run = await door.call("start_run", agent="slots", message="go")
        (asked,) = run["interrupts"]
        assert (asked["dialect"], asked["requests"][0]["allowed"]) == ("freeform", ["reject", "respond"])
        said = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        assert said.startswith("not_allowed: ")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "respond", "value": 11}])
    assert run["status"] == "success"
    assert effects.lines == ["Monday 11"]


@pytest.mark.posix
async def test_at_a_terminal_what_is_offered_is_listed_and_typed_as_it_reads(
    serve: Serve, offer: Offer, tmp_path: Path, effects: Effects
) -> None:
    config = offer("picking:slots")
    async with serve(config, environ={"INTERRUPT_MCP_APPROVER": "human"}) as door:
        await door.call("start_run", agent="slots", message="go")
    with reviewing(tmp_path, "--config", str(config), PYTHONPATH=CHECKOUT, EFFECTS=str(effects.path)) as keys:
        shown = keys.until("q quit: ")
        assert 'any other can be given too:\n\n    | 9:00\n    | "10"\n    | 11\n' in shown
        assert "a accept" not in shown
        keys.type("p")
        keys.until("Answer")
        keys.type("10")
        assert '    | "10"\n' in keys.until("Answer so? [y/N] ")
        keys.type("y")
        keys.until("The run is finished.")
        assert keys.ended() == 0
    assert effects.lines == ["Monday '10'"]
