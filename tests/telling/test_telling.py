"""What an agent tells while it works arrives at the client that waits, short, visible and without secrets."""

import json
from pathlib import Path

import anyio
import pytest

from tests.patience import until
from tests.processes import HttpServer, over_http, over_stdio
from tests.telling.agents.odd import EVENTS
from tests.telling.agents.places import HERE
from tests.telling.agents.speaking import SECRET, TEXT
from tests.telling.listening import Listener

pytestmark = pytest.mark.anyio
PLACES = [
    "in_node",
    "in_async_node",
    "in_node_by_runtime",
    "in_node_by_argument",
    "in_subgraph",
    "in_tool",
    "in_async_tool",
    "in_tool_by_runtime",
    "in_agent_in_tool",
    "in_agent_in_sync_tool",
]
LONGEST = 300
"""Characters of a line, each of which may be written as its number."""


@pytest.mark.parametrize("place", PLACES)
async def test_what_code_writes_to_its_stream_is_told_from_wherever_it_does(listener: Listener, place: str) -> None:
    assert (await listener.start(place))["status"] == "success"
    assert listener.told.count(HERE) == 1


async def test_a_task_of_an_entrypoint_tells_too(listener: Listener) -> None:
    run = await listener.call("start_run", agent="in_task", input={"a": 1})
    assert run["status"] == "success"
    assert HERE in listener.told


@pytest.mark.parametrize("place", PLACES)
async def test_where_nobody_listens_a_stream_writer_does_no_harm(listener: Listener, place: str) -> None:
    run = await listener.door.call("start_run", agent=place, message="go")
    assert run["status"] == "success"
    assert not listener.told


@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_the_text_so_far_is_told_before_the_model_goes_on(
    way: str, version: str, server: HttpServer, environ: dict[str, str], tmp_path: Path, go: Path
) -> None:
    opened = over_http(server.url, version) if way == "http" else over_stdio(tmp_path, version, environ)
    async with opened as door, anyio.create_task_group() as tasks:
        listener = Listener(door)
        tasks.start_soon(listener.start, "waits")
        await until(lambda: "The Ritz is" in listener.told)
        go.touch()
        await until(lambda: any(line.endswith("for two nights.") for line in listener.told))
        assert "speak" in listener.told


async def test_who_comes_later_is_told_what_is_told_from_then_on(listener: Listener, go: Path) -> None:
    run = await listener.door.call("start_run", agent="waits", message="go", wait_seconds=0)
    async with anyio.create_task_group() as tasks:

        async def look() -> None:
            await listener.call("get_run", run_id=run["run_id"], wait_seconds=25)

        tasks.start_soon(look)
        await until(lambda: "speak" in listener.told)
        go.touch()
    assert listener.told[-1].endswith("for two nights.")


@pytest.mark.parametrize("agent", ["streams", "streams_in_a_thread", "streams_by_itself", "at_once", "thinks"])
async def test_the_models_text_is_told_streamed_or_not_and_nothing_but_its_text(listener: Listener, agent: str) -> None:
    run = await listener.start(agent)
    assert run["status"] == "success", run
    assert listener.told[-1] == TEXT
    assert not [line for line in listener.told if "hidden" in line]


async def test_a_model_that_its_author_wants_unheard_is_not_told(listener: Listener) -> None:
    assert (await listener.start("whispers"))["answer"] == TEXT
    assert not [line for line in listener.told if "Ritz" in line]


async def test_a_model_is_called_in_the_same_way_whether_somebody_listens_or_not(listener: Listener) -> None:
    heard = await listener.start("cannot_stream")
    unheard = await listener.door.call("start_run", agent="cannot_stream", message="go")
    assert (heard["status"], heard["answer"]) == (unheard["status"], unheard["answer"]) == ("success", "Nothing there.")
    said = [line for line in listener.told if line in ("I look.", "look", "Nothing there.")]
    assert said == ["I look.", "look", "Nothing there."]


@pytest.mark.parametrize("agent", ["gives_a_secret", "ends_in_a_secret"])
async def test_a_secret_that_comes_in_pieces_is_never_told(listener: Listener, agent: str) -> None:
    await listener.start(agent)
    assert listener.told[-1].startswith("The key is ***")
    assert SECRET[:7] not in "".join(listener.told)


async def test_no_part_of_a_secret_of_several_words_is_told_while_it_comes(listener: Listener) -> None:
    await listener.start("gives_a_passphrase")
    assert listener.told[-1] == "It is ***, no other."
    assert not {"correct", "horse"} & set(" ".join(listener.told).split())


@pytest.mark.parametrize(("agent", "end"), [("talks_long", "words the end"), ("talks_without_spaces", "語終")])
async def test_of_a_long_text_the_end_is_told(listener: Listener, agent: str, end: str) -> None:
    await listener.start(agent)
    assert listener.told[-1].startswith("…")
    assert listener.told[-1].endswith(end)
    assert all(len(line) <= LONGEST for line in listener.told)


@pytest.mark.parametrize("event", EVENTS)
async def test_whatever_is_told_is_short_and_visible_and_breaks_nothing(listener: Listener, event: str) -> None:
    run = await listener.start("odd", event)
    assert run["status"] == "success", run
    for line in listener.told:
        assert line.isprintable()
        assert len(line) <= 10 * LONGEST
        for secret in ("sk-proj", "hunter2", "abcdefgh", "a1a1"):
            assert secret not in line


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("no JSON within", '{"things": [<class \'odd'),
        ("turned round", "paid \\u{202e}005$\\u{202c} \\u{200b} to \\u{1b}[31mbob\\u{0}"),
        ("half a character", "\\u{d800} {\\u{dfff}"),
        ("lines", "one two three four"),
        ("a named key", '{"api_key": ***, "at": 3}'),
        ("markup", "<script>alert(1)</script> [link](http://x) {{7*7}}"),
        ("its own tail", '{"again": {"again": {"again": {"again": {"again": …}}}}}'),
        ("a large key", '{"kkkk'),
        ("nothing", "null"),
    ],
)
async def test_what_is_told_is_shown_as_what_it_is(listener: Listener, event: str, line: str) -> None:
    await listener.start("odd", event)
    assert listener.told[-1].startswith(line), listener.told


async def test_of_ten_thousand_events_some_are_told_and_the_last_one_last(listener: Listener) -> None:
    run = await listener.start("flood")
    assert run["status"] == "success"
    assert "floods" in listener.told
    assert listener.told[-1] == json.dumps({"event": 9999})
    numbers = [json.loads(line)["event"] for line in listener.told if line.startswith("{")]
    assert numbers == sorted(numbers)
    assert len(numbers) < 1000


async def test_a_nodes_name_is_told_visibly_and_cut(listener: Listener) -> None:
    assert (await listener.start("named"))["status"] == "success"
    (name,) = [line for line in listener.told if line.startswith("pay")]
    assert name.startswith("pay \\u{202e}5\\u{202c} *** nnn")
    assert len(name) <= 2 * LONGEST
