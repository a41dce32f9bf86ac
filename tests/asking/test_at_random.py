"""Whatever is answered and whatever is called, threads stay answerable and errors say what to do."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from interrupt_mcp.errors import Error
from tests.asking.conftest import Asking, graphs, serving, written
from tests.asking.table import GIVEN, TOOLS, call, respond
from tests.asking.test_unruly import LONGEST, size
from tests.conftest import Door

pytestmark = pytest.mark.anyio

CODES = {kind.code for kind in Error.__subclasses__()}
TEXT = re.compile(r"^([a-z_]+): .+")
AGENTS = ("everything", "every_tool", "every_tool_batched", "every_tool_hand_built")
RELAXED = settings(
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-5, 5) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
words = st.sampled_from(["accept", "edit", "reject", "respond"]) | st.sampled_from(
    ["approve", "ignore", "response", ""]
)


def started(agent: str) -> dict[str, Any]:
    """Arguments that start the agent so that it asks in each of its ways at once."""
    if agent == "everything":
        return {"agent": agent, "input": {"topic": "tea", "answers": []}}
    tools = [name for name in TOOLS if name.startswith("from_") and name not in ("from_query", "from_form")]
    calls = [call(name, GIVEN) for name in tools]
    calls += [call("from_query", {"query": "Age?"}), call("from_form", {"question": "Which size?"})]
    if agent != "every_tool_hand_built":
        calls.append(call("plain", GIVEN))
    if agent == "every_tool":
        calls += [call("in_two_steps", {"to": "ann"}), call("until_good", {"to": "ann"})]
    return {"agent": agent, "message": "\n".join(calls)}


def good(interrupt: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """A decision that the graph surely takes."""
    if interrupt["status"] != "pending":
        return {"type": "reject"}
    if interrupt["dialect"] == "freeform" and request["action"] not in TOOLS:
        return freely(interrupt)
    if "accept" in request["allowed"]:
        return {"type": "accept"}
    if interrupt["dialect"] == "elicitation":
        return respond({"size": 4})
    return respond({"data": "42"} if request["action"] == "from_query" else "as you like")


def freely(interrupt: dict[str, Any]) -> dict[str, Any]:
    """An answer to a free question: what its schema wants, or a number, which all of them take."""
    schema = json.dumps(interrupt.get("response_schema") or {})
    wanted = {"age": {"name": "Al", "age": 3}, "item": {"item": "tea", "count": 3}, "summary": {"summary": "x"}}
    for name, value in {**wanted, "count": {"count": 3}, "boolean": True, "later": "later"}.items():
        if f'"{name}"' in schema:
            return respond(value)
    return respond(3)


@st.composite
def decisions(draw: st.DrawFn) -> dict[str, Any]:
    """A decision, mostly with the fields that go with its type, and marks that are filled in for a request."""
    kind = draw(words)
    made: dict[str, Any] = {"type": kind}
    if kind == "edit" or draw(st.integers(0, 9)) == 0:
        made["args"] = draw(st.sampled_from(["as given", "without one", "with one more"]) | json_values)
    if kind == "respond" or draw(st.integers(0, 9)) == 0:
        made["value"] = draw(json_values | st.just("as wanted"))
    if draw(st.integers(0, 3)) == 0:
        made["message"] = draw(texts | json_values)
    if draw(st.integers(0, 9)) == 0:
        made["digest"] = draw(st.sampled_from(["right", "wrong"]) | texts)
    if draw(st.integers(0, 19)) == 0:
        made["interrupt_id"] = draw(texts)
    if draw(st.integers(0, 19)) == 0:
        made["index"] = draw(st.integers(-1, 3) | json_values)
    return made


def filled_in(made: dict[str, Any], interrupt: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """The decision for this request, where marks stand for what only it knows."""
    found = {"interrupt_id": interrupt["interrupt_id"], "index": request["index"], **made}
    given = dict(request["args"])
    known = {
        "as given": given,
        "without one": dict(list(given.items())[1:]),
        "with one more": {**given, "more": 1},
    }
    if isinstance(found.get("args"), str):
        found["args"] = known.get(found["args"], found["args"])
    if found.get("value") == "as wanted":
        found["value"] = freely(interrupt)["value"]
    if found.get("digest") in ("right", "wrong"):
        found["digest"] = interrupt["digest"] if found["digest"] == "right" else "0" * 64
    return found


async def checked(door: Door, tool: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The result, or nothing where it is an error, which has a code and says what to do."""
    result = await door.client.call_tool(tool, arguments)
    assert size(result) < LONGEST
    if not result.is_error:
        assert result.structured_content is not None
        return result.structured_content
    text = result.content[0].text  # type: ignore[union-attr]
    found = TEXT.match(text)
    assert found, text
    assert found[1] in CODES, text
    return None


