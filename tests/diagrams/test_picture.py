"""Any drawing as a picture: all of it is there, nothing lies upon anything else, and hostile names are only names."""

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interrupt_mcp.model import Drawing, DrawnEdge, DrawnNode, NodeKind
from interrupt_mcp.text.columns import columns
from interrupt_mcp.views.diagram import svg, svg_file
from tests.diagrams.conftest import Draw, drawn
from tests.diagrams.seen import Seen, seen

NAMES = [f"node{number}" for number in range(12)]
LABELS = st.sampled_from(["", "", "yes", "a rather long label of an edge"])


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    count = draw(st.integers(1, len(NAMES)))
    kinds = st.sampled_from([NodeKind.STEP, NodeKind.STEP, NodeKind.START, NodeKind.END])
    nodes = [
        DrawnNode(name, name * draw(st.integers(1, 4)), draw(st.booleans()), draw(kinds)) for name in NAMES[:count]
    ]
    ends = st.sampled_from(NAMES[:count])
    edges = draw(st.lists(st.builds(DrawnEdge, ends, ends, LABELS, st.booleans()), max_size=30))
    return Drawing(tuple(nodes), tuple(edges), draw(st.integers(0, 2)))


def check(drawing: Drawing, picture: Seen) -> None:
    """Nothing of the drawing is missing, nothing lies upon a box, and all is within the picture."""
    boxes = {node.id: box for node, box in zip(drawing.nodes, picture.boxes, strict=True)}
    left, top, right, bottom = picture.view
    for at, box in enumerate(picture.boxes):
        assert left < box.left < box.right < right, box
        assert top < box.top < box.bottom < bottom, box
        assert not [other for other in picture.boxes[:at] if box.meets(other)]
    links = dict.fromkeys((edge.source, edge.target, edge.conditional) for edge in drawing.edges)
    for (source, target, conditional), line in zip(links, picture.lines, strict=True):
        assert line.kind == ("edge conditional" if conditional else "edge")
        ends = line.points[0], line.points[-1]
        # The arrow is at the target, wherever the path begins.
        assert boxes[target].touches(line.arrow)
        begin = ends[0] if ends[1] == line.arrow else ends[1]
        assert line.arrow in ends
        assert boxes[source].touches(begin), (source, target)
        assert not [point for point in line.points for box in picture.boxes if box.holds(point)], (source, target)
        assert all(left < x < right and top < y < bottom for x, y in line.points)


@settings(max_examples=200, deadline=None)
@given(drawing=drawings())
def test_no_box_lies_on_another_and_each_line_leads_from_box_to_box_past_all_others(drawing: Drawing) -> None:
    check(drawing, seen(svg(drawing)))
    assert svg(drawing) == svg(drawing)


@pytest.mark.parametrize(
    "drawing",
    [
        drawn(*((f"n{at}", f"n{at + 1}") for at in range(199))),
        drawn(*(("start", f"n{at}") for at in range(50)), *((f"n{at}", "end") for at in range(50))),
        drawn(*(("hub", f"n{at}", "go") for at in range(50)), *((f"n{at}", "hub") for at in range(50))),
        drawn(("a", "a", "again"), ("a", "b"), ("b", "b"), alone=[f"lonely{at}" for at in range(20)]),
        drawn(*((one, other, "") for one in "abcdef" for other in "abcdef")),
        drawn(alone=[f"n{at}" for at in range(200)]),
    ],
    ids=["chain", "fan", "hub", "loops", "all to all", "no edges"],
)
def test_a_graph_of_any_shape_is_drawn_whole_narrow_and_at_once(drawing: Drawing) -> None:
    began = time.perf_counter()
    text = svg(drawing)
    took = time.perf_counter() - began
    picture = seen(text)
    check(drawing, picture)
    assert picture.view[2] - picture.view[0] <= 720
    assert took < 1.0


def test_a_loop_of_two_is_drawn_down_and_back_at_the_side(draw: Draw) -> None:
    picture = seen(svg(draw(("agent", "tools", "call"), ("agent", "end", "done"), ("tools", "agent"))))
    agent, tools, _ = picture.boxes
    down, _, back = picture.lines
    assert agent.bottom < tools.top
    assert down.points[0][1] < down.points[-1][1]
    outside = min(agent.left, tools.left), max(agent.right, tools.right)
    assert any(not outside[0] <= x <= outside[1] for x, _ in back.points)
    assert picture.labels == ["call", "done"]


