"""A form that is open when the operator shuts its door: what comes back of it counts no more."""

from pathlib import Path
from typing import Any

import pytest
from mcp_types import ElicitResult, InputRequiredResult

from tests.authority.served import HUMAN, SAY, environ, place_of, start, written
from tests.conftest import Serve
from tests.effects import Effects
from tests.people.person import Person
from tests.processes import over_stdio

pytestmark = pytest.mark.anyio
YES = {"decision": "accept"}


async def test_a_consent_does_not_count_once_policy_takes_forms_away(tmp_path: Path, version: str) -> None:
    config = written(tmp_path, "")
    variables = {**environ(tmp_path, config), **HUMAN}
    person = Person()
    async with over_stdio(tmp_path, version, variables, elicitation_callback=person) as door:
        run = await start(door, "asks_in_tool")
        await door.call("cancel_run", run_id=run["run_id"])
        place = await place_of(door, run)
        runs = len((await door.call("list_runs"))["runs"])

        def agree_late(_form: Any) -> ElicitResult:
            written(tmp_path, '[policy]\nchannels = ["terminal"]\n')
            return ElicitResult(action="accept", content=YES)

        person.otherwise = agree_late
        text = await door.error("rewind_thread", **place, **SAY)
        assert len((await door.call("list_runs"))["runs"]) == runs
    assert text.startswith("needs_human: ")
    assert len(person.forms) == 2


async def test_a_form_is_not_taken_where_the_operator_has_turned_forms_off(
    serve: Serve, tmp_path: Path, did: Effects
) -> None:
    config = written(tmp_path, "")
    start_it: dict[str, Any] = {"agent": "asks_in_tool", "message": "go"}
    async with serve(config, environ=HUMAN, elicitation_callback=Person()) as door:
        asked = await door.client.session.call_tool("start_run", start_it, allow_input_required=True)
        assert isinstance(asked, InputRequiredResult)
        assert asked.input_requests is not None
    answers: Any = {key: ElicitResult(action="accept", content=YES) for key in asked.input_requests}
    off = {**HUMAN, "INTERRUPT_MCP_ELICITATION": "off"}
    async with serve(config, environ=off, elicitation_callback=Person()) as door:
        result = await door.client.session.call_tool(
            "start_run", start_it, input_responses=answers, request_state=asked.request_state
        )
        assert result.structured_content is not None
        (run,) = (await door.call("list_runs"))["runs"]
    assert result.structured_content["status"] == run["status"] == "interrupted"
    assert "Nothing was decided." in result.structured_content["next_step"]
    assert did.lines == []


async def test_an_accept_that_is_sent_again_with_its_digest_does_not_run_again_what_may_have_been_done(
    serve: Serve, tmp_path: Path, did: Effects
) -> None:
    async with serve(written(tmp_path, ""), environ={"INTERRUPT_MCP_APPROVER": "client"}) as door:
        run = await start(door, "in_doubt")
        accept = {"type": "accept", "digest": run["interrupts"][0]["digest"]}
        asked = await door.call("resume_run", run_id=run["run_id"], decisions=[accept])
        text = await door.error("resume_run", run_id=run["run_id"], decisions=[accept])
    assert asked["interrupts"][0]["status"] == "unknown_outcome"
    assert text.startswith("stale_digest: ")
    assert did.lines == ["done"]
