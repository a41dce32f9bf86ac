"""What the agent may do unasked, and what it asks about. The fixture `agents` comes with interrupt-mcp."""

from pathlib import Path

import pytest
from interrupt_mcp.testing import Agents


@pytest.fixture(autouse=True)
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, so that no test writes real letters."""
    monkeypatch.setenv("OUTBOX", str(tmp_path / "outbox"))
    # Tests say what a model says, so they run the same everywhere.
    monkeypatch.setenv("INTERRUPT_MCP_MODEL", "offline")
    return tmp_path / "outbox"


def test_it_asks_before_it_writes(agents: Agents, outbox: Path) -> None:
    run = agents.start("letters", "Write to Ada: Tea at five?")
    assert run.asked.action == "write_letter"
    assert run.asked.args == {"to": "Ada", "text": "Tea at five?"}
    assert not outbox.exists()

    run = agents.edit(run, text="Tea at six?")
    assert run.status == "success"
    assert (outbox / "ada.txt").read_text(encoding="utf-8") == "Tea at six?\n"


def test_what_is_rejected_is_not_written(agents: Agents, outbox: Path) -> None:
    run = agents.start("letters", "Write to Alan: Solve this.")
    agents.reject(run, "Not today.")
    assert agents.effects == []
    assert not outbox.exists()


def test_only_looking_up_is_done_unasked(agents: Agents) -> None:
    agents.accept(agents.start("letters", "Who is Ada, and write to Ada: Tea at five?"))
    assert {effect.action for effect in agents.effects} == {"look_up", "write_letter"}
    assert {effect.action for effect in agents.unasked} == {"look_up"}
