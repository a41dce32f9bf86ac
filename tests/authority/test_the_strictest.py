"""Who may decide is the strictest of the thread, of policy as it stands, and of who begins the run."""

from typing import Any

import pytest

from tests.authority.operated import NO_CHANNEL, Project
from tests.authority.served import ACCEPT, refused, start
from tests.people.person import Person, fill_in
from tests.threads.past import before, checkpoints

pytestmark = pytest.mark.anyio
HUMAN = '[policy]\napprover = "human"\n'


async def test_a_thread_begun_under_client_is_a_persons_once_the_operator_says_so(operated: Project) -> None:
    async with operated.door() as running:
        waiting = await start(running, "asks_in_tool")
        other = await start(running, "asks_in_tool")
        operated.say(HUMAN)
        here = await refused(running, waiting)
        async with operated.door() as door:
            there = await refused(door, waiting)
            shown = await door.call("get_run", run_id=waiting["run_id"])
        point = await before(running, other["thread_id"], "model")
        back = await running.call("rewind_thread", thread_id=other["thread_id"], checkpoint_id=point)
        gone_back = await refused(running, back)
        (end, *_) = await checkpoints(running, other["thread_id"])
        place = {"thread_id": other["thread_id"], "checkpoint_id": end["checkpoint_id"]}
        edited = await running.error("rewind_thread", **place, values={"messages": []})
    assert {text.partition(":")[0] for text in (here, there, gone_back, edited)} == {"needs_human"}
    assert "interrupt-mcp review" in shown["next_step"]
    assert "interrupt-mcp review" in shown["interrupts"][0]["where_to_decide"]
    assert operated.effects.lines == []


async def test_a_client_that_shows_forms_asks_on_such_a_thread(operated: Project) -> None:
    async with operated.here() as door:
        waiting = await start(door, "asks_in_tool")
    operated.say(HUMAN)
    person = Person(otherwise=fill_in("accept"))
    async with operated.here(elicitation_callback=person) as door:
        done = await door.call("resume_run", run_id=waiting["run_id"], decisions=ACCEPT)
    assert done["status"] == "success"
    assert "The client proposes" in person.texts[0]
    assert operated.effects.lines == ["done"]


@pytest.mark.parametrize(
    ("policy", "decision", "code"),
    [
        ('channels = ["terminal"]', {"type": "accept"}, "needs_human"),
        ('approver = "human"', {"type": "accept"}, "needs_human"),
        ('risk = "high"', {"type": "accept"}, "invalid_decision"),
        ('risk = "high"', {"type": "respond", "value": {"type": "accept"}}, "invalid_decision"),
        ('allow = ["reject"]', {"type": "accept"}, "not_allowed"),
    ],
)
async def test_policy_that_got_stricter_holds_for_what_waits_already(
    operated: Project, policy: str, decision: dict[str, Any], code: str
) -> None:
    async with operated.here() as door:
        run = await start(door, "asks_in_tool")
        operated.say(f"[agents.asks_in_tool.tools.act]\n{policy}\n")
        text = await refused(door, run, decision)
        done = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    assert text.startswith(f"{code}: ")
    assert done["status"] == "success"
    assert operated.effects.lines == []


async def test_a_call_that_becomes_sensitive_is_asked_about_in_a_process_that_runs_already(operated: Project) -> None:
    async with operated.door() as door:
        free = await door.call("start_run", agent="by_policy", message="go")
        operated.say("[agents.by_policy.tools.plain]\nsensitive = true\n")
        await start(door, "by_policy")
    assert free["status"] == "success"
    assert operated.effects.lines == ["done"]


