"""What `[auth]` may say of a provider: what is unsafe, or a mistake, keeps a server from starting, with a reason."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.config.oauth import ALGORITHMS, OAuth
from interrupt_mcp.errors import ConfigError
from tests.docs.site import DOCS

ISSUER = 'issuer = "https://login.example.com/realms/team/"'


def read(folder: Path, *lines: str) -> OAuth | None:
    """What these lines of `[auth]` say."""
    (folder / "langgraph.json").write_text("{}")
    (folder / "interrupt-mcp.toml").write_text("\n".join(("[auth]", *lines)))
    return read_settings({}, cwd=folder).oauth


def test_without_the_table_there_is_no_provider(tmp_path: Path) -> None:
    (tmp_path / "langgraph.json").write_text("{}")
    assert read_settings({}, cwd=tmp_path).oauth is None


def test_an_issuer_is_enough_and_is_kept_to_the_letter(tmp_path: Path) -> None:
    assert read(tmp_path, ISSUER) == OAuth("https://login.example.com/realms/team/")
    for host in ("127.0.0.1:9000", "localhost", "[::1]:9000"):
        assert read(tmp_path, f'issuer = "http://{host}"') == OAuth(f"http://{host}")


def test_all_that_it_says_is_read(tmp_path: Path) -> None:
    lines = ('audience = "a b"', 'client_id = "c"', 'client_secret_env = "SECRET"', 'groups_claim = "realm.roles"')
    found = read(tmp_path, ISSUER, *lines, 'algorithms = ["ES256", "ES256"]')
    assert found == OAuth("https://login.example.com/realms/team/", "a b", "c", "SECRET", "realm.roles", ("ES256",))


@pytest.mark.parametrize(
    "address",
    [
        *("http://login.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "login.example.com"),
        *("https://a.example?x=1", "https://a.example#x", "https://user:word@a.example", "https://", "https://a:port"),
        *(
            " https://a.example",
            "https://a.example/\\u202e",
            "https://a.example/\\u0000",
            f"https://a.example/{'a' * 500}",
        ),
    ],
)
def test_an_address_at_which_no_provider_can_be_trusted_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match=r"`auth\.issuer`.*it must be the provider's https") as refused:
        read(tmp_path, f'issuer = "{address}"')
    assert "word" not in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['client_id = "c"'], r"`auth\.issuer` in .* is missing"),
        ([ISSUER, 'algorithms = ["none"]'], r"`none` and those with a shared secret \(HS256\) never count"),
        ([ISSUER, 'algorithms = ["RS256", "HS256"]'], r"`none` and those with a shared secret \(HS256\) never count"),
        ([ISSUER, "algorithms = []"], r"`auth\.algorithms`"),
        ([ISSUER, 'algorithms = [["RS256"]]'], r"`auth\.algorithms`"),
        ([ISSUER, 'client_secret = "abc"'], r"auth\.client_secret` in .* is not a setting.*client_secret_env"),
        ([ISSUER, 'audience = ""'], r"`auth\.audience`.*one line of text"),
        ([ISSUER, "groups_claim = 3"], r"`auth\.groups_claim`.*one line of text"),
    ],
)
def test_what_is_no_word_of_the_table_is_refused_with_what_is(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, *lines)


def test_a_secret_in_the_place_of_its_variables_name_is_repeated_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the name of the variable that holds the secret, not the secret") as refused:
        read(tmp_path, ISSUER, 'client_secret_env = "hunter2-hunter2"')
    assert "hunter2" not in str(refused.value)


def test_the_documentation_lists_every_key_and_every_algorithm() -> None:
    text = (DOCS / "configuration.md").read_text("utf-8")
    rows = text[text.index("### An OpenID provider") : text.index("### Previews")]
    assert re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE) == [each.name for each in fields(OAuth)]
    assert all(f"`{each}`" in rows for each in ALGORITHMS)
