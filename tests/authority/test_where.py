"""What is said of where something can be decided is where it can be, whatever channels policy leaves."""

import pytest

from tests.authority.conftest import start
from tests.authority.test_the_strictest import ACCEPT, Project, operated
from tests.people.person import Person

__all__ = ["operated"]
pytestmark = pytest.mark.anyio
REVIEW = "interrupt-mcp review"


def through(*channels: str) -> str:
    return f"[agents.asks_in_tool.tools.act]\nchannels = [{', '.join(map(repr, channels))}]\n"


async def test_a_client_is_not_sent_to_a_terminal_where_policy_lets_only_forms_decide(operated: Project) -> None:
    operated.say(through("elicitation"))
    async with operated.door() as door:
        run = await start(door, "asks_in_tool")
        refused = await door.error("resume_run", run_id=run["run_id"], decisions=ACCEPT)
    assert refused.startswith("needs_human: ")
    for said in (run["next_step"], run["interrupts"][0]["where_to_decide"], refused):
        assert REVIEW not in said
        assert "form" in said


async def test_a_client_that_shows_forms_is_not_told_to_ask_where_policy_lets_only_the_terminal_decide(
    operated: Project,
) -> None:
    operated.say(through("terminal"))
    async with operated.door(elicitation_callback=Person()) as door:
        run = await start(door, "asks_in_tool")
        refused = await door.error("resume_run", run_id=run["run_id"], decisions=ACCEPT)
    assert refused.startswith("needs_human: ")
    for said in (run["next_step"], run["interrupts"][0]["where_to_decide"], refused):
        assert REVIEW in said
        assert "asks" not in said


async def test_where_policy_leaves_no_channel_nobody_is_sent_anywhere(operated: Project) -> None:
    operated.say(
        '[agents.wiper.tools.wipe]\nchannels = ["terminal"]\n'
        '[agents.wiper.tools."Wipe a disk"]\nchannels = ["client"]\n'
    )
    async with operated.door() as door:
        run = await start(door, "wiper")
        refused = await door.error("resume_run", run_id=run["run_id"], decisions=ACCEPT)
    assert refused.startswith("needs_human: ")
    for said in (run["next_step"], refused):
        assert REVIEW not in said
        assert "no channel" in said
