"""`interrupt-mcp token`: a token is printed once, and what is kept of it lets nobody in."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from interrupt_mcp.secret import hash_of
from tests.patience import PATIENCE
from tests.processes import command, ran, surroundings
from tests.tokens.conftest import Operator

pytestmark = pytest.mark.sqlite

TOKEN = r"imcp_[A-Za-z0-9_-]{43}"


def misused(operator: Operator, *arguments: str) -> str:
    """What is said of arguments that are not taken."""
    with pytest.raises(SystemExit) as ended:
        operator(*arguments)
    assert ended.value.code == 2
    printed = operator.capsys.readouterr()
    assert printed.out == ""
    return printed.err


def test_create_prints_the_token_alone_and_says_the_rest_to_the_person(operator: Operator) -> None:
    printed = operator("create", "ci", "--scopes", "run,read")
    assert re.fullmatch(TOKEN + r"\n", printed)
    (said,) = operator.said
    assert "token:ci in the project bundled: run, read; it never expires" in said
    assert "Authorization: Bearer" in said
    assert "only its hash is kept" in said
    assert printed.strip() not in said


def test_what_is_kept_is_no_token(operator: Operator) -> None:
    token = operator.token("ci", "run,read")
    kept = b"".join(file.read_bytes() for file in operator.database.parent.glob("state.db*") if file.is_file())
    assert token.encode() not in kept
    assert hash_of(token).encode() in kept
    assert hash_of(token) not in operator("list", "--json")


def test_as_json_it_is_one_object(operator: Operator) -> None:
    before = datetime.now(UTC)
    made = operator.json("create", "ann", "--scopes", "decide, read", "--expires", "12h")
    assert re.fullmatch(TOKEN, made.pop("token"))
    ends = datetime.fromisoformat(made.pop("expires_at"))
    assert timedelta(hours=11) < ends - before < timedelta(hours=13)
    assert made == {"name": "ann", "principal": "token:ann", "scopes": ["read", "decide"]}
    assert operator.json("create", "ann", "--scopes", "read")["expires_at"] is None


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        ("read,decide", "signs a person in at the pages"),
        ("run,read,decide", "does not sign in at the pages"),
        ("run", "Without read it looks at nothing"),
    ],
)
def test_what_a_token_is_not_for_is_said_when_it_is_made(operator: Operator, scopes: str, said: str) -> None:
    operator.token("x", scopes)
    assert said in operator.said[-1]
    operator.token("x", "run,read")
    assert said not in operator.said[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x"], "--scopes"),
        (["x", "--scopes", ""], "run, read, decide, admin"),
        (["x", "--scopes", "run,write"], "run, read, decide, admin"),
        (["x", "--scopes", "admin"], "only together with read"),
        (["x", "--scopes", "read", "--expires", "0d"], "30d, 12h or 90m"),
        (["x", "--scopes", "read", "--expires", "30"], "30d, 12h or 90m"),
        (["x", "--scopes", "read", "--expires", "999999d"], "30d, 12h or 90m"),
        (["os:root", "--scopes", "read"], "is not a name"),
        (["x" * 65, "--scopes", "read"], "is not a name"),
        (["\x1b[2J", "--scopes", "read"], "is not a name"),
    ],
)
def test_what_makes_no_token_is_refused_with_what_would(operator: Operator, arguments: list[str], said: str) -> None:
    told = misused(operator, "create", *arguments)
    assert said in told
    assert "\x1b" not in told
    assert not operator.database.exists()


def test_tokens_are_listed_with_what_became_of_them(operator: Operator) -> None:
    assert operator("list") == "No tokens.\n"
    assert operator.json("list") == {"tokens": []}
    for name, *more in (("b", "--expires", "30d"), ("a",), ("b",), ("gone",)):
        operator.token(name, "run,read", *more)
    operator("revoke", "gone")
    heads, *rows = [line.split() for line in operator("list").splitlines()]
    assert heads[:3] == ["NAME", "SCOPES", "STATE"]
    assert [row[:3] for row in rows] == [
        *(["a", "run,read", "active"], ["b", "run,read", "active"], ["b", "run,read", "active"]),
        ["gone", "run,read", "revoked"],
    ]
    found = operator.json("list")["tokens"]
    assert [(each["principal"], each["state"]) for each in found][-2:] == [
        ("token:b", "active"),
        ("token:gone", "revoked"),
    ]
    assert {each["used_at"] for each in found} == {None}
    assert sorted(each["expires_at"] is None for each in found) == [False, True, True, True]


def test_revoking_ends_all_tokens_of_a_name_and_no_other(operator: Operator) -> None:
    for name in ("ann", "ann", "bob"):
        operator.token(name, "read,decide")
    assert operator("revoke", "ann").startswith("2 tokens of ann revoked")
    assert operator("revoke", "ann") == "All tokens of ann were revoked before.\n"
    assert [each["state"] for each in operator.json("list")["tokens"]] == ["revoked", "revoked", "active"]
    assert operator.json("revoke", "bob") == {"name": "bob", "revoked": 1}


def test_a_name_that_has_no_token_is_not_revoked(operator: Operator) -> None:
    for _ in range(2):
        assert operator("revoke", "nobody", code=1) == ""
        assert "There is no token 'nobody'" in operator.said[-1]
        assert "token list" in operator.said[-1]
        operator.token("somebody", "read")


def test_a_script_gets_the_token_of_a_new_database_by_the_command(operator: Operator) -> None:
    home = operator.database.parent
    environ = surroundings(home)
    made = ran([command(), "token", "create", "ci", "--scopes", "run,read"], PATIENCE, environ)
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(TOKEN, made.stdout.strip())
    assert [each["name"] for each in operator.json("list")["tokens"]] == ["ci"]
