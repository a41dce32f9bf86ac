"""The graphs of real agents as drawings, through the server and on the command line."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.execution.drawing import drawing_of
from interrupt_mcp.model import Drawing, DrawnEdge, DrawnNode, NodeKind
from interrupt_mcp.views.diagram import svg
from tests.conftest import Offer, Serve
from tests.diagrams.agents import graphs
from tests.diagrams.seen import seen
from tests.diagrams.test_picture import check
from tests.processes import PATIENCE, command, surroundings

pytestmark = pytest.mark.anyio


def links(drawing: Drawing) -> set[tuple[str, str, bool]]:
    name = {node.id: node.name for node in drawing.nodes}
    return {(name[edge.source], name[edge.target], edge.conditional) for edge in drawing.edges}


def here(drawing: Drawing) -> list[str]:
    return [node.name for node in drawing.nodes if node.here]


@pytest.mark.parametrize("graph", [graphs.react, graphs.routed, graphs.parallel], ids=["react", "routed", "parallel"])
def test_a_real_graph_is_drawn_whole(graph: Any) -> None:
    drawing = drawing_of(graph, ())
    check(drawing, seen(svg(drawing)))
    assert drawing.nodes_left_out == drawing.edges_left_out == 0


def test_a_react_agent_has_its_loop() -> None:
    drawing = drawing_of(graphs.react, ("tools",))
    assert links(drawing) == {
        ("start", "model", False),
        ("model", "tools", True),
        ("model", "end", True),
        ("tools", "model", True),
    }
    assert here(drawing) == ["tools"]
    assert {node.name: node.kind for node in drawing.nodes if node.kind is not NodeKind.STEP} == {
        "start": NodeKind.START,
        "end": NodeKind.END,
    }


def test_labels_are_those_of_the_edges() -> None:
    drawing = drawing_of(graphs.routed, ())
    assert DrawnEdge("ask", "act", "yes", conditional=True) in drawing.edges
    assert DrawnEdge("ask", "ask", "again", conditional=True) in drawing.edges
    assert seen(svg(drawing)).labels.count("again") == 1


def test_parallel_branches_stand_beside_each_other_and_all_that_run_next_are_marked() -> None:
    drawing = drawing_of(graphs.parallel, ("left", "right"))
    boxes = {box.text: box for box in seen(svg(drawing)).boxes}
    assert here(drawing) == ["left", "right"]
    assert boxes["left"].top == boxes["right"].top
    assert boxes["plan"].bottom < boxes["left"].top
    assert boxes["left"].bottom < boxes["join"].top


def test_where_nothing_runs_next_it_is_the_end() -> None:
    assert here(drawing_of(graphs.parallel, ())) == ["end"]


def test_a_graph_that_raises_when_it_is_looked_at_has_no_drawing() -> None:
    with pytest.raises(TypeError):
        graphs.unseen.get_graph()
    assert drawing_of(graphs.unseen, ("only",)) == Drawing()


def test_of_a_large_graph_the_first_nodes_are_drawn_and_where_the_thread_stands() -> None:
    drawing = drawing_of(graphs.crowd(230), ("n225",))
    assert len(drawing.nodes) == 200
    assert drawing.nodes_left_out == 32
    assert here(drawing) == ["n225"]
    assert DrawnNode("__end__", "end", kind=NodeKind.END) in drawing.nodes
    assert drawing.edges_left_out == 231 - len(drawing.edges)
    assert "Not drawn: 32 nodes and " in seen(svg(drawing)).words


def told(home: Path, *arguments: str) -> str:
    """Return what `thread` prints."""
    done = subprocess.run(
        [command(), "thread", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        cwd=home,
        env=surroundings(home),
        check=True,
    )
    return done.stdout


async def nowhere(_doing: str) -> None:
    """Tell nobody."""


async def test_a_thread_is_seen_with_its_drawing_and_the_command_prints_it(serve: Serve, tmp_path: Path) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message='call book_hotel {"hotel_name": "Ritz"}')
        assert door.app is not None
        thread = await (await door.app.runs()).threads.get(run["thread_id"], 1, None, nowhere)
        body = await door.call("get_thread", thread_id=run["thread_id"])
    assert here(thread.drawing) == ["tools"]
    assert "drawing" not in body
    printed = told(tmp_path, run["thread_id"], "--svg")
    assert "The run stands before tools." in seen(printed).words
    check(thread.drawing, seen(printed))


async def test_a_thread_whose_graph_cannot_be_looked_at_is_shown_without_it(serve: Serve, offer: Offer) -> None:
    async with serve(offer("graphs:unseen")) as door:
        run = await door.call("start_run", agent="unseen", input={"text": "x"})
        body = await door.call("get_thread", thread_id=run["thread_id"])
    assert body["diagram"] == ""
