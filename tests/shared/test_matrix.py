"""Who is served what: each tool, resource, prompt and method of the server, for each who may ask, in both eras.

The rows are those that the server itself lists: a new one fails until it is said here who gets what.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.mcp import build_server
from tests.processes import surroundings
from tests.shared.asking import MODERN, Answer, Caller, calling
from tests.shared.columns import COLUMNS, NEVER, NOBODY, Subject, by_column, owner, started
from tests.shared.served import AGENTS, L, R, Shared

Ask = Callable[[Caller, Subject], Answer]
Row = TypeVar("Row")
GIVEN: dict[str, dict[str, Any]] = {
    "start_run": {"agent": "free", "message": "go"},
    "resume_run": {"decisions": [{"type": "accept"}]},
    "list_runs": {"limit": 100},
    "list_interrupts": {"limit": 100},
}
ENDS = ("fork_thread", "rewind_thread", "cancel_run")
"""What comes last: it ends the runs."""
NUMBERS = count()


def tool(name: str, **arguments: str) -> Ask:
    """A call whose arguments are named by what the subject has."""
    more = GIVEN.get(name, {})
    return lambda caller, of: caller.call(name, **more, **{key: getattr(of, each) for key, each in arguments.items()})


def resource(uri: str) -> Ask:
    return lambda caller, of: caller.read(uri.format(run_id=of.run, thread_id=of.thread))


def asking(method: str, **params: object) -> Ask:
    return lambda caller, _: caller.ask(method, **params)


def watching(method: str) -> Ask:
    return lambda caller, of: caller.ask(method, uri=f"run://{of.run}")


LISTED = " ".join(["served"] * 9)
"""All for the owner, for a decider, for a member of their group, for another, for who reads all, and for the owner
without the scopes run, read and decide, and with none of these. The second line of a row is of a run without deciders.
"""
TOOLS: dict[str, tuple[Ask, str, str]] = {
    "list_agents": (
        tool("list_agents"),
        "served served served served served served served served 403",
        "served served served served served served served served 403",
    ),
    "start_run": (
        tool("start_run"),
        "served served served served 403 403 served served 403",
        "served served served served 403 403 served served 403",
    ),
    "get_run": (
        tool("get_run", run_id="run"),
        "served served served unknown_run served served 403 served 403",
        "served unknown_run unknown_run unknown_run served served 403 served 403",
    ),
    "list_runs": (
        tool("list_runs"),
        "shown shown shown hidden shown shown 403 shown 403",
        "shown hidden hidden hidden shown shown 403 shown 403",
    ),
    "list_interrupts": (
        tool("list_interrupts"),
        "shown shown shown hidden shown shown 403 shown 403",
        "shown hidden hidden hidden shown shown 403 shown 403",
    ),
    "resume_run": (
        tool("resume_run", run_id="run"),
        "needs_human needs_human needs_human unknown_run 403 needs_human needs_human needs_human 403",
        "needs_human unknown_run unknown_run unknown_run 403 needs_human needs_human needs_human 403",
    ),
    "get_thread": (
        tool("get_thread", thread_id="thread"),
        "served served served unknown_thread served served 403 served 403",
        "served unknown_thread unknown_thread unknown_thread served served 403 served 403",
    ),
    "fork_thread": (
        tool("fork_thread", thread_id="thread"),
        "served forbidden forbidden unknown_thread 403 403 served served 403",
        "served unknown_thread unknown_thread unknown_thread 403 403 served served 403",
    ),
    "rewind_thread": (
        tool("rewind_thread", thread_id="thread", checkpoint_id="checkpoint"),
        "served forbidden forbidden unknown_thread 403 403 served served 403",
        "served unknown_thread unknown_thread unknown_thread 403 403 served served 403",
    ),
    "cancel_run": (
        tool("cancel_run", run_id="run"),
        "served forbidden forbidden unknown_run 403 403 served served 403",
        "served unknown_run unknown_run unknown_run 403 403 served served 403",
    ),
}
RESOURCES: dict[str, tuple[Ask, str, str]] = {
    "interrupts://pending": (resource("interrupts://pending"), TOOLS["list_runs"][1], TOOLS["list_runs"][2]),
    "run://{run_id}": (resource("run://{run_id}"), TOOLS["get_run"][1], TOOLS["get_run"][2]),
    "thread://{thread_id}": (resource("thread://{thread_id}"), TOOLS["get_thread"][1], TOOLS["get_thread"][2]),
}
PROMPTS = {"review_pending", *AGENTS}
TOLD = "served served served served served served 403 served 403"
COMPLETED = {"run_id": TOOLS["list_runs"], "thread_id": TOOLS["list_runs"]}
METHODS: dict[str, tuple[Ask, str] | None] = {
    "tools/call": None,
    "resources/read": None,
    "completion/complete": None,
    "subscriptions/listen": None,
    "resources/subscribe": (watching("resources/subscribe"), TOLD),
    "resources/unsubscribe": (watching("resources/unsubscribe"), TOLD),
    "tools/list": (asking("tools/list"), LISTED),
    "resources/list": (asking("resources/list"), LISTED),
    "resources/templates/list": (asking("resources/templates/list"), LISTED),
    "prompts/list": (asking("prompts/list"), LISTED),
    "prompts/get": (asking("prompts/get", name="review_pending"), LISTED),
    "server/discover": (asking("server/discover"), LISTED),
    "ping": (asking("ping"), LISTED),
}
"""None where it is looked at by what it names, or its answer goes on."""
ONLY_IN = {
    "resources/subscribe": "2025-11-25",
    "resources/unsubscribe": "2025-11-25",
    "ping": "2025-11-25",
    "server/discover": MODERN,
}
"""Methods that only one era has."""


def completing(name: str) -> Ask:
    ref = {"type": "ref/prompt", "name": "review_pending"}
    return asking("completion/complete", ref=ref, argument={"name": name, "value": ""})


@pytest.fixture
def four(at: Shared) -> Iterator[Subject]:
    with waiting(at, "four") as found:
        yield found


@pytest.fixture
def free(at: Shared) -> Iterator[Subject]:
    with waiting(at, "free") as found:
        yield found


@contextmanager
def waiting(at: Shared, agent: str) -> Iterator[Subject]:
    """A run of the owner's, which waits, and nothing is left of it after the test."""
    with owner(at) as caller:
        found = started(caller, agent, f"secret-{agent}-{next(NUMBERS)}")
        yield found
        for run in caller.call("list_runs", status="interrupted", limit=100).value["runs"]:
            caller.call("cancel_run", run_id=run["run_id"])


