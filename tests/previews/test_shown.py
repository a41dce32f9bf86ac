"""How people see a preview: in a form, and at a terminal, where an edit has one of its own."""

from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from interrupt_mcp.forms.preview import HEAD
from interrupt_mcp.model.previews import PreviewText
from tests.conftest import Offer, Serve
from tests.effects import Effects
from tests.people.person import Person
from tests.previews.conftest import Telling, asked
from tests.processes import CHECKOUT
from tests.terminals import editor, reviewing

pytestmark = pytest.mark.anyio


async def form_of(serve: Serve, config: Path) -> str:
    """The text of the form that a person is shown."""
    person = Person()
    async with serve(config, environ={"INTERRUPT_MCP_APPROVER": "human"}, elicitation_callback=person) as door:
        await asked(door)
    (text,) = person.texts
    return text


async def test_a_form_shows_it_behind_the_bar_as_the_operators(serve: Serve, telling: Telling) -> None:
    text = await form_of(serve, telling("pays", "words"))
    assert f"{HEAD}\n\n    | told of [('amount', 5.0), ('to', 'ann')]\n" in text
    assert text.index("With exactly these arguments") < text.index(HEAD)


async def test_a_form_shows_before_and_after_as_what_differs(serve: Serve, telling: Telling) -> None:
    text = await form_of(serve, telling("pays", "balance"))
    shown = ["account of ann:", "  {", '-   "balance": 100.0', '+   "balance": 105.0', "  }"]
    assert "\n".join(f"    | {line}" for line in shown) in text


async def test_a_form_shows_a_table_in_columns(serve: Serve, telling: Telling) -> None:
    text = await form_of(serve, telling("pays", "accounts"))
    shown = ["account  change  note", "ann      5.0", "ours     -5.0    fee\\u{a}free"]
    assert "\n".join(f"    | {line}" for line in shown) in text


async def test_a_form_says_that_a_preview_failed(serve: Serve, telling: Telling) -> None:
    text = await form_of(serve, telling("pays", "raises"))
    assert "    | The preview failed: ValueError: no such account, token=***" in text


async def test_a_preview_cannot_pass_for_the_form(serve: Serve, telling: Telling) -> None:
    text = await form_of(serve, telling("pays", "sly"))
    assert "\u202e" not in text
    assert "    | pays ann\\u{202e} yltsenoh\n    | What to do:\n    | - accept: nothing happens\n" in text


async def test_what_is_too_long_for_a_form_is_said_to_be_elsewhere_and_keeps_nobody_from_deciding(
    serve: Serve, telling: Telling
) -> None:
    text = await form_of(serve, telling("pays", "huge"))
    assert "too long for a form. The page of the inbox shows it, and `interrupt-mcp review` in a terminal." in text
    assert "- accept:" in text


@pytest.mark.parametrize(
    ("graph", "args", "shown"),
    [
        ("sends", {"to": "eve", "body": "bye"}, "Dear eve: bye"),
        ("digs", {"depth": 9}, "a hole of 9 metres"),
        ("asks_else", {"to": "eve"}, None),
    ],
)
async def test_a_process_that_never_ran_the_agent_previews_an_edit_of_its_tools_and_functions(
    serve: Serve, offer: Offer, effects: Effects, graph: str, args: dict[str, Any], shown: str | None
) -> None:
    config = offer(desk=f"paying:{graph}")
    async with serve(config) as door:
        run, _ = await asked(door)
    async with serve(config) as door:
        assert door.app is not None
        told = await (await door.app.runs()).previewed(run["interrupts"][0]["code"], 0, args)
    assert told == (None if shown is None else PreviewText(shown))


@pytest.mark.posix
async def test_at_a_terminal_an_edit_has_a_preview_of_its_own_which_the_record_keeps(
    serve: Serve, telling: Telling, tmp_path: Path, effects: Effects
) -> None:
    config = telling("batch", "words")
    human = {"INTERRUPT_MCP_APPROVER": "human"}
    async with serve(config, environ=human) as door:
        await asked(door)
    change = editor(tmp_path, "text.replace('\"ann\"', '\"eve\"')")
    world = {"INTERRUPT_MCP_CONFIG": str(config), "PYTHONPATH": CHECKOUT, "EFFECTS": str(effects.path)}

    def at_the_terminal() -> None:
        with reviewing(tmp_path, EDITOR=change, **world) as keys:
            assert "    | told of [('amount', 5.0), ('to', 'ann')]" in keys.until("q quit: ")
            keys.type("e")
            assert "    | told of [('amount', 5.0), ('to', 'eve')]" in keys.until("Decide so? [y/N] ")
            keys.type("y")
            assert "    | told of [('amount', 7.0), ('to', 'bob')]" in keys.until("q quit: ")
            keys.type("a")
            keys.until("Nothing else waits for a decision.")

    await anyio.to_thread.run_sync(at_the_terminal)
    async with serve(config, environ=human) as door:
        edited, accepted = (entry["detail"] for entry in await door.record() if entry["event"] == "decided")
    assert (edited["preview"]["text"], edited["preview_of"]) == ("told of [('amount', 5.0), ('to', 'eve')]", "edited")
    assert accepted["preview_of"] == "asked"
    assert sorted(line.partition(".")[0] for line in effects) == ["pay bob 7", "pay eve 5"]
