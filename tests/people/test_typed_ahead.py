"""`interrupt-mcp review` decides with what was typed once the question stood there, and with nothing from before."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.people.conftest import Ledger
from tests.people.terminal import terminal

pytestmark = pytest.mark.anyio
HUMAN = {"INTERRUPT_MCP_APPROVER": "human"}


async def test_a_line_that_was_typed_before_a_question_was_shown_does_not_answer_it(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    async with serve(environ=HUMAN) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz and the Plaza")
    with terminal(tmp_path, INTERRUPT_MCP_HOTEL_LEDGER=str(ledger.file)) as keys:
        assert '"Ritz"' in keys.until("q quit: ")
        keys.press(b"a\na\na\n")
        assert '"Plaza"' in keys.until("q quit: ")
        keys.type("q")
        assert keys.ended() == 0
    async with serve(environ=HUMAN) as door:
        left: dict[str, Any] = await door.call("get_run", run_id=run["run_id"])
    assert [each["requests"][0]["args"] for each in left["interrupts"]] == [{"hotel_name": "Plaza"}]
    assert ledger.bookings == []
