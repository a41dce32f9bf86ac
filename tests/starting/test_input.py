"""Inputs as LangGraph takes them: of any kind, messages in every form, with the graph's own defaults and reducers."""

from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.deciding import decide

pytestmark = pytest.mark.anyio


async def started(door: Door, agent: str, input: Any, **more: Any) -> dict[str, Any]:
    run = await door.call("start_run", agent=agent, input=input, **more)
    assert run["status"] in ("success", "interrupted"), run
    return run


async def test_a_function_of_langgraph_takes_any_json(serve: Serve, offer: Offer, era: str) -> None:
    async with serve(offer("given:shout", "given:kind"), mode=era) as door:
        assert (await started(door, "shout", "hello"))["output"] == "hello!"
        for given, kind in (
            (3, "int 3"),
            (False, "bool False"),
            ([1, "a"], "list [1, 'a']"),
            ("", "str "),
            (0, "int 0"),
        ):
            assert (await started(door, "kind", given))["output"] == kind
        card = (await door.call("list_agents"))["agents"][0]
        assert card["example"] == {"agent": "shout", "input": "text"}
        assert (await started(door, "shout", card["example"]["input"]))["output"] == "text!"


async def test_such_an_input_is_the_same_after_a_pause_in_another_process(serve: Serve, offer: Offer) -> None:
    config = offer("given:total")
    async with serve(config) as door:
        run = await started(door, "total", [1, 2, 3])
        assert run["interrupts"][0]["value"] == "Add them up?"
    async with serve(config) as door:
        run = await decide(door, run, {"type": "respond", "value": "yes"})
    assert run["output"] == 6


@pytest.mark.parametrize(
    ("messages", "heard"),
    [
        ("hi", "human: hi"),
        ({"role": "user", "content": "hi"}, "human: hi"),
        ({"type": "human", "content": "hi"}, "human: hi"),
        (["hi", "there"], "human: hi | human: there"),
        ([["user", "hi"], ["assistant", "yes?"]], "human: hi | ai: yes?"),
        ([{"role": "system", "content": "be kind"}, ["user", "hi"], "so?"], "system: be kind | human: hi | human: so?"),
    ],
)
async def test_messages_are_taken_in_every_form_that_langchain_takes(
    serve: Serve, offer: Offer, era: str, messages: Any, heard: str
) -> None:
    async with serve(offer("given:hears"), mode=era) as door:
        run = await started(door, "hears", {"messages": messages})
        again = await started(door, "hears", {"messages": messages}, thread_id=run["thread_id"])
    assert run["answer"] == heard
    assert again["answer"] == f"{heard} | ai: {heard} | {heard}"


async def test_content_parts_reach_the_agent_as_they_are(serve: Serve, offer: Offer, era: str) -> None:
    parts = [
        {"type": "text", "text": "what is this?"},
        {"type": "image", "base64": "A" * 4000, "mime_type": "image/png"},
        {"type": "file", "base64": "B" * 4000, "mime_type": "application/pdf", "filename": "a.pdf"},
    ]
    async with serve(offer("given:hears"), mode=era) as door:
        run = await started(door, "hears", {"messages": {"role": "user", "content": parts}})
    assert run["answer"].startswith("human: [{'type': 'text'")
    assert "a.pdf" in run["answer"]


@pytest.mark.parametrize("messages", [{"role": "nobody", "content": "hi"}, [["user"]], 3, [None]])
async def test_messages_that_langchain_does_not_take_are_refused_and_the_thread_goes_on(
    serve: Serve, offer: Offer, messages: Any
) -> None:
    async with serve(offer("given:hears")) as door:
        run = await started(door, "hears", {"messages": "hi"})
        refused = await door.error("start_run", agent="hears", input={"messages": messages}, thread_id=run["thread_id"])
        again = await started(door, "hears", {"messages": "so?"}, thread_id=run["thread_id"])
    assert refused.startswith("invalid_input: input.messages")
    assert again["answer"] == "human: hi | ai: human: hi | human: so?"


async def test_an_input_that_is_too_large_is_refused(serve: Serve, offer: Offer) -> None:
    image = {"type": "image", "base64": "A" * 30_000_000, "mime_type": "image/png"}
    async with serve(offer("given:hears")) as door:
        refused = await door.error(
            "start_run", agent="hears", input={"messages": [{"role": "user", "content": [image]}]}
        )
        assert (await door.call("list_runs"))["runs"] == []
    assert refused.startswith("invalid_input: ")
    assert "at most" in refused


async def test_kinds_of_a_typed_dict_are_the_graphs_own_matter_and_its_names_are_not(
    serve: Serve, offer: Offer, era: str
) -> None:
    async with serve(offer("given:loose"), mode=era) as door:
        run = await started(door, "loose", {"number": "many", "words": ["a"]})
        partly = await started(door, "loose", {"words": ["b"]}, thread_id=run["thread_id"])
        mistyped = await door.error("start_run", agent="loose", input={"numbre": 3})
        refused = await door.error("start_run", agent="loose", input=[3])
    assert run["output"]["words"] == ["a", "str 1"]
    assert partly["output"]["words"] == ["a", "str 1", "b", "str 3"]
    assert mistyped.startswith("invalid_input: input: ")
    assert "'numbre'" in mistyped
    assert refused.startswith("invalid_input: input: ")


async def test_defaults_and_reducers_of_a_model_count_and_its_rules_hold(serve: Serve, offer: Offer, era: str) -> None:
    async with serve(offer("given:reduced", "given:data"), mode=era) as door:
        run = await started(door, "reduced", {})
        more = await started(door, "reduced", {"limit": 5, "messages": "hi"}, thread_id=run["thread_id"])
        refused = await door.error("start_run", agent="reduced", input={"limit": 11})
        wrong = await door.error("start_run", agent="reduced", input={"limit": "many"})
        nobody = await started(door, "data", {})
        ann = await started(door, "data", {"name": "ann", "tags": ["a"]})
    assert run["output"]["words"] == ["limit 3", "0 messages"]
    assert more["output"]["words"][2:] == ["limit 5", "1 messages"]
    assert refused.startswith("invalid_input: input.limit: ")
    assert wrong.startswith("invalid_input: input.limit: ")
    assert nobody["output"]["said"] == "Hello nobody []"
    assert ann["output"]["said"] == "Hello ann ['a']"
