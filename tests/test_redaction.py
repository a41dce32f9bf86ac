import pytest

from interrupt_mcp.redaction import redacted


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789",
        "sk-ant-api03-AbCd_efGh-1234567890",
        "sk-proj-***6789",
        "sk-abc*********************wxyz",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-2345678901-abcdefgh",
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc",
    ],
)
def test_what_looks_like_a_key_is_hidden(secret: str) -> None:
    assert redacted(f"Incorrect key: {secret}. Try again", {}) == "Incorrect key: ***. Try again"


def test_the_value_of_a_variable_that_is_named_as_a_secret_is_hidden_wherever_it_stands() -> None:
    environ = {"MY_PASSWORD": "correct horse", "COMPANY_TOKEN": "plainwords", "HOME": "/home/me", "SORT_KEY": "name"}
    said = redacted("correct horse of /home/me with plainwords by name", environ)
    assert said == "*** of /home/me with *** by name"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET http://me:hunter2@host:1/v1 failed", "GET http://***@host:1/v1 failed"),
        ("https://token@host/", "https://***@host/"),
        ("?api_key=abc&x=1", "?api_key=***&x=1"),
        ("password=hunter2, user=me", "password=***, user=me"),
    ],
)
def test_what_is_given_as_a_secret_is_hidden(text: str, shown: str) -> None:
    assert redacted(text, {}) == shown


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'hotel_name'",
        "the key specification of tokenization",
        "key_function is not a token_type",
        "Unexpected token: function",
        "a Bearer credential is missing",
        "See https://platform.openai.com/account/api-keys and mail me@example.com",
        "task-oriented, disk-based, risk-free",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redacted(text, {}) == text
