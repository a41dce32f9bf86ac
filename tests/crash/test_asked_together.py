"""A process dies between one question about several calls, its decisions and what they do: each is made once."""

from typing import Any

import pytest

from tests.conftest import Offer
from tests.crash.agents.together import POLICY
from tests.crash.dying import Crashing, settled
from tests.deciding import by_name, decide, decision
from tests.effects import Effects

pytestmark = pytest.mark.anyio


def words(run: dict[str, Any], **decided: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A decision about each call, by its name."""
    asked = by_name(run)
    assert {*asked} == {*decided}
    return [decision(asked[n][0], type_, index=asked[n][1], **more) for n, (type_, more) in decided.items()]


async def test_one_of_three_is_in_doubt_where_the_process_died_in_it(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="together:three", policy=POLICY))
    run = await crash.begin()
    (first,) = run["interrupts"]
    all_of_them = words(run, a=("accept", {}), b=("edit", {"args": {"name": "b"}}), c=("accept", {}))
    await crash.resume_and_die("after b", run, *all_of_them)
    assert sorted(effects) == ["a", "b", "c"]
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        doubts = by_name(run)
        assert list(doubts) == ["b"]
        interrupt, index = doubts["b"]
        assert (interrupt["status"], index) == ("unknown_outcome", 1)
        assert interrupt["interrupt_id"] == first["interrupt_id"]
        run = await decide(door, run, decision(interrupt, "accept", index=index))
    assert run["status"] == "success", run.get("error")
    assert run["answer"].splitlines() == ["success: did a", "success: did b", "success: did c"]
    assert sorted(effects) == ["a", "b", "b", "c"]


@pytest.mark.parametrize("moment", ["before pause 1", "after pause 1", "before put_writes 2", "after put_writes 2"])
async def test_all_are_asked_about_once_where_the_process_died_as_it_asked(
    crashing: Crashing, offer: Offer, effects: Effects, moment: str
) -> None:
    crash = crashing(offer(desk="together:three", policy=POLICY))
    given = {"agent": "desk", "message": "go", "thread_id": "t", "idempotency_key": "k"}
    await crash.at(moment, lambda door: door.call("start_run", **given, wait_seconds=0))
    async with crash.next_process() as door:
        (listed,) = (await door.call("list_runs"))["runs"]
        run = await settled(door, listed["run_id"])
        (interrupt,) = run["interrupts"]
        assert [request["args"]["name"] for request in interrupt["requests"]] == ["a", "b", "c"]
        run = await decide(door, run, *words(run, a=("accept", {}), b=("reject", {"message": "no"}), c=("accept", {})))
    assert run["status"] == "success", run.get("error")
    assert run["answer"].splitlines() == ["success: did a", "error: do was not run: no", "success: did c"]
    assert sorted(effects) == ["a", "c"]


@pytest.mark.parametrize("moment", ["after decide 1", "before record 1", "after record 1", "before deliver 1"])
@pytest.mark.parametrize(("graph", "policy"), [("two", POLICY), ("marked", "")])
async def test_decisions_hold_where_the_process_died_before_an_effect(
    crashing: Crashing, offer: Offer, effects: Effects, moment: str, graph: str, policy: str
) -> None:
    crash = crashing(offer(desk=f"together:{graph}", policy=policy))
    run = await crash.begin()
    decided = words(run, a=("accept", {}), b=("reject", {"message": "no"}))
    await crash.resume_and_die(moment, run, *decided)
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        for _ in range(2):
            if run["status"] != "interrupted":
                break
            # What had started by then is in doubt, and a person says what became of it.
            (interrupt,) = run["interrupts"]
            assert interrupt["status"] == "unknown_outcome"
            done = "a" in effects.lines
            more = {"value": "did a"} if done else {}
            run = await decide(door, run, decision(interrupt, "respond" if done else "accept", index=0, **more))
    assert run["status"] == "success", run.get("error")
    assert run["answer"].splitlines() == ["success: did a", "error: do was not run: no"]
    assert effects.lines == ["a"]
