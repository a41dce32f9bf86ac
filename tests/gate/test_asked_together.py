"""Calls of one tool node that policy asks about are asked together, and each gets just its own decision, once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.deciding import ACCEPT, decide, decision, requests
from tests.effects import Effects
from tests.gate.agents.together import POLICY
from tests.people.person import Person, fill_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def start(serve: Serve, era: str, offer: Offer, effects: Effects) -> AsyncIterator[Any]:
    """`start(graph)`: a door, in each era, and a run of that agent, which waits."""
    opened: list[Any] = []

    async def started(graph: str, policy: str = POLICY) -> tuple[Door, dict[str, Any]]:
        serving = serve(offer(desk=f"together:{graph}", policy=policy), mode=era)
        opened.append(serving)
        door = await serving.__aenter__()
        return door, await door.call("start_run", agent="desk", message="go")

    yield started
    for serving in reversed(opened):
        await serving.__aexit__(None, None, None)


def asked(run: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What the one interrupt of the run asks about, in order."""
    (interrupt,) = run["interrupts"]
    assert [request["index"] for request in interrupt["requests"]] == list(range(len(interrupt["requests"])))
    return [(request["action"], request["args"]) for request in interrupt["requests"]]


def about(run: dict[str, Any], *words: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A decision about each request of the one interrupt, in their order."""
    (interrupt,) = run["interrupts"]
    return [decision(interrupt, type_, index=index, **more) for index, (type_, more) in enumerate(words)]


ANN = ("pay", {"to": "ann", "amount": 5})
BOB = ("pay", {"to": "bob", "amount": 5})
DISK = ("wipe", {"disk": "c"})


async def test_one_interrupt_asks_about_all_of_them_and_each_gets_its_own_decision(
    start: Any, effects: Effects
) -> None:
    door, run = await start("three")
    assert asked(run) == [ANN, DISK, BOB]
    (interrupt,) = run["interrupts"]
    assert (interrupt["dialect"], interrupt["status"]) == ("tool_call", "pending")
    assert {tuple(request["allowed"]) for request in interrupt["requests"]} == {("accept", "edit", "reject")}
    words = [("edit", {"args": {"to": "al", "amount": 3}}), ("reject", {"message": "keep it"}), ("accept", {})]
    run = await decide(door, run, *about(run, *words))
    assert run["status"] == "success", run
    assert run["answer"].splitlines() == [
        "success: paid al 3",
        "error: wipe was not run: keep it",
        "success: paid bob 5",
    ]
    assert sorted(effects) == ["pay al 3", "pay bob 5"]


async def test_nothing_runs_until_all_are_decided_and_a_late_decision_is_told_of_the_first(
    start: Any, effects: Effects
) -> None:
    door, run = await start("three")
    first, second, third = about(run, ("reject", {"message": "no"}), ("accept", {}), ("accept", {}))
    run = await decide(door, run, third)
    assert run["status"] == "interrupted"
    run = await decide(door, run, first)
    late = await door.error("resume_run", run_id=run["run_id"], decisions=[{**third, "type": "reject"}])
    assert late.startswith("already_decided: ")
    assert effects.lines == []
    run = await decide(door, run, second)
    assert run["status"] == "success"
    assert sorted(effects) == ["pay bob 5", "wipe c"]


async def test_a_digest_covers_all_of_it(start: Any, effects: Effects) -> None:
    door, run = await start("three")
    (interrupt,) = run["interrupts"]
    wrong = decision(interrupt, "accept", index=1, digest="0" * 64)
    assert (await door.error("resume_run", run_id=run["run_id"], decisions=[wrong])).startswith("stale_digest: ")
    right = [decision(interrupt, "accept", index=index, digest=interrupt["digest"]) for index in range(3)]
    run = await decide(door, run, *right)
    assert run["status"] == "success"
    assert len(effects.lines) == 3


async def test_arguments_that_a_tool_does_not_take_are_refused_for_that_request_alone(
    start: Any, effects: Effects
) -> None:
    door, run = await start("three")
    wrong = about(run, ("accept", {}), ("edit", {"args": {"disk": "d", "requests": 1}}), ("accept", {}))
    said = await door.error("resume_run", run_id=run["run_id"], decisions=wrong)
    assert said.startswith("invalid_decision: ")
    assert "requests" in said
    assert effects.lines == []


async def test_one_call_alone_is_asked_about_as_ever(start: Any, effects: Effects) -> None:
    door, run = await start("one")
    (interrupt,) = run["interrupts"]
    assert {*interrupt["value"]} == {"action", "args", "description"}
    run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert sorted(effects) == ["look a", "pay ann 5"]


async def test_tools_that_ask_by_themselves_ask_one_after_another_beside_them(start: Any, effects: Effects) -> None:
    door, run = await start("mixed")
    shown = []
    while run["status"] == "interrupted":
        (interrupt,) = run["interrupts"]
        shown.append([request["args"].get("about") or request["action"] for request in interrupt["requests"]])
        words = [decision(interrupt, "accept", index=request["index"]) for _, request in requests(run)]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert sorted(map(tuple, shown)) == [("pay", "wipe"), ("x",), ("y",)]
    assert sorted(effects) == ["ask x accept", "ask y accept", "look a", "pay ann 5", "wipe c"]


@pytest.mark.parametrize("words", [("accept", "reject"), ("reject", "accept"), ("reject", "reject")])
async def test_what_was_decided_together_holds_while_another_call_asks(
    start: Any, effects: Effects, words: tuple[str, str]
) -> None:
    door, run = await start("asked_first")
    assert asked(run) == [ANN, DISK]
    run = await decide(door, run, *about(run, *((word, {}) for word in words)))
    (interrupt,) = run["interrupts"]
    assert interrupt["value"] == "ask about x?"
    run = await decide(door, run, decision(interrupt, "reject", message="stop"))
    assert run["status"] == "success"
    done = [line for line, word in zip(("pay ann 5", "wipe c"), words, strict=True) if word == "accept"]
    assert effects.lines == done
    assert "error: ask was not run: stop" in run["answer"]


async def test_tools_that_ask_besides_get_their_own_answers_after_it(start: Any, effects: Effects) -> None:
    door, run = await start("also_asking")
    assert [action for action, _ in asked(run)] == ["pay", "pay"]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    for word in ("accept", "reject"):
        (interrupt,) = run["interrupts"]
        assert len(interrupt["requests"]) == 1
        run = await decide(door, run, decision(interrupt, word, message="no"))
    assert run["status"] == "success"
    assert effects.lines == ["pay ann accept"]
    assert run["answer"].splitlines() == ["success: paid ann", "error: pay was not run: no"]


async def test_an_answer_is_given_in_place_of_one_call_only(start: Any, effects: Effects) -> None:
    door, run = await start("three", f"{POLICY}allow = ['accept', 'reject', 'respond']\n")
    words = [("accept", {}), ("respond", {"value": {"wiped": "by hand"}}), ("reject", {})]
    run = await decide(door, run, *about(run, *words))
    assert run["status"] == "success"
    assert run["answer"].splitlines()[1] == 'success: {"wiped":"by hand"}'
    assert effects.lines == ["pay ann 5"]


async def test_of_one_that_raised_it_is_asked_what_became_and_what_is_done_stays_done(
    start: Any, effects: Effects
) -> None:
    door, run = await start("failing")
    (first,) = run["interrupts"]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {}), ("accept", {})))
    (interrupt,) = run["interrupts"]
    assert (interrupt["status"], interrupt["interrupt_id"]) == ("unknown_outcome", first["interrupt_id"])
    # LangGraph cuts off what runs beside a call that raises, so others may be in doubt as well.
    doubts = {request["index"]: request for _, request in requests(run)}
    assert doubts[1]["args"]["to"] == "nobody"
    did = {0: "pay ann 5", 1: "pay nobody 5", 2: "wipe c"}
    words = {
        index: ("respond", {"value": "done"}) if did[index] in effects.lines else ("accept", {}) for index in doubts
    }
    run = await decide(door, run, *(decision(interrupt, w, index=index, **m) for index, (w, m) in words.items()))
    assert run["status"] == "success", run
    assert run["answer"].splitlines()[1] == "success: done"
    assert sorted(effects) == sorted(did.values())


@pytest.mark.parametrize("graph", ["wrapped", "own_node", "same_ids", "unshowable"])
async def test_calls_that_may_come_otherwise_or_cannot_be_shown_are_asked_one_after_another(
    start: Any, effects: Effects, graph: str
) -> None:
    door, run = await start(graph)
    rounds = 0
    while run["status"] == "interrupted" and rounds < 4:
        (interrupt,) = run["interrupts"]
        assert len(interrupt["requests"]) == 1
        kind = "accept" if "accept" in interrupt["requests"][0]["allowed"] else "respond"
        more = {"value": {"type": "accept"}} if kind == "respond" else {}
        run = await decide(door, run, decision(interrupt, kind, **more))
        rounds += 1
    assert run["status"] == "success", run
    assert rounds == len(effects.lines) == len(set(effects.lines))
    if graph == "wrapped":
        assert sorted(effects) == ["pay ann 7", "pay bob 7"]


async def test_a_tool_that_there_is_not_is_nobodys_question(start: Any, effects: Effects) -> None:
    door, run = await start("unknown_tool")
    assert asked(run) == [ANN, DISK]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    assert run["status"] == "success"
    assert sorted(effects) == ["pay ann 5", "wipe c"]


async def test_what_the_node_asks_after_its_tools_hears_its_own_answer(start: Any, effects: Effects) -> None:
    door, run = await start("in_a_node")
    assert asked(run) == [ANN, DISK]
    run = await decide(door, run, *about(run, ("accept", {}), ("reject", {"message": "no"})))
    (interrupt,) = run["interrupts"]
    assert interrupt["value"] == "and now?"
    run = await decide(door, run, decision(interrupt, "respond", value="on"))
    assert run["status"] == "success"
    assert effects.lines == ["pay ann 5", "went on"]


async def test_calls_that_come_in_threads_are_asked_about_together_too(start: Any, effects: Effects) -> None:
    door, run = await start("in_threads")
    assert asked(run) == [("wipe", {"disk": disk}) for disk in "abcdef"]
    run = await decide(door, run, *about(run, *((word, {}) for word in ("accept", "reject") * 3)))
    (interrupt,) = run["interrupts"]
    assert interrupt["value"] == "and now?"
    run = await decide(door, run, decision(interrupt, "respond", value="on"))
    assert run["status"] == "success"
    assert sorted(effects) == ["went on", "wipe a", "wipe c", "wipe e"]


async def test_the_next_message_is_asked_about_anew(start: Any, effects: Effects) -> None:
    door, run = await start("twice")
    assert asked(run) == [ANN, DISK]
    (first,) = run["interrupts"]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    assert asked(run) == [BOB, DISK]
    assert run["interrupts"][0]["interrupt_id"] != first["interrupt_id"]
    run = await decide(door, run, *about(run, ("reject", {}), ("reject", {})))
    assert sorted(effects) == ["pay ann 5", "wipe c"]


async def test_going_back_asks_about_all_of_them_again(start: Any, effects: Effects) -> None:
    door, run = await start("three")
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
    start: Any, effects: Effects
) -> None:
    door, run = await start("marked")
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
    start: Any, effects: Effects, words: tuple[str, str]
) -> None:
    door, run = await start("only_marked", policy="")
    assert [action for action, _ in asked(run)] == ["send", "send"]
    run = await decide(door, run, *about(run, *((word, {}) for word in words)))
    assert run["status"] == "success", run
    sent = {"accept": ["send ann hello"], "reject": ["send bob hi"]}[words[0]]
    assert sorted(effects) == ["look a", *sent]


async def test_a_marked_function_that_its_tool_runs_once_more_asks_again(start: Any, effects: Effects) -> None:
    door, run = await start("recursing", policy="")
    assert [args for _, args in asked(run)] == [{"depth": 1}, {"depth": 0}]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    assert asked(run) == [("dig", {"depth": 0})]
    assert effects.lines.count("dig 1") == 1
    run = await decide(door, run, decision(run["interrupts"][0], "reject"))
    assert effects.lines.count("dig 0") == 1
