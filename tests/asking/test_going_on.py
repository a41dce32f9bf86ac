"""A thread goes on: after a rejection of all that waits, after a cancelled run, and after errors."""

from typing import Any

import pytest

from tests.asking.conftest import Asking
from tests.asking.table import accept, call, respond

pytestmark = pytest.mark.anyio

AGENTS = {"created_asking": "pay", "hand_built_asking": "pay", "nested_asking": "pay", "batched_asking": "send"}


def given(asking: Asking) -> list[Any]:
    """The messages that the model was given last: type, text, ids of tool calls, id of the tool call it answers."""
    found: list[Any] = [messages for what, messages in asking.effects if what == "given"][-1]
    return found


def check_history(messages: list[Any]) -> None:
    """Every tool call is followed by exactly one result, before anything else is said."""
    waiting: list[str] = []
    for kind, _text, calls, answers in messages:
        if kind == "tool":
            assert answers in waiting
            waiting.remove(answers)
            continue
        assert waiting == []
        waiting = list(calls)
    assert waiting == []


def three(tool: str) -> str:
    return "\n".join([call("look_up", {"what": "x"}), call(tool, {"to": "ann"}), call(tool, {"to": "bob"})])


@pytest.mark.parametrize("agent", AGENTS)
async def test_all_that_waits_is_rejected_and_the_model_is_told(asking: Asking, agent: str) -> None:
    first = await asking.start(agent, message=three(AGENTS[agent]))
    assert first["status"] == "interrupted"
    second = await asking.start(agent, message="Never mind", thread_id=first["thread_id"], on_interrupted="reject")
    assert second["status"] == "success", second
    assert second["run_id"] != first["run_id"]
    messages = given(asking)
    check_history(messages)
    assert messages[-1][:2] == ["human", "Never mind"]
    results = [text for kind, text, _, _ in messages if kind == "tool"]
    if agent == "nested_asking":
        # What an agent within a node said is no part of the thread's messages before the node has ended.
        assert [kind for kind, *_ in messages] == ["human", "human"]
    else:
        assert len(results) == 3
        assert len([text for text in results if "Cancelled" in text or "reject" in text]) >= 2
    assert [e for e in asking.effects if e[0] in ("paid", "sent")] == []
    before = await asking.door.call("get_run", run_id=first["run_id"])
    assert (before["status"], before["interrupts"]) == ("cancelled", [])
    for interrupt in first["interrupts"]:
        late = await asking.refuse(first, accept(interrupt_id=interrupt["interrupt_id"]))
        assert late.startswith("already_decided: ")
        assert "reject by" in late


async def test_the_result_of_a_call_that_was_made_is_not_lost_with_the_rejection(asking: Asking) -> None:
    first = await asking.start("created_asking", message=three("pay"))
    await asking.start("created_asking", message="Go on", thread_id=first["thread_id"], on_interrupted="reject")
    assert "found x" in [text for kind, text, _, _ in given(asking) if kind == "tool"]
    assert [e for e in asking.effects if e[0] == "looked up"] == [["looked up", "x"]]


@pytest.mark.parametrize("agent", AGENTS)
async def test_new_input_after_a_cancelled_run_leaves_no_call_without_a_result(asking: Asking, agent: str) -> None:
    first = await asking.start(agent, message=three(AGENTS[agent]))
    await asking.door.call("cancel_run", run_id=first["run_id"])
    second = await asking.start(agent, message=call(AGENTS[agent], {"to": "cid"}), thread_id=first["thread_id"])
    assert second["status"] == "interrupted"
    check_history(given(asking))
    (interrupt,) = second["interrupts"]
    assert [r["args"] for r in interrupt["requests"]] == [{"to": "cid"}]
    finished = await asking.decide(second, accept())
    assert finished["status"] == "success"
    check_history(given(asking))
    assert [e[1] for e in asking.effects if e[0] in ("paid", "sent")] == ["cid"]


