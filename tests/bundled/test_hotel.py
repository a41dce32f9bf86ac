"""The hotel, whose tool asks by itself and knows accept and edit only."""

from pathlib import Path

import pytest
from langgraph.prebuilt import create_react_agent

from interrupt_mcp_agents import hotel

ACCEPT = {"type": "accept"}


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ledger.txt"
    path.touch()
    monkeypatch.setenv("INTERRUPT_MCP_HOTEL_LEDGER", str(path))
    return path


def test_an_accepted_booking_is_made_once_and_told(thread_of, ledger):
    thread = thread_of(hotel.graph)

    (asked,) = thread.start("Book a stay at the McKittrick hotel")
    before = ledger.read_text()
    thread.answer(ACCEPT)

    assert asked.value == (
        "Trying to call `book_hotel` with args {'hotel_name': McKittrick hotel}. Please approve or suggest edits."
    )
    assert before == ""
    assert ledger.read_text() == "McKittrick hotel\n"
    assert thread.said == "(offline model) book_hotel: Successfully booked a stay at McKittrick hotel."


def test_an_edited_booking_is_made_as_edited(thread_of, ledger):
    thread = thread_of(hotel.graph)

    thread.start("Book the Ritz")
    thread.answer({"type": "edit", "args": {"hotel_name": "The Plaza"}})

    assert ledger.read_text() == "The Plaza\n"
    assert "Successfully booked a stay at The Plaza." in thread.said


def test_an_answer_that_the_tool_does_not_know_books_nothing(thread_of, ledger):
    thread = thread_of(hotel.graph)
    thread.start("Book the Ritz")

    with pytest.raises(ValueError, match="Unknown response type: reject"):
        thread.answer({"type": "reject"})

    assert ledger.read_text() == ""


def test_several_bookings_are_asked_about_at_once_and_answered_each_by_its_id(thread_of, ledger):
    thread = thread_of(hotel.graph)

    ritz, plaza, savoy = thread.start("Book the Ritz, the Plaza and the Savoy")
    thread.answer_by_id({savoy.id: ACCEPT})
    booked_first = ledger.read_text()
    thread.answer_by_id({plaza.id: {"type": "edit", "args": {"hotel_name": "Chelsea"}}, ritz.id: ACCEPT})

    assert booked_first == "Savoy\n"
    assert sorted(ledger.read_text().split()) == ["Chelsea", "Ritz", "Savoy"]
    assert thread.interrupts == ()


def test_a_search_asks_nobody(thread_of):
    thread = thread_of(hotel.graph)

    assert thread.start("Find hotels in Paris and Atlantis") == ()
    assert "Hotels in Paris: Ritz Paris, Hôtel de Crillon, Le Meurice." in thread.said
    assert "No hotel is known in Atlantis." in thread.said


def test_without_a_ledger_a_booking_leaves_no_file(thread_of, tmp_path, monkeypatch):
    monkeypatch.delenv("INTERRUPT_MCP_HOTEL_LEDGER", raising=False)
    monkeypatch.chdir(tmp_path)
    thread = thread_of(hotel.graph)

    thread.start("Book the Ritz")
    thread.answer(ACCEPT)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:create_react_agent has been moved")
def test_the_same_agent_can_be_built_with_langgraphs_own_react_agent(thread_of, ledger):
    thread = thread_of(hotel.build(create_react_agent))

    thread.start("Book the Ritz and the Plaza")
    thread.answer(ACCEPT, ACCEPT)

    assert sorted(ledger.read_text().split()) == ["Plaza", "Ritz"]
