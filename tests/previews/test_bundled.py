"""The previews of the bundled agents, as whoever decides is shown them."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.people.person import Person, fill_in

pytestmark = pytest.mark.anyio


async def forms_of(serve: Serve, **start: Any) -> list[str]:
    """The texts of the forms that a person is shown, who accepts all."""
    person = Person(otherwise=fill_in("accept"))
    async with serve(environ={"INTERRUPT_MCP_APPROVER": "human"}, elicitation_callback=person) as door:
        assert (await door.call("start_run", **start))["status"] == "success"
    return person.texts


def quoted(*lines: str) -> str:
    return "\n".join(f"    | {line}" for line in lines)


async def test_the_desk_shows_what_a_refund_changes_and_how_a_message_will_look(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    refund, message = await forms_of(
        serve, agent="desk", message="Refund 20 of order 1001 because it came late, and message ada@example.com: Sorry!"
    )
    assert quoted("Order 1001, Noise-cancelling headphones, of Ada Lovelace:") in refund
    assert quoted('-   "refunded": "0.00",', '-   "left": "149.00"', '+   "refunded": "20.00",') in refund
    assert '    | +   "left": "129.00",\n' in refund
    assert quoted("To: ada@example.com (Ada Lovelace)", "", "Sorry!") in message


async def test_the_desk_tells_that_a_refund_would_be_refused(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    (refund,) = await forms_of(serve, agent="desk", message="Refund 200 of order 1001")
    assert "The preview failed: ToolException: Order 1001 has 149.00 left to refund" in refund


async def test_notes_show_what_of_a_file_changes_and_write_it_as_it_was_shown(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTES_FOLDER", str(tmp_path / "notes"))
    note = tmp_path / "notes" / "shopping.txt"
    (new,) = await forms_of(serve, agent="notes", message="Write note shopping: milk")
    assert quoted("shopping.txt:", "+ milk") in new
    assert note.read_text() == "milk"
    note.write_text("\n".join(map(str, range(20))))
    changed = "\n".join(map(str, [*range(10), "bread", *range(11, 20)]))
    (change,) = await forms_of(serve, agent="notes", message=f"Write note shopping: {changed}")
    assert quoted("shopping.txt:", "  7", "  8", "  9", "- 10", "+ bread", "  11", "  12", "  13") in change
    assert "  14" not in change.partition("What would change")[2].partition("own words")[0]
    assert note.read_text() == changed


async def test_the_notes_agent_names_no_file_elsewhere(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTES_FOLDER", str(tmp_path / "notes"))
    (form,) = await forms_of(serve, agent="notes", message='call write_note {"name": "../out", "text": "x"}')
    assert "The preview failed: ToolException: '../out' is no name of a note" in form
    assert not (tmp_path / "out.txt").exists()
