"""Input that a thread cannot take is refused by name before anything is kept, and the thread stays as it was."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door, Serve
from tests.effects import Effects
from tests.processes import VERSIONS, http_server, over_http, over_stdio

pytestmark = pytest.mark.anyio
THREAD = {"thread_id": "t"}
HELLO = {"message": "Hello"}
DEEP: Any = "x"
for _ in range(60):
    DEEP = [DEEP]

REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "a message without content": ("chat", HELLO, {"input": {"messages": [{"role": "user"}]}}, "input.messages: "),
    "a message of an unknown role": (
        "chat",
        HELLO,
        {"input": {"messages": [{"role": "robot", "content": "x"}]}},
        "input.messages: ",
    ),
    "messages nested in lists": ("chat", HELLO, {"input": {"messages": [DEEP]}}, "input.messages"),
    "a message of ten fields": (
        "chat",
        HELLO,
        {"input": {"messages": [{"role": "user", "content": {"a": [1]}, "tool_calls": "x"}]}},
        "input.messages: ",
    ),
    "removing a message that is not there": (
        "chat",
        HELLO,
        {"input": {"messages": [{"role": "remove", "id": "nobody", "content": ""}]}},
        "input.messages: ",
    ),
    "what a validator refuses": (
        "validated",
        {"input": {"nights": 2}},
        {"input": {"nights": 13}},
        "input.nights: Value error, nobody stays 13 nights. ",
    ),
    "what a validator refuses behind a choice": (
        "routed",
        {"input": {"nights": 2}},
        {"input": {"nights": 13}},
        "input.nights: Value error, nobody stays 13 nights. ",
    ),
    "what a reducer refuses": (
        "unique",
        {"input": {"names": "ann"}},
        {"input": {"names": 5}},
        "input.names: TypeError: 5 is no name. ",
    ),
    "what a reducer refuses given what is there": (
        "unique",
        {"input": {"names": "ann"}},
        {"input": {"names": "ann"}},
        "input.names: ValueError: ann is there already. ",
    ),
    "what a reducer of many writes refuses": (
        "summed",
        {"input": {"lines": "ann"}},
        {"input": {"lines": {"a": 1}}},
        "input.lines: TypeError: {'a': 1} is no name. ",
    ),
    "a text in the place of a list": (
        "unique",
        {"input": {"names": "ann"}},
        {"input": {"names": {"__overwrite__": "ann"}}},
        "input.names: TypeError: a str cannot be put in the place of a Bag. ",
    ),
    "a context that a dataclass refuses": (
        "in_a_place",
        {"input": {"names": "ann"}, "context": {"floor": 4}},
        {"input": {"names": "bob"}, "context": {"floor": 5}},
        "context: ValueError: there are four floors. ",
    ),
    "a context that a model refuses": (
        "in_a_model",
        {"input": {"names": "ann"}, "context": {"floor": 4}},
        {"input": {"names": "bob"}, "context": {"floor": 5}},
        "context.floor: Value error, there are four floors. ",
    ),
}


async def state(door: Door) -> tuple[Any, ...]:
    thread = await door.call("get_thread", **THREAD)
    return thread["values"], [c["checkpoint_id"] for c in thread["checkpoints"]]


@pytest.mark.parametrize("case", REFUSED)
async def test_input_that_the_thread_cannot_take_is_refused_and_changes_nothing(door: Door, case: str) -> None:
    agent, good, bad, words = REFUSED[case]
    assert (await door.call("start_run", agent=agent, **THREAD, **good))["status"] == "success"
    before = await state(door)
    said = await door.error("start_run", agent=agent, **THREAD, **bad)
    assert said.startswith(f"invalid_input: {words}")
    assert "\n" not in said
    assert await state(door) == before
    assert len((await door.call("list_runs"))["runs"]) == 1
    if good == bad:
        good = {"input": {"names": "bob"}}
    elif agent in ("unique", "in_a_place", "in_a_model"):
        good = {**good, "input": {"names": "bob"}}
    assert (await door.call("start_run", agent=agent, **THREAD, **good))["status"] == "success"


@pytest.mark.parametrize("case", [case for case in REFUSED if "there" not in case])
async def test_the_same_on_a_new_thread_makes_no_thread(door: Door, case: str) -> None:
    agent, _, bad, words = REFUSED[case]
    said = await door.error("start_run", agent=agent, **THREAD, **bad)
    assert said.startswith(f"invalid_input: {words}")
    assert (await door.error("get_thread", **THREAD)).startswith("unknown_thread: ")
    assert (await door.call("list_runs"))["runs"] == []


@pytest.mark.parametrize("way", [f"{way} {version}" for way in ("stdio", "http") for version in VERSIONS[:2]])
async def test_a_malformed_message_leaves_a_good_thread_good(way: str, tmp_path: Path, config: Path) -> None:
    transport, version = way.split()

    async def use(door: Door) -> None:
        await door.call("start_run", agent="chat", **THREAD, **HELLO)
        said = await door.error("start_run", agent="chat", **THREAD, input={"messages": [{"role": "user"}]})
        assert said.startswith("invalid_input: input.messages: ValueError: Message dict must contain 'role' and 'cont")
        run = await door.call("start_run", agent="chat", **THREAD, **HELLO)
        assert run["status"] == "success"
        assert len((await door.call("get_thread", **THREAD))["values"]["messages"]) == 2

    if transport == "stdio":
        async with over_stdio(tmp_path, version, {"INTERRUPT_MCP_CONFIG": str(config)}) as door:
            await use(door)
    else:
        with http_server(tmp_path, "--config", str(config)) as server:
            async with over_http(server.url, version) as door:
                await use(door)


async def test_where_a_run_begins_is_not_asked_before_it_begins(door: Door, effects: Effects) -> None:
    await door.error("start_run", agent="routed", input={"nights": 13})
    assert effects.lines == []
    await door.call("start_run", agent="routed", input={"nights": 2})
    assert effects.lines == ["asked where"]


async def test_a_reducer_that_changes_what_it_is_given_merges_once(door: Door) -> None:
    for _ in range(2):
        run = await door.call("start_run", agent="changing", **THREAD, input={"lines": ["a"]})
        assert run["status"] == "success"
    assert run["output"] == {"lines": ["a", "merged", "a", "merged"]}


async def test_a_reducer_that_does_not_end_holds_up_nobody(door: Door, effects: Effects) -> None:
    said: list[str] = []

    async def start() -> None:
        said.append(await door.error("start_run", agent="lasting", **THREAD, input={"lines": "wait"}))

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(start)
            with anyio.fail_after(4):
                run = await door.call("start_run", agent="chat", **HELLO)
            assert run["status"] == "success"
            assert said == []
    finally:
        effects.leave_word("go")
    assert said[0].startswith("invalid_input: input: the agent took longer than 5 seconds to look at it. ")
    run = await door.call("start_run", agent="lasting", **THREAD, input={"lines": "go"})
    assert run["output"] == {"lines": ["go"]}


async def test_what_only_a_node_refuses_is_the_runs_error_and_the_thread_goes_on(door: Door) -> None:
    run = await door.call("start_run", agent="picky", **THREAD, input={"names": "fail"})
    assert (run["status"], run["error"]["code"]) == ("error", "agent_error")
    assert (await door.call("get_thread", **THREAD))["values"] == {"names": ["fail"]}
    run = await door.call("start_run", agent="picky", **THREAD, input={"names": "ann"})
    assert run["output"] == {"names": ["fail", "ann"]}


async def test_a_graph_of_the_functional_api_takes_any_object(door: Door) -> None:
    for given in ({"messages": [{"role": "user"}]}, {}, {"deep": DEEP}, {"__overwrite__": 1}):
        run = await door.call("start_run", agent="functional", **THREAD, input=given)
        assert run["output"] == {"given": given}


async def test_the_state_can_be_overwritten_with_what_is_of_its_kind(door: Door) -> None:
    await door.call("start_run", agent="unique", **THREAD, input={"names": "ann"})
    run = await door.call("start_run", agent="unique", **THREAD, input={"names": {"__overwrite__": ["cid"]}})
    assert run["output"] == {"names": ["cid"]}


async def test_a_repeat_with_the_same_key_gives_the_run_whatever_the_thread_takes_by_now(door: Door) -> None:
    once = {"agent": "unique", **THREAD, "input": {"names": "ann"}, "idempotency_key": "once"}
    run = await door.call("start_run", **once)
    assert (await door.call("start_run", **once))["run_id"] == run["run_id"]


async def test_a_busy_or_waiting_thread_says_so_and_refuses_bad_input_when_it_is_to_be_rejected(door: Door) -> None:
    run = await door.call("start_run", agent="asks", **THREAD, input={"names": "ann"})
    again = {"agent": "asks", **THREAD}
    assert (await door.error("start_run", **again, input={"names": "bob"})).startswith("thread_interrupted: ")
    said = await door.error("start_run", **again, input={"names": "ann"}, on_interrupted="reject")
    assert said.startswith("invalid_input: input.names: ValueError: ann is there already. ")
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
    run = await door.call("start_run", **again, input={"names": "bob"}, on_interrupted="reject")
    assert run["status"] == "interrupted"
    assert (await door.call("get_thread", **THREAD))["values"] == {"names": ["ann", "bob"]}


async def test_of_inputs_that_exclude_each_other_one_starts_and_the_others_are_refused_or_wait(
    serve: Serve, config: Path
) -> None:
    """Each is tried before any is kept."""
    async with serve(config) as door:
        await door.call("start_run", agent="unique", **THREAD, input={"names": "ann"})
        said: list[str] = []

        async def start() -> None:
            said.append(await door.text("start_run", agent="unique", **THREAD, input={"names": "bob"}))

        async with anyio.create_task_group() as tasks:
            for _ in range(12):
                tasks.start_soon(start)
        refused = [text for text in said if text.startswith(("invalid_input: ", "thread_busy: "))]
        assert len(refused) == 11, said
        runs = (await door.call("list_runs"))["runs"]
        assert [run["status"] for run in runs] == ["success", "success"]
        assert (await door.call("get_thread", **THREAD))["values"] == {"names": ["ann", "bob"]}


async def test_going_back_with_values_that_a_validator_refuses_changes_nothing(door: Door) -> None:
    await door.call("start_run", agent="validated", **THREAD, input={"nights": 2})
    thread = await door.call("get_thread", **THREAD)
    place = next(c["checkpoint_id"] for c in thread["checkpoints"] if c["next"] == ["node"])
    said = await door.error("rewind_thread", **THREAD, checkpoint_id=place, values={"nights": 13})
    assert said.startswith("invalid_input: values.nights: Value error, nobody stays 13 nights. ")
    assert await door.call("get_thread", **THREAD) == thread
    run = await door.call("rewind_thread", **THREAD, checkpoint_id=place, values={"nights": 3})
    assert run["output"] == {"nights": 3, "notes": ["3 nights"]}


@pytest.mark.parametrize(
    ("agent", "given", "told"),
    [
        ("telling", {"names": "ann"}, "input.names: ConnectionError: no answer to ann from postgresql://***@db/shop. "),
        ("telling", {"names": "unspeakable"}, "input.names: Unspeakable. "),
        ("signed", {"nights": 2}, "input.nights: Value error, the key *** is for one night. "),
    ],
)
async def test_what_an_agents_own_code_says_of_input_is_told_without_its_secrets(
    serve: Serve, config: Path, monkeypatch: pytest.MonkeyPatch, agent: str, given: Any, told: str
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hunter-of-elks")
    async with serve(config) as door:
        refused = await door.error("start_run", agent=agent, input=given)
    assert refused.startswith(f"invalid_input: {told}")
    assert "hunter" not in refused