@pytest.fixture(params=list(COLUMNS))
def column(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def caller(at: Shared, column: str, version: str) -> Iterator[Caller]:
    with calling(at.server, COLUMNS[column](at), version) as found:
        yield found


def came_off(ask: Ask, caller: Caller, of: Subject, *, lists: bool) -> str:
    """How it came off. Whatever is unknown is unknown as what never was."""
    answer = ask(caller, of)
    word = answer.word()
    if word == "served" and lists:
        return "shown" if of.run in json.dumps(answer.body) or of.thread in json.dumps(answer.body) else "hidden"
    if "unknown_" in answer.text:
        never = ask(caller, NEVER)
        assert answer.text == of.in_place_of(NEVER, never.text)
        assert answer.status == never.status
        assert answer.body.get("error", {}).get("code") == never.body.get("error", {}).get("code")
        word = answer.text.partition(":")[0]
    return word


def came_off_each(column: str, asks: Mapping[Row, Callable[[], str]]) -> dict[Row, str]:
    """How each came off, one after the other; all at once where somebody brings what is wrong, who is answered late."""
    with ThreadPoolExecutor(16 if column in NOBODY else 1) as pool:
        return dict(zip(asks, pool.map(lambda ask: ask(), asks.values()), strict=True))


def test_everybody_gets_just_what_is_theirs(column: str, caller: Caller, four: Subject, free: Subject) -> None:
    completed = {f"completing {name}": (completing(name), *each[1:]) for name, each in COMPLETED.items()}
    rows = {**RESOURCES, **completed, **TOOLS}
    asks, expected = {}, {}
    for name in sorted(rows, key=lambda each: ENDS.index(each) if each in ENDS else -1):
        ask, *lines = rows[name]
        for subject, words in zip((four, free), lines, strict=True):
            asks[name, subject.thread] = partial(came_off, ask, caller, subject, lists="shown" in words)
            expected[name, subject.thread] = by_column(words)[column]
    assert came_off_each(column, asks) == expected


def test_every_method_is_answered_to_those_who_may_ask_it(
    column: str, caller: Caller, version: str, four: Subject
) -> None:
    asked = {name: each for name, each in METHODS.items() if each and ONLY_IN.get(name, version) == version}
    asks = {name: partial(came_off, ask, caller, four, lists=False) for name, (ask, _) in asked.items()}
    expected = {name: by_column(words)[column] for name, (_, words) in asked.items()}
    assert came_off_each(column, asks) == expected


def _word_of_prompt(caller: Caller, name: str) -> str:
    return caller.ask("prompts/get", name=name).word()


def test_a_prompt_says_the_same_to_everybody(column: str, caller: Caller) -> None:
    listed = caller.ask("prompts/list")
    asks = {name: partial(_word_of_prompt, caller, name) for name in PROMPTS}
    assert {*came_off_each(column, asks).values()} == {by_column(LISTED)[column]}
    if listed.word() == "served":
        assert {each["name"] for each in listed.result["prompts"]} == PROMPTS


def test_all_that_the_server_lists_is_in_the_tables(at: Shared, version: str) -> None:
    with calling(at.server, COLUMNS["owner"](at), version) as caller:
        tools = {each["name"] for each in caller.ask("tools/list").result["tools"]}
        resources = {each["uri"] for each in caller.ask("resources/list").result["resources"]}
        templates = caller.ask("resources/templates/list").result["resourceTemplates"]
        prompts = caller.ask("prompts/list").result["prompts"]
    assert tools == TOOLS.keys()
    assert resources | {each["uriTemplate"] for each in templates} == RESOURCES.keys()
    taken = {each["name"] for one in prompts for each in one["arguments"]}
    # Of these, runs and threads are somebody's, as are no names of agents and no requests.
    assert taken == {"agent", "thread_id", "request"}


@pytest.mark.anyio
async def test_every_method_that_the_server_answers_is_in_the_table(tmp_path: Path) -> None:
    settings = read_settings(surroundings(tmp_path), cwd=tmp_path)
    async with running(settings) as app:
        server = build_server(app.runs_of, app.agents, VERSION, settings)
        assert server._lowlevel_server._request_handlers.keys() == METHODS.keys()


def test_a_stream_of_changes_begins_for_those_who_read(column: str, at: Shared, four: Subject) -> None:
    with calling(at.server, COLUMNS[column](at)) as caller:
        watched = {"resourceSubscriptions": ["interrupts://pending", f"run://{four.run}"]}
        with caller.streaming("subscriptions/listen", notifications=watched) as answer:
            assert str(answer.status_code) == by_column(TOLD)[column].replace("served", "200")


def test_what_is_anothers_is_not_counted(at: Shared, version: str, four: Subject, free: Subject) -> None:
    with calling(at.server, at.token(f"newcomer-{version}", R, L), version) as caller:
        told = caller.call("start_run", agent="free", message="go")
        assert "Besides" not in told.text
        assert four.code not in told.text
        caller.call("cancel_run", run_id=told.value["run_id"])