def test_edges_between_the_same_nodes_are_one_line_with_the_labels_of_all(draw: Draw) -> None:
    picture = seen(svg(draw(("a", "b", "yes"), ("a", "b", "no"), ("a", "b"))))
    assert [line.title for line in picture.lines] == ["a to b, conditional, yes, no", "a to b"]
    assert picture.labels == ["yes, no"]


def test_the_picture_says_in_words_what_it_shows(draw: Draw) -> None:
    picture = seen(svg(draw(("a", "b"), ("a", "c"), here=["b", "c"]), "first"))
    assert picture.words == "Nodes: a, b, c. The run stands before b and c."
    assert [box.kind for box in picture.boxes] == ["node", "node here", "node here"]
    assert picture.root.get("role") == "img"
    assert picture.root.get("aria-labelledby") == "first-title first-desc"
    ends = Drawing((DrawnNode("e", "end", here=True, kind=NodeKind.END),), (), 3, 4)
    assert seen(svg(ends)).words == "Nodes: end. The run stands at the end. Not drawn: 3 nodes and 4 edges."
    assert seen(svg(Drawing())).words == "This graph cannot be drawn."


def test_two_pictures_on_a_page_share_no_id(draw: Draw) -> None:
    drawing = draw(("a", "b"))
    one, other = (set(re.findall(r'\bid="([^"]*)"', svg(drawing, prefix))) for prefix in ("one", "other"))
    assert one
    assert one.isdisjoint(other)


def test_a_picture_for_a_page_has_no_style_and_a_file_brings_its_own(draw: Draw) -> None:
    drawing = draw(("a", "b", "x"), ("b", "a"), here=["b"])
    for forbidden in ("style", "<script", "href", "url("):
        assert forbidden not in svg(drawing)
    assert "<style>" in svg_file(drawing)
    assert svg_file(drawing).isascii()


HOSTILE = [
    "</svg><script>alert(1)</script>",
    "\"'><&]]>",
    "a\x00\x1b\u202eb\ud800\ufffe\u200b",
    "שלום א 5",
    "\n\t",
    "",
    " ",
]


@settings(max_examples=100, deadline=None)
@given(names=st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60)), min_size=1, max_size=6, unique=True))
@example(names=HOSTILE)
@example(names=["x" * 10_000, "長" * 10_000, "\u202e" * 10_000])
def test_hostile_names_and_labels_are_seen_and_do_nothing(names: list[str]) -> None:
    nodes = tuple(DrawnNode(name, name, here=True) for name in names)
    edges = tuple(DrawnEdge(name, names[0], name, conditional=True) for name in names)
    for text in (svg(Drawing(nodes, edges)), svg_file(Drawing(nodes, edges))):
        picture = seen(text)
        check(Drawing(nodes, edges), picture)
        tags = {element.tag.rpartition("}")[2] for element in picture.root.iter()}
        assert tags <= {"svg", "title", "desc", "style", "g", "rect", "text", "path"}
        assert {key for element in picture.root.iter() for key in element.attrib}.isdisjoint(
            {"style", "onload", "href"}
        )
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufffe]", text)
        for box in picture.boxes:
            assert columns(box.text) <= 24
            assert box.right - box.left < 400
    shown = [box.title for box in seen(svg(Drawing(nodes, edges))).boxes]
    assert len(set(shown)) == len(names)


def test_a_long_name_is_shortened_in_its_box_and_whole_beside_it(draw: Draw) -> None:
    name = "HumanInTheLoopMiddleware.after_model_with_more"
    (box,) = seen(svg(draw(alone=[name]))).boxes
    assert box.title == name
    assert box.text == "HumanInTheLoopMiddlewar…"


def test_what_is_written_is_well_formed_without_what_reads_html(draw: Draw) -> None:
    root = ElementTree.fromstring(svg_file(draw(("<b>", "&amp;", "<i>"))))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["<i>", "<b>", "&amp;"]
