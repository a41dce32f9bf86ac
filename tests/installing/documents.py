"""Documents as people may have written them, for hypothesis: comments anywhere, all styles, other servers or none."""

import json
from collections.abc import Callable

from hypothesis import strategies as st

SERVERS = "mcpServers"
_NAMES = st.text(alphabet='ab. "é{#', min_size=1, max_size=3)
_JSON_SPACE = st.sampled_from(
    ["", "", " ", "\n", "\t", "\n  ", "\r\n  ", " // c\n", "/* c */", "/* a\n b */ ", "\n\n", '  //x, "y": {\n  ']
)
_JSON_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=5)).map(json.dumps) | (
    st.sampled_from(["1.5e3", '"//"', '"/*"', '"\\""', "123456789012345678901234567890"])
)
Draw = Callable[..., str]


@st.composite
def _json_list(draw: Draw, values: st.SearchStrategy[str]) -> str:
    listed = draw(st.lists(values, max_size=3))
    return _joined(draw, "[", [draw(_JSON_SPACE) + each for each in listed], "]")


@st.composite
def _json_object(draw: Draw, values: st.SearchStrategy[str]) -> str:
    table = draw(st.dictionaries(_NAMES, values, max_size=3))
    return _object(draw, [(name, value) for name, value in table.items()])


def _object(draw: Draw, members: list[tuple[str, str]]) -> str:
    space = _JSON_SPACE
    items = [f"{draw(space)}{json.dumps(name)}{draw(space)}:{draw(space)}{value}" for name, value in members]
    return _joined(draw, "{", items, "}")


def _joined(draw: Draw, begin: str, items: list[str], end: str) -> str:
    trailing = draw(st.sampled_from(["", ","])) if items else ""
    inner = ",".join(f"{each}{draw(_JSON_SPACE)}" for each in items)
    return f"{begin}{draw(_JSON_SPACE)}{inner}{trailing}{draw(_JSON_SPACE)}{end}"


_JSON_VALUES = st.recursive(_JSON_SCALARS, lambda inner: _json_list(inner) | _json_object(inner), max_leaves=6)


@st.composite
def jsonc(draw: Draw) -> str:
    """JSON with comments, perhaps with an object of servers, which may be empty."""
    members = list(draw(st.dictionaries(_NAMES, _JSON_VALUES, max_size=3)).items())
    if draw(st.integers(0, 3)):
        members.insert(draw(st.integers(0, len(members))), (SERVERS, draw(_json_object(_JSON_VALUES))))
    return draw(_JSON_SPACE) + _object(draw, members) + draw(_JSON_SPACE)


_TOML_VALUES = st.sampled_from(
    [
        "1",
        "1.5",
        "true",
        '"#"',
        "'[x]'",
        '"""\n[a]\n"""',
        "'''\n# b'''''",
        "[\n  1, # c\n  2,\n]",
        "{a = 1}",
        "1979-05-27",
    ]
)
_TOML_ENDS = st.sampled_from(["\n", " # c\n", "\n\n", "\n# own line\n", "  \n"])
_TOML_NAMES = st.text(alphabet='ab.é #"', max_size=3).map(lambda name: json.dumps(name, ensure_ascii=False))


@st.composite
def toml(draw: Draw) -> str:
    """TOML, perhaps with tables of servers anywhere in it; the last line may have no end."""
    tables = draw(st.lists(_TOML_NAMES, unique=True, max_size=3))
    headers = [f"[{name}]" if draw(st.booleans()) else f"[[ {name} ]]" for name in tables]
    servers = draw(st.lists(_TOML_NAMES, unique=True, max_size=2))
    headers += [f"[ {SERVERS}.{name} ]" for name in servers] + [f'["{SERVERS}".{name}.env]' for name in servers[:1]]
    text = draw(st.sampled_from(["", "# top\n"]))
    for header in ["", *draw(st.permutations(headers))]:
        text += header and header + draw(_TOML_ENDS)
        for name in draw(st.lists(_TOML_NAMES, unique=True, max_size=2)):
            text += f"{name} = {draw(_TOML_VALUES)}{draw(_TOML_ENDS)}"
    return text if draw(st.integers(0, 5)) else text.rstrip("\n")


_YAML_SCALARS = st.sampled_from(
    ["1", "text", "'#'", '"a: b"', "~", "true", "[a, {b: 1}]", "{a: 1}", "{}", "1.5", "*shared"]
)
_YAML_BLOCKS = st.sampled_from(
    ["|\n{0}text\n{0}  more\n", ">-\n{0}folded\n\n{0}on\n", "|+\n{0}kept\n\n", '"two\n{0}lines"\n']
)
_YAML_ENDS = st.sampled_from(["\n", "\n", " # c\n", "\n\n", "\n# left\n", "\n        # deep\n"])
_YAML_NAMES = st.text(alphabet='ab.é #"', min_size=1, max_size=3).map(json.dumps) | st.sampled_from(["dev", "a-b"])


def _yaml_table(draw: Draw, names: list[str], column: int, depth: int) -> str:
    return "".join(f"{' ' * column}{name}:{_yaml_value(draw, column, depth)}" for name in names)


def _yaml_value(draw: Draw, column: int, depth: int) -> str:
    kind = draw(st.integers(0, 4 if depth else 2))
    if kind < 2:
        return f" {draw(_YAML_SCALARS)}{draw(_YAML_ENDS)}"
    if kind == 2:
        return f" {draw(_YAML_BLOCKS).format(' ' * (column + 2))}"
    inner = column + draw(st.sampled_from([1, 2, 4]))
    names = draw(st.lists(_YAML_NAMES, unique_by=json.dumps, min_size=1, max_size=2))
    if kind == 3:
        return draw(_YAML_ENDS) + _yaml_table(draw, names, inner, depth - 1)
    dashes = column + draw(st.sampled_from([0, 2]))
    return "\n" + "".join(f"{' ' * dashes}- {draw(_YAML_SCALARS)}{draw(_YAML_ENDS)}" for _ in names)


@st.composite
def yaml(draw: Draw) -> str:
    """YAML, perhaps with a mapping of servers; an anchor stands first, and may be used anywhere."""
    text = draw(st.sampled_from(["", "# top\n", "---\n"])) + "shared: &shared [x]\n"
    names = draw(st.lists(_YAML_NAMES, unique_by=json.dumps, max_size=2))
    servers = draw(st.sampled_from([[], [SERVERS]]))
    for name in draw(st.permutations([*names, *servers])):
        if name != SERVERS:
            text += f"{name}:{_yaml_value(draw, 0, 2)}"
            continue
        within = draw(st.lists(_YAML_NAMES, unique_by=json.dumps, max_size=2))
        text += f"{name}:"
        text += draw(_YAML_ENDS) + _yaml_table(draw, within, 2, 2) if within else f" {{}}{draw(_YAML_ENDS)}"
    return text if draw(st.integers(0, 5)) else text.rstrip("\n")
