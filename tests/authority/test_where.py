"""What is said of where something can be decided is where it can be, whatever channels policy leaves."""

import pytest

from tests.authority.operated import NO_CHANNEL, Project
from tests.authority.served import refused, start
from tests.people.person import Person

pytestmark = pytest.mark.anyio
REVIEW = "interrupt-mcp review"


def through(*channels: str) -> str:
    return f"[agents.asks_in_tool.tools.act]\nchannels = [{', '.join(map(repr, channels))}]\n"


async def test_a_client_is_not_sent_to_a_terminal_where_policy_lets_only_forms_decide(operated: Project) -> None:
    operated.say(through("elicitation"))
    async with operated.here() as door:
        run = await start(door, "asks_in_tool")
        text = await refused(door, run)
    assert text.startswith("needs_human: ")
    for said in (run["next_step"], run["interrupts"][0]["where_to_decide"], text):
        assert REVIEW not in said
        assert "form" in said


async def test_a_client_that_shows_forms_is_not_told_to_ask_where_policy_lets_only_the_terminal_decide(
    operated: Project,
) -> None:
    operated.say(through("terminal"))
    async with operated.here(elicitation_callback=Person()) as door:
        run = await start(door, "asks_in_tool")
        text = await refused(door, run)
    assert text.startswith("needs_human: ")
    for said in (run["next_step"], run["interrupts"][0]["where_to_decide"], text):
        assert REVIEW in said
        assert "asks" not in said


async def test_where_policy_leaves_no_channel_nobody_is_sent_anywhere(operated: Project) -> None:
    operated.say(NO_CHANNEL)
    async with operated.here() as door:
        run = await start(door, "wiper")
        text = await refused(door, run)
    assert text.startswith("needs_human: ")
    for said in (run["next_step"], text):
        assert REVIEW not in said
        assert "no channel" in said
