"""Whom policy names is read as it is written: principals, and groups of them, and nothing that only looks like one."""

from pathlib import Path

import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.config.policy import Policy, stricter
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.model import Principal

ANN, BOB = "token:ann", "oidc:https://sso.example#bob"


def policy_of(folder: Path, text: str) -> Policy:
    (folder / "langgraph.json").write_text("{}")
    (folder / "interrupt-mcp.toml").write_text(text)
    return read_settings({}, cwd=folder).policy


def test_deciders_and_groups_are_those_of_the_file(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        f"""
        [policy]
        deciders = ["ops", "{ANN}", "ops"]
        [agents.letters.tools."send_*"]
        require_other_person = true
        [agents.letters.tools.send_money]
        deciders = ["{BOB}"]
        [groups]
        ops = ["{BOB}", "os:root"]
        "on call" = []
        """,
    )
    assert policy.of_tool("letters", "look").deciders == ("ops", ANN)
    assert policy.of_tool("letters", "send_money").deciders == (BOB,)
    assert policy.of_tool("letters", "send_money").require_other_person
    assert policy.groups_of(Principal.read(BOB)) == {"ops"}
    assert policy.groups_of(Principal.read(ANN)) == frozenset()


def test_of_two_lists_those_in_both_decide(tmp_path: Path) -> None:
    text = (
        f'[agents.letters.tools.send]\ndeciders = ["ops", "{ANN}"]\n[agents.letters.tools.Send]\ndeciders = ["{ANN}"]\n'
    )
    policy = policy_of(tmp_path, text)
    one, other = (policy.of_tool("letters", tool) for tool in ("send", "Send"))
    assert stricter(one, other).deciders == (ANN,)
    assert stricter(other, policy.of_tool("letters", "else")).deciders == (ANN,)


@pytest.mark.parametrize(
    "text",
    [
        "[policy]\ndeciders = []",
        '[policy]\ndeciders = "ops"',
        "[policy]\ndeciders = [1]",
        '[policy]\ndeciders = [""]',
        '[policy]\ndeciders = [" ops"]',
        '[policy]\ndeciders = ["ops\\u202e"]',
        '[policy]\ndeciders = ["oidc:bob"]',
        '[policy]\ndeciders = ["token:no such name"]',
        f'[policy]\ndeciders = ["{"x" * 201}"]',
        '[policy]\nrequire_other_person = "yes"',
        '[groups]\nops = "token:ann"',
        '[groups]\nops = ["others"]',
        '[groups]\nops = ["oidc:bob"]',
        '[groups]\n"token:ann" = ["token:bob"]',
        '[groups]\n"" = ["token:bob"]',
        "groups = 1",
    ],
)
def test_what_names_nobody_keeps_the_server_from_starting(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"interrupt-mcp\.toml") as refused:
        policy_of(tmp_path, text)
    assert len(str(refused.value)) < 800
