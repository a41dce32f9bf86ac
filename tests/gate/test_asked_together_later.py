"""What was asked together holds later: after going back, in forms, in other processes, under another policy."""

from typing import Any

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import decide, decision
from tests.effects import Effects
from tests.gate.agents.together import POLICY
from tests.gate.asked_together import ANN, BOB, DISK, about, asked
from tests.people.person import Person, fill_in

pytestmark = pytest.mark.anyio


async def test_going_back_asks_about_all_of_them_again(starting: Any, effects: Effects) -> None:
    door, run = await starting("three")
    thread = await door.call("get_thread", thread_id=run["thread_id"])
    (asking,) = [each for each in thread["checkpoints"] if each["interrupts"]]
    first = run["interrupts"][0]["interrupt_id"]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {}), ("accept", {})))
    assert len(effects.lines) == 3
    again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=asking["checkpoint_id"])
    assert asked(again) == [ANN, DISK, BOB]
    assert again["interrupts"][0]["interrupt_id"] != first
    assert len(again["effects_done"]) == 3
    again = await decide(door, again, *about(again, ("reject", {}), ("reject", {}), ("reject", {})))
    assert again["status"] == "success"
    assert len(effects.lines) == 3


async def test_each_is_shown_in_a_form_of_its_own(serve: Serve, era: str, offer: Offer, effects: Effects) -> None:
    person = Person(
        {'"c"': fill_in("reject", message="keep"), '"bob"': fill_in("edit", arg_amount=9)}, fill_in("accept")
    )
    config = offer(desk="together:three", policy=POLICY)
    async with serve(config, mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="desk", message="go")
    assert run["status"] == "success"
    assert sorted(effects) == ["pay ann 5", "pay bob 9"]
    assert ["request 2 of 3" in text for text in person.texts] == [False, True, False]
    for text in person.texts:
        assert sum(f'"{name}"' in text for name in ("ann", "bob", "c")) == 1
        assert "Policy has a person asked before" in text


async def test_the_decisions_hold_in_another_process(serve: Serve, offer: Offer, effects: Effects) -> None:
    config = offer(desk="together:three", policy=POLICY)
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
    for index, word in ((2, "reject"), (0, "accept"), (1, "accept")):
        async with serve(config) as door:
            run = await decide(door, run, decision(run["interrupts"][0], word, index=index))
    assert run["status"] == "success"
    assert sorted(effects) == ["pay ann 5", "wipe c"]


async def test_policy_that_changed_meanwhile_takes_no_question_back_and_asks_of_the_others_in_their_turn(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="together:three", policy="[agents.desk.tools.pay]\nsensitive = true\n")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        assert asked(run) == [ANN, BOB]
    config.with_name("interrupt-mcp.toml").write_text("[agents.desk.tools.wipe]\nsensitive = true\n")
    async with serve(config) as door:
        run = await decide(door, run, *about(run, ("accept", {}), ("reject", {"message": "no"})))
        if run["status"] == "interrupted":
            assert asked(run) == [DISK]
            run = await decide(door, run, {"type": "reject", "message": "keep"})
            assert "error: wipe was not run: keep" in run["answer"]
    assert run["status"] == "success"
    assert [line for line in effects if line.startswith("pay")] == ["pay ann 5"]


async def test_tools_that_are_marked_sensitive_are_asked_about_together_with_the_others(
    starting: Any, effects: Effects
) -> None:
    door, run = await starting("marked")
    send = ("send", {"to": "ann", "body": "hello"})
    assert asked(run) == [send, ANN, ("send", {"to": "bob", "body": "hi"})]
    (interrupt,) = run["interrupts"]
    assert [len(request["allowed"]) for request in interrupt["requests"]] == [4, 3, 4]
    words = [("edit", {"args": {"to": "al", "body": "bye"}}), ("accept", {}), ("respond", {"value": "by hand"})]
    run = await decide(door, run, *about(run, *words))
    assert run["status"] == "success", run
    assert run["answer"].splitlines() == ["success: sent al bye", "success: paid ann 5", "success: by hand"]
    assert sorted(effects) == ["pay ann 5", "send al bye"]


@pytest.mark.parametrize("words", [("accept", "reject"), ("reject", "accept")])
async def test_without_policy_too_what_is_marked_sensitive_is_asked_about_together(
    starting: Any, effects: Effects, words: tuple[str, str]
) -> None:
    door, run = await starting("only_marked", policy="")
    assert [action for action, _ in asked(run)] == ["send", "send"]
    run = await decide(door, run, *about(run, *((word, {}) for word in words)))
    assert run["status"] == "success", run
    sent = {"accept": ["send ann hello"], "reject": ["send bob hi"]}[words[0]]
    assert sorted(effects) == ["look a", *sent]


async def test_a_marked_function_that_its_tool_runs_once_more_asks_again(starting: Any, effects: Effects) -> None:
    door, run = await starting("recursing", policy="")
    assert [args for _, args in asked(run)] == [{"depth": 1}, {"depth": 0}]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    assert asked(run) == [("dig", {"depth": 0})]
    assert effects.lines.count("dig 1") == 1
    run = await decide(door, run, decision(run["interrupts"][0], "reject"))
    assert effects.lines.count("dig 0") == 1
