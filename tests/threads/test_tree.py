"""The timeline in a terminal: all branches, what was asked, decided and done, in eighty columns."""

import json
import string
import subprocess
from pathlib import Path

import pytest

from interrupt_mcp.text.columns import columns
from tests.conftest import Serve
from tests.effects import Effects
from tests.people.bidi import turned
from tests.processes import PATIENCE, command, surroundings
from tests.threads.past import before, checkpoints, decide

pytestmark = pytest.mark.anyio


def told(home: Path, *arguments: str, code: int = 0) -> str:
    """Return what the command prints, where it goes as it should, and else what it says is wrong."""
    done = subprocess.run(
        [command(), "thread", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        cwd=home,
        env=surroundings(home, COLUMNS="80", PYTHONIOENCODING="utf-8"),
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stderr if code else done.stdout


async def test_the_tree_shows_both_branches_and_where_the_thread_stands(
    serve: Serve, tmp_path: Path, bookings: Effects
) -> None:
    evil = "Ritz\x1b[2J\u202e\n● 99 fork → end  " + "長い名前" * 20
    async with serve() as door:
        run = await door.call(
            "start_run", agent="hotel", message=f'call book_hotel {{"hotel_name": {json.dumps(evil)}}}'
        )
        thread_id = run["thread_id"]
        await decide(door, run, "accept")
        back = await before(door, thread_id, "tools")
        again = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=back)
        await decide(door, again, "reject", message="not there")
        past = await checkpoints(door, thread_id)
        diagram = (await door.call("get_thread", thread_id=thread_id))["diagram"]
    head, *lines = told(tmp_path, thread_id).splitlines()
    assert head == f"Thread {thread_id} of agent hotel, 2 branches"
    assert all(columns(line) <= 80 for line in lines)
    assert all(line.isprintable() for line in lines)
    assert sum(line.endswith(checkpoint["checkpoint_id"]) for line in lines for checkpoint in past) == len(past)
    (here,) = [line for line in lines if "◀ here" in line]
    assert here.endswith(past[0]["checkpoint_id"])
    fork = next(at for at, line in enumerate(lines) if line.startswith("├─╮ branch 2"))
    assert again["run_id"] in lines[fork]
    assert any(line.startswith("│ ● ") for line in lines[fork:])
    text = "\n".join(lines)
    assert f"│   ? {run['interrupts'][0]['code']} applied: book_hotel" in text
    assert f"│ │   ? {again['interrupts'][0]['code']} applied: book_hotel" in text
    assert "│ │     reject “not there” by" in text
    assert text.count("│   ! done ") == 1
    body = json.loads(told(tmp_path, thread_id, "--json"))
    assert [c["checkpoint_id"] for c in body["checkpoints"]] == [c["checkpoint_id"] for c in past]
    assert [e["args"] for c in body["checkpoints"] for e in c["effects"]] == [{"hotel_name": evil}]
    assert told(tmp_path, thread_id, "--mermaid").strip() == diagram.strip()
    assert told(tmp_path, "nobody", code=1).startswith("interrupt-mcp: There is no thread 'nobody'.")


async def test_neither_a_threads_name_nor_its_json_does_anything_to_the_terminal(serve: Serve, tmp_path: Path) -> None:
    name, hotel = "trip\x9b2J\u202e\u3164 א 5", "Ritz\x9b\x85\u202e\u2066\u2800\u3164\u00a0 א 5"
    call = f"call book_hotel {json.dumps({'hotel_name': hotel})}"
    async with serve() as door:
        await door.call("start_run", agent="hotel", message=call, thread_id=name)
    unseen = set(f"{name}{hotel}") - set(" א") - {*string.printable}
    head = told(tmp_path, name).splitlines()[0]
    as_json = told(tmp_path, name, "--json")
    refused = told(tmp_path, name + "!", code=1)
    for out in (head, as_json, refused):
        assert unseen.isdisjoint(out)
        assert not any("5" in part for line in out.splitlines() for part in turned(line))
    assert refused.count("\n") == 1
    body = json.loads(as_json)
    assert body["thread_id"] == name
    assert body["values"]["messages"][-1]["tool_calls"][0]["args"] == {"hotel_name": hotel}


async def test_the_diagram_marks_where_the_thread_stands(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="desk", message="Delete customer 3")
        waiting = (await door.call("get_thread", thread_id=run["thread_id"]))["diagram"]
        await decide(door, run, "reject", message="no")
        ended = (await door.call("get_thread", thread_id=run["thread_id"]))["diagram"]
    assert "\tclass HumanInTheLoopMiddleware\\2eafter_model here" in waiting
    assert "\tHumanInTheLoopMiddleware\\2eafter_model(HumanInTheLoopMiddleware.after_model)" in waiting
    assert "\tclass __end__ here" in ended


async def test_a_thread_is_looked_at_page_by_page(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="review_summary", input={"text": "One. Two."})
        await decide(door, run, "accept")
        whole = await checkpoints(door, run["thread_id"])
        assert await checkpoints(door, run["thread_id"], page_size=2) == whole
        first = await door.call("get_thread", thread_id=run["thread_id"], limit=1)
        last = await door.call("get_thread", thread_id=run["thread_id"], before=whole[-1]["checkpoint_id"])
    assert [c["step"] for c in whole] == [3, 2, 1, 0, -1]
    assert whole[0]["next"] == []
    assert whole[2]["next"] == ["human_review_edit"]
    assert whole[2]["ran"] == [{"node": "human_review_edit", "wrote": {"summary": "One."}}]
    assert [c["parent_id"] for c in whole[:-1]] == [c["checkpoint_id"] for c in whole[1:]]
    assert first["checkpoints"] == whole[:1]
    assert last["checkpoints"] == []
    assert last["values"] == first["values"] == {"text": "One. Two.", "summary": "One.", "report": "Report\n\nOne."}
