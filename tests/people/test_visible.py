"""Text that nobody vouches for: every character is seen, where it stands, whoever shows it."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.text.visible import closed, escaped_json, printable, visible, visible_json, visible_lines
from tests.people.bidi import begins_from_the_left, turned

HEBREW, ARABIC = "שלום", "مرحبا"
TEXT = st.text(
    st.one_of(
        st.sampled_from("אבגمرحب٠١٢ָۣ۵ \t\n\"'(),:.$%+-/5x|\\{}\u0301\u0338\u20e3\u05be"),
        st.sampled_from("\x1b\x7f\x85\x9b\u00a0\u115f\u200b\u202e\u2066\u2800\u3000\u3164\ufeff\U000e0041\U00016fe4"),
        st.characters(),
    ),
    max_size=12,
)


def from_the_left(text: str) -> set[str]:
    """What is written from left to right."""
    return {each for each in text if unicodedata.bidirectional(each) in ("EN", "L")}


@given(text=TEXT, other=TEXT)
@example("5 אב", "אב 5")
@example('אב": "גד', "אב  גד")
@example("א\u0661 \u0662", "\u0661 - \u0662")
def test_nothing_but_words_from_right_to_left_is_turned_round(text: str, other: str) -> None:
    pieces = f"Said {visible(text)}: 5 {visible(other)}  {visible(text)}"
    for line in (*visible_lines(text), *visible_json({text: other}), pieces, printable(f"5 {text}")):
        for part in turned(f"    | {line}"):
            kinds = {unicodedata.bidirectional(each) for each in part}
            assert kinds <= {"R", "AL", "NSM", "CS", "ES", "ON", "WS"} or kinds == {"AN"}, (line, part)
            assert {*part}.isdisjoint('"(){}[]:|\\'), (line, part)
            assert "  " not in part, (line, part)
        assert begins_from_the_left(line) or not from_the_left(line), line


@given(text=TEXT)
def test_what_was_made_visible_once_is_not_changed_at_the_edge(text: str) -> None:
    for line in (f"Said {visible(text)}", *visible_lines(text), *visible_json(text), escaped_json([text], 2)):
        assert printable(line) == line
    assert closed(visible(text)) == visible(text)


@given(text=TEXT, length=st.integers(0, 20))
def test_text_that_was_cut_turns_nothing_round_that_follows(text: str, length: int) -> None:
    assert not any("5" in part for part in turned(f"Said {closed(visible(text)[:length])}…  5"))


@given(one=TEXT, other=TEXT)
def test_two_texts_never_look_alike(one: str, other: str) -> None:
    assert (visible(one) == visible(other)) == (one == other)
    assert (visible_lines(one) == visible_lines(other)) == (one == other)


@given(value=st.dictionaries(TEXT, st.lists(TEXT, max_size=2), max_size=3))
def test_json_of_ours_is_json_with_the_same_values_in_which_all_is_seen(value: Any) -> None:
    for indent, ascii_only in ((None, False), (2, False), (2, True)):
        text = escaped_json(value, indent, ascii_only=ascii_only)
        assert json.loads(text) == json.loads(printable(text)) == value
        assert text.isascii() or not ascii_only
        assert {unicodedata.category(each) for each in text.replace("\n", "")}.isdisjoint(
            ("Cc", "Cf", "Cs", "Co", "Zl")
        )


@pytest.mark.parametrize("text", [HEBREW, ARABIC, "שלום, עולם!", "room: שלום עולם", "naïve Zoë", "東京 🙂", "ไม่มีปัญหา"])
def test_honest_text_stays_readable(text: str) -> None:
    assert visible_lines(text) == [text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay 5 א 6", r"pay 5 \u{5d0} 6"),
        ("חדר 12", r"\u{5d7}ד\u{5e8} 12"),
        ("a\u0338\u0338\u0338\u0338", "a\u0338\u0338\u0338\\u{338}"),
        ('"\u0338', r'"\u{338}'),
        ("a\u3164\u2800\u00a0\x9b", r"a\u{3164}\u{2800}\u{a0}\u{9b}"),
        (r"\u{202e}", r"\u{5c}u{202e}"),
        ("pay ", r"pay\u{20}"),
    ],
)
def test_what_hides_piles_up_or_moves_its_neighbours_is_shown_as_its_number(text: str, shown: str) -> None:
    assert visible_lines(text) == [shown]


def test_an_error_says_what_it_quotes_visibly_and_on_one_line() -> None:
    said = str(InvalidDecision("no argument \x1b[2J\n\u202e\u3164 א 5"))
    assert said.startswith(r"no argument \u{1b}[2J\u{a}\u{202e}\u{3164} \u{5d0} 5. ")
