"""Edits of a document change what they are to change: all else of it stays, and taking out undoes putting in."""

import json
import re
import tomllib
from typing import Any

import json5
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from interrupt_mcp.installing.jsonc_edits import JSON, JSONC
from interrupt_mcp.installing.toml_edits import TOML
from interrupt_mcp.installing.tree import Format, Malformed, at, same, without
from interrupt_mcp.installing.yaml_edits import YAML
from tests.installing.documents import SERVERS, jsonc, toml, yaml

NAMES = st.sampled_from(["interrupt-mcp", "a.b", "é ü", "q\"u'o\\te", "#", "[x]", "1", "true", "~", "- a", "a: b"])
TEXTS = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["C"], exclude_characters="\u2028\u2029"), max_size=12
)
ENTRIES = st.fixed_dictionaries(
    {"command": TEXTS, "args": st.lists(TEXTS, max_size=2)},
    optional={
        "env": st.dictionaries(NAMES, TEXTS, min_size=1, max_size=2),
        "timeout": st.integers(0, 999),
        "on": st.booleans(),
    },
)
many = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def tried(format: Format, text: str, name: str, entry: dict[str, Any]) -> str | None:
    """The document with the entry, after the promises were held against it; `None` where it is refused."""
    before, path = format.read(text), (SERVERS, name)
    if at(before, path) is not None:
        return None
    put = format.put(text, path, entry)
    after = format.read(put)
    assert same(at(after, path), entry)
    assert same(without(after, path), without(before, path))
    dropped = format.drop(put, path)
    assert same(without(format.read(dropped), path), without(before, path))
    if at(before, (SERVERS,)):
        assert dropped == text or (format is YAML and dropped == f"{text}\n")
    # All that stood there stands there still, in its order.
    rest = iter(put)
    assert all(each in rest for each in text.rstrip().replace("{}", "").replace("{ }", ""))
    return put


@many
@given(jsonc(), NAMES, ENTRIES)
@example('{"mcpServers": {"a": 1 // c\n}}', "interrupt-mcp", {"command": "", "args": []})
def test_json_with_comments(text: str, name: str, entry: dict[str, Any]) -> None:
    put = tried(JSONC, text, name, entry)
    if put is not None:
        # As a reader that others wrote has it.
        assert json5.loads(put)[SERVERS][name] == entry


@many
@given(
    st.recursive(
        st.integers() | st.text(max_size=4), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner)
    ),
    st.sampled_from([None, 1, 4, "\t"]),
    ENTRIES,
)
def test_plain_json_of_any_program(value: Any, indent: Any, entry: dict[str, Any]) -> None:
    whole = {SERVERS: {"other": value}, "more": value}
    separators = (",", ":") if indent is None else None
    text = json.dumps(whole, indent=indent, separators=separators)
    put = tried(JSON, text, "interrupt-mcp", entry)
    assert put is not None
    expected = {**whole, SERVERS: {"other": value, "interrupt-mcp": entry}}
    assert put == json.dumps(expected, indent=indent, separators=separators) or not (put.isascii() and text.isascii())


@many
@given(toml(), NAMES, ENTRIES)
def test_toml(text: str, name: str, entry: dict[str, Any]) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(Malformed):
            TOML.read(text)
        return
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    put = TOML.put(text, (SERVERS, name), entry) if at(TOML.read(text), (SERVERS, name)) is None else None
    if put is not None:
        assert tomllib.loads(put)[SERVERS][name] == entry
        assert put.startswith(text)
        assert TOML.drop(put, (SERVERS, name)) == ended


@many
@given(yaml(), NAMES, ENTRIES)
def test_yaml(text: str, name: str, entry: dict[str, Any]) -> None:
    try:
        YAML.read(text)
    except Malformed:
        return
    if not text.endswith("\n") and not same(YAML.read(text), YAML.read(f"{text}\n")):
        # The end of the last line is a part of what it says: that is refused when what came of it is compared.
        return
    tried(YAML, text, name, entry)


@pytest.mark.parametrize(
    ("format", "text"),
    [
        (
            JSONC,
            '{ // top\n  "mcpServers": {\n    "ours": { "command": "old", /* k */ "timeout": 5 }, // mine\n  },\n}\n',
        ),
        (JSONC, '{"mcpServers":{"ours":{"command":"old","timeout":5}}}'),
        (
            TOML,
            '# top\n[mcpServers.ours]\ncommand = "old" # k\ntimeout = 5\n\n# next\n[mcpServers.ours.tools.x]\n\n[b]\n',
        ),
        (TOML, 'mcpServers = { ours = { command = "old", timeout = 5 } } # k\n'),
        (TOML, 'mcpServers.ours.command = "old"\nmcpServers.ours.timeout = 5\n'),
        (YAML, "# top\nmcpServers:\n  ours: # mine\n    command: old # k\n    timeout: 5\n# next\nb: 1\n"),
        (YAML, "mcpServers: {ours: {command: old, timeout: 5}} # k\n"),
    ],
)
def test_parts_of_an_entry_are_changed_and_added_where_it_stands(format: Format, text: str) -> None:
    before = format.read(text)
    comments = re.findall(r"//? ?\w+|/\* k \*/|# \w+", text)
    path = (SERVERS, "ours")
    changes: list[tuple[tuple[str, ...], Any]] = [
        (("command",), "new"),
        (("args",), ["a b", "c"]),
        (("args",), []),
        (("args",), ["d"]),
        (("env",), {"A": "1"}),
        (("env", "B"), "2"),
        (("env", "A"), "3"),
    ]
    for step, value in changes:
        text = format.put(text, (*path, *step), value)
    after = format.read(text)
    expected = {**at(before, path), "command": "new", "args": ["d"], "env": {"A": "3", "B": "2"}}
    assert same(at(after, path), expected)
    assert same(without(after, path), without(before, path))
    assert all(each in text for each in comments)
