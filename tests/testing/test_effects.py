"""Whether anybody had been asked is known of every way to ask: by a middleware, by the tool itself, by policy."""

from pathlib import Path

import pytest

import interrupt_mcp_agents
from interrupt_mcp.testing import Agents

BUNDLED = Path(interrupt_mcp_agents.__file__).with_name("langgraph.json")


@pytest.mark.sqlite
def test_what_a_middleware_asked_about_and_what_a_tool_did_are_told_from_what_nobody_was_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    with Agents(BUNDLED, database=tmp_path / "state.db") as agents:
        run = agents.start("desk", "Refund 20 of order 1001 because it came late, and message ada@example.com: Sorry!")
        while run.interrupted:
            run = agents.accept(run.requests[0])
        agents.start("desk", "Show order 1001")
    assert [(effect.action, effect.asked) for effect in agents.effects] == [
        ("refund_order", True),
        ("send_message", True),
        ("get_order", False),
    ]
    assert [effect.action for effect in agents.unasked] == ["get_order"]
