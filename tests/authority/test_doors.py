"""Every door asks the same question: the terminal, a consent to go back, and what the record says of each."""

from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from mcp_types import ElicitResult, InputRequiredResult

from tests.authority.served import HUMAN, SAY, environ, place_of, start, written
from tests.conftest import Serve
from tests.effects import Effects
from tests.people.person import Person
from tests.processes import CHECKOUT, over_stdio
from tests.terminals import reviewing
from tests.threads.past import before

pytestmark = pytest.mark.anyio


async def test_a_consent_does_not_count_on_a_thread_that_went_on_while_the_form_was_open(tmp_path: Path) -> None:
    variables = {**environ(tmp_path, written(tmp_path, "")), **HUMAN}
    person = Person()
    async with (
        over_stdio(tmp_path, "2025-11-25", variables, elicitation_callback=person) as door,
        over_stdio(tmp_path, "2026-07-28", variables) as other,
    ):
        run = await start(door, "yes_or_no")
        await door.call("cancel_run", run_id=run["run_id"])
        place = await place_of(door, run)
        waiting: list[dict[str, Any]] = []

        async def agree_late(_form: Any) -> ElicitResult:
            waiting.append(await start(other, "yes_or_no", thread_id=run["thread_id"]))
            return ElicitResult(action="accept", content={"decision": "accept"})

        person.otherwise = agree_late
        text = await door.error("rewind_thread", **place, values={"answer": 1})
        left = await door.call("get_run", run_id=waiting[0]["run_id"])
    assert text.startswith("superseded: ")
    assert left["status"] == "interrupted"


async def test_a_consent_does_not_count_for_the_same_run_that_waited_and_was_decided(
    serve: Serve, did: Effects, tmp_path: Path
) -> None:
    async with serve(written(tmp_path, ""), environ=HUMAN, elicitation_callback=Person()) as door:
        run = await start(door, "asks_in_tool")
        place = {**await place_of(door, run), **SAY}
        session = door.client.session
        asked = await session.call_tool("rewind_thread", place, allow_input_required=True)
        assert isinstance(asked, InputRequiredResult)
        assert asked.input_requests is not None
        told = asked.input_requests["consent"].params.message  # type: ignore[union-attr]
        done = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
        answers = {"consent": ElicitResult(action="accept", content={"decision": "accept"})}
        result = await session.call_tool(
            "rewind_thread",
            place,
            input_responses=answers,  # type: ignore[arg-type]
            request_state=asked.request_state,
        )
    code = run["interrupts"][0]["code"]
    assert f"The run that waits there for {code} (act) would be cancelled" in told.replace("\n    ↳ ", "")
    assert done["status"] == "success"
    assert result.is_error
    assert result.content[0].text.startswith("superseded: ")  # type: ignore[union-attr]


async def test_the_record_says_who_approves_wherever_a_run_or_a_thread_begins(
    serve: Serve, did: Effects, tmp_path: Path
) -> None:
    config = written(tmp_path, "")
    async with serve(config) as door:
        run = await start(door, "asks_in_tool")
        point = await before(door, run["thread_id"], "tools")
    async with serve(config, elicitation_callback=Person()) as door:
        await door.call("fork_thread", thread_id=run["thread_id"], checkpoint_id=point)
        await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=point)
        entries = await door.record()
    said = [(each["event"], each["detail"]["approver"]) for each in entries if "approver" in each["detail"]]
    assert said == [("started", "client"), ("copied", "human"), ("rewound", "human")]


async def test_nothing_is_known_of_a_thread_that_there_is_not_so_a_person_approves_on_it(
    serve: Serve, tmp_path: Path
) -> None:
    async with serve(written(tmp_path, "")) as door:
        assert door.app is not None
        runs = await door.app.runs()
        assert await runs.approver("nobody's", "yes_or_no") == "human"


@pytest.mark.posix
async def test_at_a_high_risk_the_terminal_wants_the_code_for_every_answer_that_may_lead_to_the_action(
    serve: Serve, did: Effects, tmp_path: Path
) -> None:
    config = written(tmp_path, '[policy]\nrisk = "high"\n')
    async with serve(config, environ=HUMAN) as door:
        code = (await start(door, "yes_or_no"))["interrupts"][0]["code"]
    variables = {"PYTHONPATH": CHECKOUT, "EFFECTS": str(did.path)}

    def at_the_keys() -> None:
        with reviewing(tmp_path, code, "--config", str(config), **variables) as keys:
            for first, prompt, words in (("p", "Answer, text or JSON", "true"), ("r", "Reason", "")):
                keys.until("q quit: ")
                keys.type(first)
                keys.until(prompt)
                keys.type(words)
                if first == "p":
                    keys.until("Answer so?")
                    keys.type("y")
                keys.until(f"type {code} to go on: ")
                keys.type("yes")
                keys.until("Nothing was decided.")
            keys.until("q quit: ")
            keys.type("p")
            keys.until("Answer, text or JSON")
            keys.type("true")
            keys.until("Answer so?")
            keys.type("y")
            keys.until(f"type {code} to go on: ")
            keys.type(code)
            keys.until("The run is finished.")
            assert keys.ended() == 0

    await anyio.to_thread.run_sync(at_the_keys)
    assert did.lines == ["done"]
