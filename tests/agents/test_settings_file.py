"""Whether there is a settings file: what stands in its place without being one is no file that says nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.errors import ConfigError

pytestmark = pytest.mark.posix


@pytest.mark.parametrize(
    "put",
    [
        Path.mkdir,
        lambda place: place.symlink_to("on-a-disk-that-is-not-there.toml"),
        lambda place: place.symlink_to(place.name),
    ],
    ids=["a folder, as docker makes one", "a link that leads nowhere", "a link to itself"],
)
def test_what_stands_in_the_place_of_the_policy_and_cannot_be_read_keeps_the_server_from_starting(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    (tmp_path / "langgraph.json").write_text("{}")
    put(tmp_path / "interrupt-mcp.toml")

    with pytest.raises(ConfigError, match=r"interrupt-mcp\.toml"):
        read_settings({}, cwd=tmp_path)


def test_a_link_to_the_policy_is_followed(tmp_path: Path) -> None:
    (tmp_path / "langgraph.json").write_text("{}")
    (tmp_path / "policy.toml").write_text('[policy]\napprover = "human"\n')
    (tmp_path / "interrupt-mcp.toml").symlink_to("policy.toml")

    assert read_settings({}, cwd=tmp_path).approver == "human"