async def answered(asking: Asking, run: dict[str, Any]) -> dict[str, Any]:
    """The run, after all that it asks is answered well, as often as it asks."""
    for _ in range(30):
        if run["status"] != "interrupted":
            return run
        run = await asking.decide(
            run,
            *(
                {**good(i, r), "interrupt_id": i["interrupt_id"], "index": r["index"]}
                for i in run["interrupts"]
                for r in i["requests"]
                if "decision" not in r
            ),
        )
    raise AssertionError(f"still asks: {run['interrupts']}")


@RELAXED
@given(agent=st.sampled_from(AGENTS), made=st.lists(decisions(), min_size=40, max_size=40))
async def test_no_answer_breaks_a_thread(asking: Asking, agent: str, made: list[dict[str, Any]]) -> None:
    run = await asking.door.call("start_run", **started(agent))
    thread = run["thread_id"]
    for one in made:
        if run["status"] != "interrupted":
            break
        waiting = [(i, r) for i in run["interrupts"] for r in i["requests"] if "decision" not in r]
        interrupt, request = waiting[len(json.dumps(one)) % len(waiting)]
        arguments = {"run_id": run["run_id"], "decisions": [filled_in(one, interrupt, request)]}
        run = await checked(asking.door, "resume_run", arguments) or run
    run = await answered(asking, run)
    ends = [("success", None), ("error", "rejected"), ("cancelled", None)]
    assert (run["status"], run.get("error", {}).get("code")) in ends, run
    again = await answered(asking, await asking.door.call("start_run", **started(agent), thread_id=thread))
    assert again["status"] == "success", again


NAMES = [
    *("agent", "message", "input", "context", "thread_id", "idempotency_key", "on_interrupted", "wait_seconds"),
    *("run_id", "status", "limit", "cursor", "decisions", "checkpoint_id", "before", "values"),
]
MARKS = ("run_id", "thread_id", "checkpoint_id", "code")
known = st.sampled_from(
    [
        *MARKS,
        "everything",
        "created_from_text",
        {"topic": "x", "answers": []},
        [{"type": "respond", "value": 1}],
        [{"type": "reject", "interrupt_id": "code"}],
        "interrupted",
        "reject",
        "\ud83d",
    ]
)


@dataclass(frozen=True)
class Call:
    """A call of some tool: arguments of any names, values for what the tool requires, and whether unknown ones go."""

    tool: int
    arguments: dict[str, Any]
    required: list[Any]
    only_known: bool

    def made(self, tools: list[Any], run: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        tool = tools[self.tool % len(tools)]
        names = tool.input_schema["properties"]
        required = zip(tool.input_schema.get("required", []), self.required, strict=False)
        arguments = {**self.arguments, **dict(required)}
        arguments = {n: v for n, v in arguments.items() if n in names or not self.only_known}
        if "wait_seconds" in names:
            wanted = arguments.get("wait_seconds", 0)
            arguments["wait_seconds"] = 0 if isinstance(wanted, int | float) and 0 <= wanted <= 25 else wanted
        return tool.name, {n: run[v] if isinstance(v, str) and v in MARKS else v for n, v in arguments.items()}


calls = st.builds(
    Call,
    st.integers(0, 99),
    st.dictionaries(st.sampled_from(NAMES) | texts, known | json_values, max_size=3),
    st.lists(known | json_values, max_size=3),
    st.booleans(),
)


@pytest.fixture(scope="module")
async def few(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Door]:
    """A server of few agents, so that listing them is quick."""
    names = ("everything", "every_tool", "created_from_text", "before")
    folder = tmp_path_factory.mktemp("few")
    async with serving(written(folder, {name: graphs()[name] for name in names})) as door:
        yield door


@RELAXED
@given(made=st.lists(calls, min_size=40, max_size=40))
async def test_any_call_of_any_tool_gives_a_result_or_an_error_that_says_what_to_do(
    few: Door, asking: Asking, made: list[Call]
) -> None:
    asking = replace(asking, door=few)
    tools = (await asking.door.client.list_tools()).tools
    run = await asking.door.call("start_run", **started("everything"))
    thread = await asking.door.call("get_thread", thread_id=run["thread_id"])
    marks = {**run, "checkpoint_id": thread["checkpoints"][-1]["checkpoint_id"], "code": run["interrupts"][0]["code"]}
    for one in made:
        name, arguments = one.made(tools, marks)
        await checked(asking.door, name, arguments)
    run = await asking.door.call("get_run", run_id=run["run_id"], wait_seconds=20)
    if run["status"] == "interrupted":
        run = await answered(asking, run)
    assert run["status"] in ("success", "cancelled", "error")
