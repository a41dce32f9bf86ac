"""`interrupt-mcp review`: a person at a real terminal answers in words of their own."""

from pathlib import Path

import pytest

from tests.conftest import Offer, Serve
from tests.effects import Effects
from tests.processes import CHECKOUT
from tests.terminals import editor, reviewing

pytestmark = [pytest.mark.posix, pytest.mark.anyio]
HUMAN = {"INTERRUPT_MCP_APPROVER": "human"}


async def test_a_question_is_answered_and_the_next_pause_is_shown(serve: Serve, tmp_path: Path, offer: Offer) -> None:
    config = offer(steps="steps:two")
    async with serve(config, environ=HUMAN) as door:
        run = await door.call("start_run", agent="steps", input={"said": []})
    with reviewing(tmp_path, "--config", str(config), EDITOR=editor(tmp_path, "'two\\nlines\\n'")) as keys:
        assert "Question 0?" in keys.until("q quit: ")
        keys.type("p")
        keys.until("Answer")
        keys.type("one")
        assert '    | "one"\n' in keys.until("Answer so? [y/N] ")
        keys.type("y")
        keys.until("The run waits again: ")
        assert "Question 1?" in keys.until("q quit: ")
        keys.type("p")
        keys.until("Answer")
        keys.type("")
        assert '"two\\nlines"' in keys.until("Answer so? [y/N] ")
        keys.type("y")
        keys.until("The run is finished.")
        assert keys.ended() == 0
    async with serve(config, environ=HUMAN) as door:
        assert (await door.call("get_run", run_id=run["run_id"], wait_seconds=25))["output"] == {
            "said": ["one", "two\nlines"]
        }


async def test_an_answer_is_shown_as_it_is_handed_on_and_that_it_may_lead_to_the_action_before_it_is_sent(
    serve: Serve, offer: Offer, tmp_path: Path, effects: Effects
) -> None:
    config = offer(bank="heard:tool_text")
    async with serve(config, environ=HUMAN) as door:
        run = await door.call("start_run", agent="bank", message="go")
    with reviewing(tmp_path, "--config", str(config), PYTHONPATH=CHECKOUT, EFFECTS=str(effects.path)) as keys:
        assert "the asking tool goes on with your answer, even a no, and may do it; to stop it, reject" in keys.until(
            "q quit: "
        )
        keys.type("p")
        keys.until("Answer")
        keys.type("no, leave it\u202e")
        shown = keys.until("Answer so? [y/N] ")
        assert "Whoever asks goes on with just this, even if it says no, and may do it:" in shown
        assert '    | "no, leave it\\u{202e}"\n' in shown
        keys.type("")
        keys.until("Nothing was decided.")
        keys.until("q quit: ")
        keys.type("p")
        keys.until("Answer")
        keys.type("0")
        assert "    | 0\n" in keys.until("Answer so? [y/N] ")
        keys.type("y")
        keys.until("The run is finished.")
        assert keys.ended() == 0
    async with serve(config, environ=HUMAN) as door:
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["status"] == "success"
    assert effects.lines == []
