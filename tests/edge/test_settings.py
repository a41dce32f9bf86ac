"""What settings say of a shared server: what is a mistake keeps it from starting, with a reason."""

import re
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.config.limits import Limits
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.words import AuthMode
from tests.docs.site import DOCS, ROOT

SHARED = (DOCS / "shared.md").read_text("utf-8")


def read(folder: Path, *lines: str, **environ: str) -> Settings:
    """What these lines of the file and these variables say."""
    (folder / "langgraph.json").write_text("{}")
    (folder / "interrupt-mcp.toml").write_text("\n".join(lines))
    return read_settings({f"INTERRUPT_MCP_{name}": value for name, value in environ.items()}, cwd=folder)


def test_nobody_is_asked_for_a_token_unless_a_setting_says_so(tmp_path: Path) -> None:
    assert read(tmp_path).auth is AuthMode.NONE
    assert read(tmp_path, "[auth]", 'issuer = "https://x.example"').auth is AuthMode.NONE
    assert read(tmp_path, AUTH="token").auth is AuthMode.TOKEN
    assert read(tmp_path, "[auth]", 'mode = "token"').auth is AuthMode.TOKEN
    assert read(tmp_path, "[auth]", 'mode = "token"', AUTH="oauth").auth is AuthMode.OAUTH


def test_a_mode_alone_names_no_provider(tmp_path: Path) -> None:
    assert read(tmp_path, "[auth]", 'mode = "token"').oauth is None
    both = read(tmp_path, "[auth]", 'mode = "oauth"', 'issuer = "https://x.example"')
    assert (both.auth, both.oauth and both.oauth.issuer) == (AuthMode.OAUTH, "https://x.example")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://agents.example", "https://agents.example"),
        ("HTTPS://Agents.Example:443/", "https://agents.example"),
        ("http://10.0.0.1:8321", "http://10.0.0.1:8321"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_url_is_kept_as_browsers_have_it(tmp_path: Path, given: str, url: str) -> None:
    assert read(tmp_path, URL=given).url == url


@pytest.mark.parametrize(
    "wrong",
    ["agents.example", "ftp://x", "https://", "https://x?y", "https://x#y", "https://x:0", "https://x:", "https://a b"],
)
def test_a_url_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"INTERRUPT_MCP_URL is .*; it must be https://host"):
        read(tmp_path, URL=wrong)


def test_a_url_with_a_path_is_refused_and_its_password_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="without a path"):
        read(tmp_path, URL="https://agents.example/interrupt")
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, URL="https://ana:hunter2@agents.example")
    assert "hunter2" not in str(refused.value)


def test_proxies_are_addresses_and_networks(tmp_path: Path) -> None:
    found = (ip_network("10.0.0.1/32"), ip_network("fd00::/8"))
    assert read(tmp_path, PROXIES="10.0.0.1, fd00::/8").proxies == found
    assert read(tmp_path, 'proxies = ["10.0.0.1", "fd00::/8"]').proxies == found
    for wrong in ("proxy.example", "10.0.0.1/8", "10.0.0.1,"):
        with pytest.raises(ConfigError, match="IP addresses and networks"):
            read(tmp_path, PROXIES=wrong)


def test_limits_are_whole_numbers_that_the_file_says(tmp_path: Path) -> None:
    assert read(tmp_path, "[limits]", "requests = 3", "bytes = 1000").limits == Limits(requests=3, bytes=1000)
    assert (Limits().runs_of(2000), Limits().runs_of(1), Limits(runs=7).runs_of(2000)) == (1000, 1, 7)
    for wrong in ("requests = 0", "runs = -1", "waiting = 1.5", "requets = 3"):
        with pytest.raises(ConfigError, match=r"limits\."):
            read(tmp_path, "[limits]", wrong)


def test_the_documentation_lists_every_limit_and_shows_the_example_that_is_run() -> None:
    rows = SHARED[SHARED.index("## How much one may take") :]
    assert re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE) == [each.name for each in fields(Limits)]
    assert (ROOT / "deploy" / "nginx.conf").read_text("utf-8") in SHARED