@pytest.mark.parametrize("becomes", ["", "[policy]\napprover = 'client'\n", "sensitive = [", None])
async def test_policy_that_got_looser_or_is_gone_or_broken_does_not_hold_in_a_process_that_runs(
    operated: Project, becomes: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    operated.say('[policy]\napprover = "human"\n[agents.by_policy.tools.plain]\nsensitive = true\n')
    async with operated.here() as door:
        first = await start(door, "by_policy")
        operated.remove() if becomes is None else operated.say(becomes)
        for run in (first, await start(door, "by_policy")):
            assert (await refused(door, run)).startswith("needs_human: ")
    assert operated.effects.lines == []
    told = [line for line in caplog.messages if "stays in force" in line]
    assert len(told) == (1 if becomes and "[" in becomes and "policy" not in becomes else 0)


async def test_what_is_stricter_comes_on_top_of_what_was_before(operated: Project) -> None:
    operated.say('[agents.asks_in_tool.tools.act]\nallow = ["accept", "reject"]\n')
    async with operated.here() as door:
        operated.say('[agents.asks_in_tool.tools.act]\nallow = ["reject", "edit"]\n')
        run = await start(door, "asks_in_tool")
    assert run["interrupts"][0]["requests"][0]["allowed"] == ["reject"]


async def test_whoever_goes_back_or_copies_makes_the_thread_stricter_and_never_weaker(operated: Project) -> None:
    async with operated.here() as plain, operated.here(elicitation_callback=Person()) as asking:
        run = await start(plain, "asks_in_tool")
        thread_id = run["thread_id"]
        copy = await asking.call("fork_thread", thread_id=thread_id)
        other = await plain.call("fork_thread", thread_id=thread_id)
        for each, human in ((copy, True), (other, False)):
            point = await before(plain, each["thread_id"], "tools")
            back = await plain.call("rewind_thread", thread_id=each["thread_id"], checkpoint_id=point)
            result = await plain.client.call_tool("resume_run", {"run_id": back["run_id"], "decisions": ACCEPT})
            assert result.is_error is human
        point = await before(plain, thread_id, "tools")
        back = await asking.call("rewind_thread", thread_id=thread_id, checkpoint_id=point)
        assert (await refused(plain, back)).startswith("needs_human: ")
        again = await plain.call("rewind_thread", thread_id=thread_id, checkpoint_id=point)
        assert (await refused(plain, again)).startswith("needs_human: ")
    assert operated.effects.lines == ["done"]


@pytest.mark.parametrize(
    ("policy", "decision", "code"),
    [
        ('approver = "human"', {"type": "accept"}, "needs_human"),
        ('channels = ["terminal"]', {"type": "respond", "value": "accept"}, "needs_human"),
        ('risk = "high"', {"type": "accept"}, "invalid_decision"),
        ('allow = ["reject"]', {"type": "accept"}, "not_allowed"),
    ],
)
@pytest.mark.parametrize("name", ["wipe", '"Wipe a disk"'])
async def test_a_tool_that_asks_under_another_name_escapes_no_rule(
    operated: Project, name: str, policy: str, decision: dict[str, Any], code: str
) -> None:
    operated.say(f"[agents.wiper.tools.{name}]\n{policy}\n")
    async with operated.here() as door:
        run = await start(door, "wiper")
        text = await refused(door, run, decision)
    assert run["interrupts"][0]["requests"][0]["action"] == "Wipe a disk"
    assert text.startswith(f"{code}: ")
    assert operated.effects.lines == []


async def test_where_two_names_leave_no_channel_it_is_said_that_nobody_decides(operated: Project) -> None:
    operated.say(NO_CHANNEL)
    async with operated.here() as door:
        run = await start(door, "wiper")
        text = await refused(door, run)
    assert run["interrupts"][0]["where_to_decide"].startswith("Nowhere: ")
    assert text.startswith("needs_human: ")
    assert operated.effects.lines == []


async def test_a_name_that_a_tool_makes_up_takes_it_out_of_nothing(operated: Project) -> None:
    operated.say(f'{HUMAN}[agents.wiper.tools."Wipe a *"]\napprover = "client"\n')
    async with operated.here() as door:
        run = await start(door, "wiper")
        text = await refused(door, run)
    assert text.startswith("needs_human: ")
    assert operated.effects.lines == []


async def test_a_tool_that_the_client_may_decide_is_decided_by_it_whatever_it_calls_its_action(
    operated: Project,
) -> None:
    operated.say(f'{HUMAN}[agents.wiper.tools.wipe]\napprover = "client"\n')
    async with operated.here() as door:
        run = await start(door, "wiper")
        done = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
    assert done["status"] == "success"
    assert operated.effects.lines == ["done"]


async def test_at_a_high_risk_all_that_may_lead_to_the_action_needs_the_digest(operated: Project) -> None:
    operated.say('[policy]\nrisk = "high"\n')
    async with operated.here() as door:
        for agent, decision in (
            ("asks_in_tool", {"type": "accept"}),
            ("asks_in_tool", {"type": "edit", "args": {"x": 2}}),
            ("asks_in_tool", {"type": "respond", "value": {"type": "accept"}}),
            ("question_in_tool", {"type": "respond", "value": True}),
            ("yes_or_no", {"type": "respond", "value": True}),
            ("yes_or_no", {"type": "reject"}),
        ):
            run = await start(door, agent)
            text = await refused(door, run, decision)
            assert text.startswith("invalid_decision: ")
            assert "digest" in text
        for agent in ("asks_in_tool", "middleware"):
            run = await start(door, agent)
            await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
        assert operated.effects.lines == []
        run = await start(door, "asks_in_tool")
        digest = {"digest": run["interrupts"][0]["digest"]}
        done = await door.call("resume_run", run_id=run["run_id"], decisions=[{**ACCEPT[0], **digest}])
    assert done["status"] == "success"
    assert operated.effects.lines == ["done"]


async def test_a_no_that_is_an_answer_is_put_to_the_person_as_a_proposal(operated: Project) -> None:
    person = Person()
    async with operated.here(elicitation_callback=person) as door:
        run = await start(door, "yes_or_no")
        person.otherwise = fill_in("accept")
        no = [{"type": "reject", "message": "never mind"}]
        done = await door.call("resume_run", run_id=run["run_id"], decisions=no)
    assert "The client proposes, and nothing is decided by that: reject" in person.texts[-1]
    assert "never mind" in person.texts[-1]
    assert done["status"] == "success"
    assert operated.effects.lines == ["done"]
