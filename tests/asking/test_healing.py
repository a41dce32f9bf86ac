"""No answer breaks a thread: what a graph raises on is asked again, and nothing that is done is done again."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.asking.conftest import Asking
from tests.asking.table import GIVEN, accept, call, edit, paid, reject, respond
from tests.asking.test_tools import message

pytestmark = pytest.mark.anyio

PLACES = ("in_node", "in_subgraph", "in_called_subgraph", "in_entrypoint", "in_task")
EMPTY: dict[str, Any] = {"answers": []}


def pending(run: dict[str, Any]) -> dict[str, Any]:
    assert run["status"] == "interrupted", run
    (interrupt,) = run["interrupts"]
    assert interrupt["status"] == "pending"
    found: dict[str, Any] = interrupt
    return found


def in_doubt(run: dict[str, Any]) -> dict[str, Any]:
    """A tool had its answer and raised: it may have done something first."""
    assert run["status"] == "interrupted", run
    (interrupt,) = run["interrupts"]
    assert interrupt["status"] == "unknown_outcome"
    assert "nobody knows what was done with the answer" in interrupt["description"]
    found: dict[str, Any] = interrupt
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("ask", "bad", "said", "good", "kept"),
    [
        ("age", "forty", "invalid literal for int()", 42, 42),
        ("age", None, "TypeError", "42", 42),
        ("big", 3, "3 is too small", 12, 12),
        ("even", {"number": 3}, "3 is odd", {"number": 4}, 4),
        ("keyed", "forty", "TypeError", {"age": "42"}, 42),
    ],
)
async def test_a_graph_that_raises_on_an_answer_asks_again(
    asking: Asking, place: str, ask: str, bad: Any, said: str, good: Any, kept: int
) -> None:
    run = await asking.start(f"{place}_{ask}", input=EMPTY)
    first = pending(run)
    run = await asking.decide(run, respond(bad))
    second = pending(run)
    assert second["interrupt_id"] != first["interrupt_id"]
    assert second["code"] != first["code"]
    assert second["value"] == first["value"]
    assert run["error"]["code"] == "agent_error"
    assert said in run["error"]["message"]
    late = await asking.refuse(run, respond(good, interrupt_id=first["interrupt_id"]))
    assert late.startswith("already_decided: ")
    run = await asking.decide(run, respond(bad))
    assert pending(run)["interrupt_id"] not in (first["interrupt_id"], second["interrupt_id"])
    run = await asking.decide(run, respond(good))
    assert run["status"] == "success", run
    assert "error" not in run
    assert [e for e in asking.effects if e[0] == "kept"] == [["kept", kept]]
    assert [e for e in asking.effects if e[0] == "worked"] == ([["worked", None]] if "worked" in str(run) else [])


@pytest.mark.parametrize("place", PLACES)
async def test_the_answers_before_the_bad_one_stay(asking: Asking, place: str) -> None:
    run = await asking.start(f"{place}_third", input=EMPTY)
    for question in ("First?", "Second?"):
        assert pending(run)["value"] == question
        run = await asking.decide(run, respond(question))
    run = await asking.decide(run, respond("x"))
    assert pending(run)["value"] == "Third?"
    run = await asking.decide(run, respond("3"))
    assert run["status"] == "success", run
    assert [e for e in asking.effects if e[0] == "kept"] == [["kept", 5]]


async def test_a_sibling_that_took_its_answer_is_not_asked_again(asking: Asking) -> None:
    run = await asking.start("siblings", input=EMPTY)
    ids = {i["value"]: i["interrupt_id"] for i in run["interrupts"]}
    run = await asking.decide(run, respond("x", interrupt_id=ids["Left?"]), respond("fine", interrupt_id=ids["Right?"]))
    assert pending(run)["value"] == "Left?"
    assert run["error"]["message"].startswith("ValueError: ")
    run = await asking.decide(run, respond(7))
    assert run["status"] == "success", run
    assert sorted(map(str, asking.effects)) == sorted(map(str, [["worked", None], ["right", "fine"], ["left", 7]]))


async def test_two_bad_answers_at_once_are_both_asked_for_again(asking: Asking) -> None:
    run = await asking.start("bad_siblings", input=EMPTY)
    ids = [i["interrupt_id"] for i in run["interrupts"]]
    run = await asking.decide(run, *(respond("x", interrupt_id=name) for name in ids))
    assert run["status"] == "interrupted", run
    assert len(run["interrupts"]) == 2
    assert {i["interrupt_id"] for i in run["interrupts"]}.isdisjoint(ids)
    values = {'"How old are you?"': 41, '{"question": "How old are you?"}': {"age": 42}}
    good = [respond(values[json.dumps(i["value"])], interrupt_id=i["code"]) for i in run["interrupts"]]
    run = await asking.decide(run, *good)
    assert run["status"] == "success", run
    assert sorted(e[1] for e in asking.effects if e[0] == "kept") == [41, 42]
    assert len([e for e in asking.effects if e[0] == "worked"]) == 1


@pytest.mark.parametrize("place", ["created", "hand_built", "nested", "in_tool", "in_sync_tool"])
async def test_a_tool_that_raises_on_an_answer_in_words_is_in_doubt_and_run_again_it_asks_again(
    asking: Asking, place: str
) -> None:
    run = await asking.start(f"{place}_from_text", message=message(place, [("from_text", GIVEN)]))
    first = pending(run)
    seen = {first["interrupt_id"]}
    for value in ("yes", {"type": "approve"}, ["accept"]):
        run = await asking.decide(run, respond(value))
        assert run["error"]["code"] == "agent_error"
        assert in_doubt(run)["interrupt_id"] in seen
        run = await asking.decide(run, accept())
        assert pending(run)["interrupt_id"] not in seen
        seen.add(pending(run)["interrupt_id"])
        assert asking.effects == []
    run = await asking.decide(run, accept())
    assert run["status"] == "success", run
    assert asking.effects == [paid(GIVEN)]


@pytest.mark.parametrize("place", ["created", "hand_built", "nested", "in_tool", "in_sync_tool"])
async def test_a_question_that_raises_on_its_answer_is_in_doubt_and_run_again_it_is_asked_again(
    asking: Asking, place: str
) -> None:
    run = await asking.start(f"{place}_from_query", message=message(place, [("from_query", {"query": "Age?"})]))
    first = pending(run)
    run = await asking.decide(run, respond("42"))
    assert in_doubt(run)["interrupt_id"] == first["interrupt_id"]
    run = await asking.decide(run, accept())
    assert pending(run)["interrupt_id"] != first["interrupt_id"]
    run = await asking.decide(run, respond({"data": "42"}))
    assert run["status"] == "success", run
    assert "42" in run["answer"]


@pytest.mark.parametrize("agent", ["fragile_tool", "fragile_batched", "fragile_per_call"])
@pytest.mark.parametrize("decision", [accept(), edit({"to": "bea"})])
async def test_an_action_that_was_allowed_and_raised_has_an_unknown_outcome(
    asking: Asking, agent: str, decision: dict[str, Any]
) -> None:
    tool = "fragile" if agent == "fragile_tool" else "unasked"
    run = await asking.start(agent, message=call(tool, {"to": "ann"}))
    first = pending(run)
    run = await asking.decide(run, decision)
    assert run["status"] == "interrupted", run
    (interrupt,) = run["interrupts"]
    assert (interrupt["interrupt_id"], interrupt["status"]) == (first["interrupt_id"], "unknown_outcome")
    assert interrupt["requests"][0]["allowed"] == ["accept", "respond", "reject"]
    assert "no reply from the bank" in run["error"]["message"]
    assert len(asking.effects) == 1
    finished = await asking.decide(run, respond("it came through"))
    assert finished["status"] == "success", finished
    assert "it came through" in finished["answer"]
    assert len(asking.effects) == 1


@pytest.mark.parametrize("agent", ["fragile_tool", "fragile_batched", "fragile_per_call"])
async def test_an_unknown_outcome_can_be_tried_again_and_dropped(asking: Asking, agent: str) -> None:
    tool = "fragile" if agent == "fragile_tool" else "unasked"
    run = await asking.start(agent, message=call(tool, {"to": "ann"}))
    run = await asking.decide(run, accept())
    run = await asking.decide(run, accept())
    assert run["interrupts"][0]["status"] == "unknown_outcome"
    assert len(asking.effects) == 2
    run = await asking.decide(run, reject("leave it"))
    assert run["status"] == "success", run
    assert "leave it" in run["answer"]
    assert len(asking.effects) == 2


async def test_middleware_that_changes_its_mind_about_what_to_ask_is_asked_again(asking: Asking) -> None:
    run = await asking.start("flipping", message="\n".join(call("plain", {"to": to}) for to in ("ann", "flip")))
    assert len(pending(run)["requests"]) == 2
    run = await asking.decide(run, accept(index=0), accept(index=1))
    assert "ValueError" in run["error"]["message"]
    again = pending(run)
    assert [r["args"] for r in again["requests"]] == [{"to": "ann"}]
    run = await asking.decide(run, reject("not ann"))
    assert run["status"] == "success", run
    assert [e for e in asking.effects if e[0] == "paid"] == [["paid", "flip"]]
    assert "not ann" in run["answer"]


@pytest.mark.parametrize("agent", ["beside", "tools_beside"])
async def test_an_exception_beside_a_pending_interrupt_leaves_it_answerable(asking: Asking, agent: str) -> None:
    if agent == "beside":
        run = await asking.start(agent, input=EMPTY)
    else:
        run = await asking.start(agent, message=call("shaky", {"to": "x"}) + "\n" + call("asking_tool", {"to": "ann"}))
    assert "broken pipe" in run["error"]["message"]
    decision = respond("fine") if pending(run)["dialect"] == "freeform" else accept()
    run = await asking.decide(run, decision)
    assert run["status"] == "success", run
    assert "error" not in run
    if agent == "beside":
        assert sorted(run["output"]["answers"]) == ["fine", "mended"]
    else:
        assert [e for e in asking.effects if e[0] == "paid"] == [["paid", ["ann", {"type": "accept"}]]]


async def test_a_node_beside_it_that_breaks_for_good_ends_the_run_once_the_question_is_answered(
    asking: Asking,
) -> None:
    run = await asking.start("beside_for_good", input=EMPTY)
    assert pending(run)["value"] == "Beside?"
    run = await asking.decide(run, respond("fine"))
    assert (run["status"], run["error"]["code"]) == ("error", "agent_error")
    assert "broken for good" in run["error"]["message"]
    again = await asking.decide(run)
    assert again["status"] == "error"


@pytest.mark.sqlite
async def test_the_answer_that_a_task_raised_on_and_its_error_are_not_kept(asking: Asking, config: Path) -> None:
    """Pins the private rows: `__resume__`, `__interrupt__` and `__error__` of one task of the latest checkpoint."""
    run = await asking.start("in_node_age", input=EMPTY)
    rows = await _rows(config, run["thread_id"])
    assert [channel for channel, _ in rows] == ["__interrupt__"]
    await asking.decide(run, respond("forty"))
    assert [channel for channel, _ in await _rows(config, run["thread_id"])] == ["__interrupt__"]


async def _rows(config: Path, thread_id: str) -> list[tuple[str, int]]:
    """Channel and index of what LangGraph wrote for the task that asks."""
    with sqlite3.connect(config.parent / "state.db") as conn:
        rows = conn.execute(
            "SELECT channel, idx FROM writes WHERE thread_id = ? AND channel LIKE '\\_\\_%' ESCAPE '\\'"
            " AND task_id IN (SELECT task_id FROM writes WHERE thread_id = ? AND channel = '__interrupt__')"
            " ORDER BY channel",
            (thread_id, thread_id),
        ).fetchall()
    conn.close()
    return rows
