"""Text of agents, models and strangers' folders at each door of the command line: all is seen, as in `review`.

Agents are written here as text where the hostile words stand in their source.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, typed_at_a_terminal
from tests.conftest import Project, Serve
from tests.database import url_of
from tests.processes import commanded
from tests.terminals import reviewing
from tests.threads.past import decide

pytestmark = pytest.mark.anyio

HIDING = (
    "a\u3164b\u2800c\u00a0d\u202fe\u200bf\u202eg\u2066h\x85i\x9bj\x1b[2Jk\u115fl\u034fm\ufe0fn\U000e0041o\u2028p\x0cq"
)
"""Blank letters, spaces that are none, marks that are not drawn, controls, and ends of lines."""
PILED = "r" + 8 * "\u0338"
FORGED = "\nforged\tline"
HOSTILE = HIDING + PILED + FORGED
SHOWN = re.sub(
    r"[^ -~]", lambda found: rf"\u{{{ord(found[0]):x}}}", HIDING + "r" + 3 * "/" + 5 * "\u0338" + FORGED
).replace("///", 3 * "\u0338")
"""How forms show it on one line: as many marks as a letter may have, and numbers for the rest."""
HONEST = "naïve Zoe\u0308 a\u0300\u0323, नमस्ते, ไม่มีปัญหา, 東京, 한글, مرحبا, x"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def unseen(printed: str) -> Iterator[str]:
    """What of the hostile text stands in what was printed as it was written."""
    yield from (each for each in {*HIDING} - {*map(chr, range(0x20, 0x7F))} if each in printed)
    yield from re.findall("\u0338{4}", printed)
    yield from re.findall(r"^forged.*|(?<=[^\n\t])\t.*", printed, re.MULTILINE)


async def hostile_runs(serve: Serve) -> dict[str, Any]:
    """One that waits, one that was rejected with such words, and one that ended with such an answer."""
    call = f"call book_hotel {json.dumps({'hotel_name': HOSTILE})}"
    async with serve() as door:
        waiting: dict[str, Any] = await door.call("start_run", agent="hotel", message=call, thread_id="waiting")
        rejected = await door.call("start_run", agent="hotel", message=call, thread_id="rejected")
        await decide(door, rejected, "reject", message=HOSTILE)
        ended = await door.call("start_run", agent="revise_text", input={"some_text": HONEST}, thread_id="ended")
        answer = {"type": "respond", "value": HOSTILE}
        await door.call("resume_run", run_id=ended["run_id"], decisions=[answer])
    return waiting


@pytest.mark.posix
async def test_tables_and_trees_show_it_as_review_does(
    serve: Serve, run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    waiting = await hostile_runs(serve)
    with reviewing(tmp_path, waiting["interrupts"][0]["code"]) as keys:
        reviewed = keys.until("q quit: ").replace("\n    ↳ ", "")
        keys.type("q")
        assert keys.ended() == 0
    # JSON has its own escapes for the controls below a space.
    shown = SHOWN
    for number, escape in ((r"\u{a}", r"\n"), (r"\u{9}", r"\t"), (r"\u{c}", r"\f"), (r"\u{1b}", r"\u001b")):
        shown = shown.replace(number, escape)
    assert f'"hotel_name": "{shown}"' in reviewed
    printed = {"waiting": run("thread", "waiting").out, "rejected": run("thread", "rejected").out}
    monkeypatch.setenv("INTERRUPT_MCP_DATABASE", url_of(tmp_path))
    for name in ("interrupts", "audit", "runs"):
        assert commanded(name) == 0
        printed[name] = capsys.readouterr().out
    for name in ("interrupts", "waiting", "rejected"):
        assert f'{{"hotel_name": "{shown}"}}' in printed[name]
    assert SHOWN in printed["audit"]
    assert f"reject “{SHOWN}”" in printed["rejected"]
    narrow = run("thread", "rejected", environ={"COLUMNS": "60"}).out
    for out in (reviewed, narrow, run("thread", "rejected", "--json").out, *printed.values()):
        assert [*unseen(out)] == []
    assert HONEST in run("thread", "ended").out


@pytest.mark.parametrize(
    "words",
    [
        ["runs", HOSTILE],
        ["runs", "--status", HOSTILE],
        ["runs", "--limit", HOSTILE],
        ["serve", "--port", HOSTILE],
        ["serve", "--http", "--host", HOSTILE],
        [f"x{HOSTILE}"],
        ["thread", HOSTILE],
        ["agents", "--config", HOSTILE],
        ["runs", "--database", HOSTILE],
    ],
)
def test_what_is_said_of_wrong_arguments_quotes_them_visibly(run: Command, words: list[str]) -> None:
    refused = run(*words)
    assert refused.code in (1, 2)
    assert r"a\u{3164}b\u{2800}c" in refused.err
    assert [*unseen(refused.err)] == []


@pytest.mark.parametrize(
    ("words", "code"), [(["agents"], 0), (["serve"], 0), (["demo", "--config", "langgraph.json"], 2)]
)
def test_a_folder_that_the_file_was_found_in_is_named_visibly(
    run: Command, tmp_path: Path, words: list[str], code: int
) -> None:
    folder = tmp_path / HOSTILE
    folder.mkdir()
    (folder / "langgraph.json").write_text('{"graphs": {}}')
    ended = run(*words, folder=folder)
    assert ended.code == code
    said = ended.out + ended.err
    assert SHOWN in said
    assert [*unseen(said)] == []


async def test_a_diagram_has_each_of_its_lines_as_one(serve: Serve, run: Command, project: Project) -> None:
    name = HOSTILE.replace("\n", "")
    config = project(
        named=f"""
        from langgraph.graph import START, StateGraph
        name = {name!r}
        graph = StateGraph(dict).add_node(name, lambda state: state).add_edge(START, name).compile()
        """
    )
    async with serve(config) as door:
        await door.call("start_run", agent="named", input={"text": "x"}, thread_id="drawn", wait_seconds=25)
        diagram = (await door.call("get_thread", thread_id="drawn"))["diagram"]
    drawn = run("thread", "drawn", "--mermaid", "--config", str(config)).out
    assert name in diagram
    assert SHOWN.replace(r"\u{a}", "") in drawn
    assert drawn.count("\n") == diagram.rstrip("\n").count("\n") + 1
    assert [*unseen(drawn)] == []


def test_a_warning_of_an_agents_code_is_logged_like_anything_else(run: Command, project: Project) -> None:
    secret = "sk-proj-1234567890abcdef"
    config = project(
        warning=f"""
        import warnings
        from interrupt_mcp_agents.revise_text import graph
        warnings.warn({HOSTILE!r} + " {secret}")
        """
    )
    ended = run("agents", "--config", str(config))
    assert ended.code == 0
    assert r"UserWarning: a\u{3164}b\u{2800}c" in ended.err
    assert secret not in ended.err
    assert [each for each in unseen(ended.err) if not each.startswith("forged")] == []


@pytest.mark.posix
def test_the_demo_asks_for_an_argument_by_its_visible_name(tmp_path: Path, project: Project) -> None:
    config = project(
        hotel=f"""
        from langchain_core.messages import AIMessage
        from langgraph.graph import START, MessagesState, StateGraph
        from langgraph.types import interrupt

        def node(state):
            interrupt({{
                "action_request": {{"action": "book", "args": {{{HOSTILE!r}: "Ritz"}}}},
                "config": {{"allow_accept": True, "allow_edit": True, "allow_respond": False, "allow_ignore": True}},
            }})
            return {{"messages": [AIMessage("booked")]}}

        graph = StateGraph(MessagesState).add_node("node", node).add_edge(START, "node").compile()
        """
    )
    told, code = typed_at_a_terminal(tmp_path, "demo", "--config", str(config), typed=["e", "Plaza"])
    assert code == 0, told
    assert f"{SHOWN} [The Plaza]:" in told
    for bold in ("\x1b[1m", "\x1b[0m"):
        told = told.replace(bold, "")
    assert [*unseen(told)] == []