async def test_what_cannot_be_rejected_is_no_longer_asked(asking: Asking) -> None:
    first = await asking.start("in_node_text", input={"topic": "tea", "answers": []})
    second = await asking.start(
        "in_node_text",
        input={"topic": "coffee", "answers": []},
        thread_id=first["thread_id"],
        on_interrupted="reject",
    )
    assert second["interrupts"][0]["value"] == "What about coffee?"
    late = await asking.refuse(first, respond("x"))
    assert late.startswith("superseded: ")
    finished = await asking.decide(second, respond("y"))
    assert finished["output"]["answers"] == ["y"]


async def test_reject_starts_as_usual_where_nothing_waits(asking: Asking) -> None:
    run = await asking.start("created_asking", message="Hello", on_interrupted="reject", thread_id=str(asking.file))
    assert run["status"] == "success"
    again = await asking.start("created_asking", message="Hello", on_interrupted="reject", thread_id=run["thread_id"])
    assert again["status"] == "success"


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("times", [1, 3])
async def test_a_run_that_failed_is_tried_again_from_where_it_stopped(asking: Asking, agent: str, times: int) -> None:
    run = await asking.start(agent, message="!" * times + "\n" + call(AGENTS[agent], {"to": "ann"}))
    for _ in range(times - 1):
        assert (run["status"], run["error"]["code"]) == ("error", "agent_error")
        assert "the model is away" in run["error"]["message"]
        run = await asking.decide(run)
    assert run["status"] == "error"
    run = await asking.decide(run)
    assert run["status"] == "interrupted", run
    assert "error" not in run
    assert [kind for kind, *_ in given(asking)] == ["human"]
    run = await asking.decide(run, accept())
    assert run["status"] == "success"
    assert [e[1] for e in asking.effects if e[0] in ("paid", "sent")] == ["ann"]


@pytest.mark.parametrize("agent", AGENTS)
async def test_a_thread_whose_run_failed_takes_a_new_run(asking: Asking, agent: str) -> None:
    first = await asking.start(agent, message="!")
    second = await asking.start(agent, message="Hello", thread_id=first["thread_id"])
    assert second["status"] == "success"
    assert [text for kind, text, *_ in given(asking) if kind == "human"] == ["!", "Hello"]
    assert (await asking.refuse(first)).startswith("run_finished: ")


async def test_a_failed_run_is_not_tried_again_while_another_waits_on_its_thread(asking: Asking) -> None:
    first = await asking.start("created_asking", message="!")
    second = await asking.start("created_asking", message=call("pay", {"to": "ann"}), thread_id=first["thread_id"])
    assert second["status"] == "interrupted"
    assert (await asking.refuse(first)).startswith("thread_interrupted: ")


@pytest.mark.parametrize("status", ["success", "cancelled"])
async def test_asking_again_for_a_run_that_is_over_changes_nothing(asking: Asking, status: str) -> None:
    run = await asking.start("created_asking", message="Hello" if status == "success" else call("pay", {"to": "a"}))
    await asking.door.call("cancel_run", run_id=run["run_id"])
    over = await asking.door.call("get_run", run_id=run["run_id"])
    assert over["status"] == status
    assert await asking.decide(run) == over


async def test_a_router_that_raised_is_asked_again_for_the_way(asking: Asking) -> None:
    """LangGraph takes its node as done, and ended the retried run there, as a success."""
    run = await asking.start("routing", input={"answers": []})
    assert run["status"] == "error"
    run = await asking.decide(run)
    assert (run["status"], run["output"]) == ("success", {"answers": ["begun", "ended"]})


async def test_an_error_that_the_graph_handles_is_no_error_of_the_run(asking: Asking) -> None:
    run = await asking.start("handling", input={"answers": []})
    run = await asking.decide(run, respond("x"))
    assert (run["status"], run["output"]) == ("success", {"answers": ["handled"]})
    assert "error" not in run
