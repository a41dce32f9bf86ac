import time
from base64 import b64encode

import pytest

from interrupt_mcp.text.redaction import redacted, said


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789",
        "sk-ant-api03-AbCd_efGh-1234567890",
        "sk-proj-***6789",
        "sk-abc*********************wxyz",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0_abcdefghij1234567890",
        "glpat-abcdefghij1234567890",
        "imcp_abcdefghij-ABCDEFGHIJ_abcdefghij",
        "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "xoxb-2345678901-abcdefgh",
        "hf_abcdefghij1234567890",
        "SG.abcdefghij1234567890.abcdefghij",
        "bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11x",
        "ya29.a0abcdefghij1234567890",
        "lsv2_pt_abcdefghij1234567890_ab",
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
    ],
)
def test_what_looks_like_a_key_is_hidden(secret: str) -> None:
    assert redacted(f"Incorrect key: {secret}. Try again", {}) == "Incorrect key: ***. Try again"


def test_the_value_of_a_variable_that_is_named_as_a_secret_is_hidden_wherever_it_stands() -> None:
    environ = {"MY_PASSWORD": "correct horse", "COMPANY_TOKEN": "plainwords", "HOME": "/home/me", "SORT_KEY": "name"}
    said = redacted("correct horse of /home/me with plainwords by name", environ)
    assert said == "*** of /home/me with *** by name"


def test_it_is_hidden_in_the_forms_in_which_libraries_repeat_it() -> None:
    environ = {"DB_PASS": "p@ss word\n/1", "DATABASE_URL": "postgresql://app:long%20secret@db/shop"}
    forms = ["p@ss word\n/1", "p%40ss%20word%0A%2F1", repr("p@ss word\n/1"), "long%20secret", "long secret"]
    assert [redacted(form, environ).strip("'") for form in forms] == ["***"] * 5


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET http://me:hunter2@host:1/v1 failed", "GET http://***@host:1/v1 failed"),
        ("https://token@host/", "https://***@host/"),
        ("postgresql://u:pa/ss@host/db", "postgresql://***@host/db"),
        ("redis://:p@ss@host:6379/0", "redis://***@host:6379/0"),
        ("?api_key=abc&x=1", "?api_key=***&x=1"),
        ("/maps?key=abc&x=1", "/maps?key=***&x=1"),
        ("password=hunter2, user=me", "password=***, user=me"),
        ("host=db password = hunter2 user=me", "host=db password = *** user=me"),
        ("connect(password='hunter 2', user='me')", "connect(password=***, user='me')"),
        ("Server=db;Password=hunter2;Encrypt=yes", "Server=db;Password=***;Encrypt=yes"),
        ("AccountName=a;AccountKey=ab+/c==;", "AccountName=a;AccountKey=***;"),
        ("AWS_SECRET_ACCESS_KEY=abc/def", "AWS_SECRET_ACCESS_KEY=***"),
        ('{"api_key": "abc", "x": 1}', '{"api_key": ***, "x": 1}'),
        ("{'client_secret': 'a\\'b', 'x': 1}", "{'client_secret': ***, 'x': 1}"),
        ('{\\"token\\": \\"abc\\"}', '{\\"token\\": ***}'),
        ("password: hunter2", "password: ***"),
        ("user=me pass=hunter2", "user=me pass=***"),
        ("mysql --password hunter2 -h db", "mysql --password *** -h db"),
        ("wrong password 'hunter2' for me", "wrong password *** for me"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: ***"),
        ("{'Authorization': 'Bearer abc'}", "{'Authorization': '***'}"),
        ("[(b'authorization', b'secretive')]", "[(b'authorization', b'***')]"),
        ("X-Api-Key: abc", "X-Api-Key: ***"),
        ("Cookie: session=abc; other=def", "Cookie: ***"),
        ("https://hooks.slack.com/services/T0/B0/abc", "https://***"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end",
            "-----BEGIN RSA PRIVATE KEY-----*** end",
        ),
        ("-----BEGIN PRIVATE KEY-----\\nMIIE", "-----BEGIN PRIVATE KEY-----***"),
    ],
)
def test_what_is_given_as_a_secret_is_hidden(text: str, shown: str) -> None:
    assert redacted(text, {}) == shown


def test_a_name_and_a_password_after_basic_are_hidden_and_a_word_is_not() -> None:
    pair = b64encode(b"user:pass").decode()
    assert redacted(f"sent Basic {pair}", {}) == "sent Basic ***"
    assert redacted("Basic authentication, Basic JavaScript", {}) == "Basic authentication, Basic JavaScript"


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'hotel_name'",
        "KeyError: 'password'",
        "the key specification of tokenization",
        "key_function is not a token_type",
        "tokenizer_v2 of skill_level_2 in pkg_resources2",
        "Unexpected token: function",
        "Unexpected token '}' in JSON at position 12",
        "missing 1 required positional argument: 'token'",
        "'prompt_tokens': 12, 'token': None",
        "max_tokens=4096 is too large",
        "a Bearer credential is missing",
        "Invalid password: must be 8 characters",
        'password authentication failed for user "me"',
        "password == other",
        "bypass=1 at 12345678:30",
        "function signature: f(a, b)",
        "http://localhost:8080/@user/x",
        "See https://platform.openai.com/account/api-keys and mail me@example.com",
        "task-oriented, disk-based, risk-free",
        "design=5; assign=3",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redacted(text, {}) == text


@pytest.mark.parametrize(
    "unit", ["a", "password=a,", "://", "sk-", "-----BEGIN ", "x-a-key", "authorization: a; ", "'"]
)
def test_no_text_takes_long(unit: str) -> None:
    began = time.process_time()
    redacted(unit * (100_000 // len(unit)), {})
    assert time.process_time() - began < 5


def test_an_exception_is_one_line_with_its_type_and_without_its_secrets() -> None:
    assert (
        said(ValueError("cannot\n  connect with password='a\n b'"), 100)
        == "ValueError: cannot connect with password=***"
    )
    assert said(KeyError(), 100) == "KeyError"


def test_an_exception_is_cut_after_its_secrets_are_hidden() -> None:
    error = RuntimeError("x" * 80 + " Authorization: Bearer abcdefghijkl" + " y" * 1_000_000)
    text = said(error, 100)
    assert len(text) == 100
    assert text.endswith("…")
    assert "Bearer" not in text


def test_an_exception_that_cannot_be_read_is_its_type() -> None:
    class Unreadable(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert said(Unreadable(), 100) == "Unreadable"
