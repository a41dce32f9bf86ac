"""What is on record is what happened, and what was approved is what runs: against agents that end badly, or change."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door, Offer, Serve
from tests.crash.dying import killed
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.processes import PATIENCE

pytestmark = pytest.mark.anyio


async def start(door: Door, agent: str) -> dict[str, Any]:
    return await door.call("start_run", agent=agent, message="go")


@pytest.mark.parametrize(("agent", "effect"), [("deploys", "deploy prod"), ("releases", "release prod")])
async def test_an_approved_action_that_is_let_go_in_the_middle_is_in_doubt_and_not_done_again_unasked(
    serve: Serve,
    era: str,
    offer: Offer,
    effects: Effects,
    monkeypatch: pytest.MonkeyPatch,
    agent: str,
    effect: str,
) -> None:
    config = offer(f"leaving:{agent}")
    monkeypatch.setenv("LEAVE", "1")
    async with serve(config, mode=era) as door:
        run = await start(door, agent)
        await decide(door, run, ACCEPT, wait_seconds=0)
        with anyio.fail_after(PATIENCE):
            while "ponder" not in effects.lines:
                await anyio.sleep(0.01)
    assert effects.lines == [effect, "ponder"]
    monkeypatch.delenv("LEAVE")
    async with serve(config, mode=era) as door:
        run = await door.call("get_run", run_id=run["run_id"], wait_seconds=20)
        (doubt,) = run["interrupts"]
        assert doubt["status"] == "unknown_outcome"
        assert "It is not known whether the action was done" in run["next_step"]
        assert effects.lines.count(effect) == 1
        run = await decide(door, run, {"type": "respond", "value": "done by hand"})
    assert run["status"] == "success"
    assert effects.lines.count(effect) == 1


async def test_a_decided_tool_with_a_sensitive_function_inside_is_in_doubt_when_it_is_killed(
    serve: Serve, address: str, tmp_path: Path, offer: Offer, effects: Effects
) -> None:
    config = offer("leaving:orders")
    async with serve(config) as door:
        run = await start(door, "orders")
        ordered = run["interrupts"][0]["interrupt_id"]
        run = await decide(door, run, ACCEPT)

    async def charge(door: Door) -> None:
        await decide(door, run, ACCEPT, wait_seconds=0)

    await killed(address, tmp_path, config, charge, DIE="shipped")
    async with serve(config) as door:
        run = await door.call("get_run", run_id=run["run_id"], wait_seconds=20)
        doubts = {doubt["interrupt_id"]: doubt["status"] for doubt in run["interrupts"]}
        # The charge too, where its end was not on disk yet.
        assert ordered in doubts
        assert set(doubts.values()) == {"unknown_outcome"}
        words = [{"interrupt_id": id_, "type": "respond", "value": "done, says the depot"} for id_ in doubts]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert effects.lines.count("ship tea") == effects.lines.count("charge 5") == 1


async def test_a_tool_that_acts_on_its_answer_and_raises_is_in_doubt_each_time(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("leaving:transfers"), mode=era) as door:
        run = await start(door, "transfers")
        run = await decide(door, run, {"type": "respond", "value": 5})
        (doubt,) = run["interrupts"]
        assert doubt["status"] == "unknown_outcome"
        assert "nobody knows what was done with the answer" in doubt["description"]
        run = await decide(door, run, ACCEPT)
        assert [i["status"] for i in run["interrupts"]] == ["pending"]
        assert effects.lines == ["transfer 5 ann"]
        run = await decide(door, run, {"type": "respond", "value": 6})
        assert [i["status"] for i in run["interrupts"]] == ["unknown_outcome"]
        run = await decide(door, run, {"type": "respond", "value": "the bank has it"})
    assert run["status"] == "success"
    assert effects.lines == ["transfer 5 ann", "transfer 6 ann"]


async def test_a_decided_tool_with_a_sensitive_function_inside_is_in_doubt_when_it_raises_and_is_not_retried(
    serve: Serve, offer: Offer, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAISE", "shipped")
    async with serve(offer("leaving:orders")) as door:
        run = await start(door, "orders")
        ordered = run["interrupts"][0]["interrupt_id"]
        run = await decide(door, run, ACCEPT)
        assert run["interrupts"][0]["requests"][0]["action"] == "charge"
        run = await decide(door, run, ACCEPT)
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (ordered, "unknown_outcome")
        assert effects.lines.count("ship tea") == effects.lines.count("charge 5") == 1
        run = await decide(door, run, {"type": "respond", "value": "shipped, says the depot"})
    assert run["status"] == "success"
    assert effects.lines.count("ship tea") == effects.lines.count("charge 5") == 1


async def test_a_sensitive_function_with_its_tools_name_is_shown_and_asked_about_for_itself(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("leaving:pays"), mode=era) as door:
        run = await start(door, "pays")
        run = await decide(door, run, ACCEPT)
        (inner,) = run["interrupts"]
        assert inner["requests"][0]["args"] == {"amount": 3, "account": "main"}
        run = await decide(door, run, {"type": "edit", "args": {"amount": 3, "account": "spare"}})
    assert run["status"] == "success"
    assert effects.lines == ["book 3", "book 3", "pay 3 from spare"]


@pytest.mark.parametrize("agent", ["swaps_name_and_tool", "swaps_tool"])
async def test_another_tool_with_the_approved_arguments_is_not_run(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"leaving:{agent}")) as door:
        run = await start(door, agent)
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert "shred was not run: what was approved was archive" in run["answer"]
    assert effects.lines == []


POLICIES = {"letters": "letter", "notes": "note", "numbereds": "numbered"}


@pytest.mark.parametrize("agent", ["mails", "letters", "notes", "faxes"])
async def test_a_default_that_changed_since_it_was_shown_is_not_what_runs(
    serve: Serve, offer: Offer, effects: Effects, monkeypatch: pytest.MonkeyPatch, agent: str
) -> None:
    tool = POLICIES.get(agent)
    policy = f"[agents.{agent}.tools.{tool}]\nsensitive = true\n" if tool else ""
    config = offer(f"leaving:{agent}", policy=policy)
    async with serve(config) as door:
        run = await start(door, agent)
        assert run["interrupts"][0]["requests"][0]["args"] == {"body": "hi", "to": "alice"}
    monkeypatch.setenv("DEFAULT_TO", "mallory")
    async with serve(config) as door:
        await decide(door, run, ACCEPT)
    assert not [line for line in effects if "mallory" in line]


@pytest.mark.parametrize("agent", ["mails", "letters"])
async def test_a_default_is_edited_like_what_the_agent_gave_and_may_be_left_out(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    policy = f"[agents.{agent}]\nsensitive = true\n"
    async with serve(offer(f"leaving:{agent}", policy=policy)) as door:
        for args in ({"body": "ho", "to": "bob"}, {"body": "ho"}):
            run = await start(door, agent)
            run = await decide(door, run, {"type": "edit", "args": args})
            assert run["status"] == "success", run
    kind = agent[:-1]
    assert effects.lines == [f"{kind} ho to bob", f"{kind} ho to alice"]


async def test_a_default_that_is_made_for_each_call_is_the_one_that_was_shown(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    policy = "[agents.numbereds]\nsensitive = true\n"
    async with serve(offer("leaving:numbereds", policy=policy)) as door:
        run = await start(door, "numbereds")
        shown = run["interrupts"][0]["requests"][0]["args"]["number"]
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == [f"numbered hi {shown}"]
