"""Which table of `interrupt-mcp.toml` counts, and what it must not say."""

import logging

import pytest

from interrupt_mcp.app import running
from interrupt_mcp.errors import ConfigError
from tests.conftest import Offer, Serve
from tests.people.policies import say, settings

pytestmark = pytest.mark.anyio


async def test_the_most_specific_table_counts_for_each_thing_by_itself(offer: Offer) -> None:
    policy = settings(
        say(
            offer(bank="bank:plain"),
            """
            [policy]
            sensitive = true
            risk = "high"
            [agents.bank]
            risk = "normal"
            [agents.bank.tools."*"]
            allow = ["reject"]
            [agents.bank.tools."p*"]
            sensitive = false
            [agents.bank.tools.pay]
            allow = ["accept"]
            """,
        )
    ).policy
    pay, look, other = (policy.of_tool(*names) for names in (("bank", "pay"), ("bank", "look"), ("other", "pay")))
    assert (pay.sensitive, pay.allow, pay.risk) == (False, ("accept",), "normal")
    assert (look.sensitive, look.allow, look.risk) == (True, ("reject",), "normal")
    assert (other.sensitive, other.allow, other.risk) == (True, None, "high")


@pytest.mark.parametrize(
    ("environ", "approver"),
    [({}, "human"), ({"INTERRUPT_MCP_APPROVER": "client"}, "client"), ({"INTERRUPT_MCP_APPROVER": ""}, "human")],
)
async def test_the_variable_wins_over_the_file(offer: Offer, environ: dict[str, str], approver: str) -> None:
    config = say(offer(bank="bank:plain"), 'approver = "auto"\n[policy]\napprover = "human"\n')
    assert settings(config, **environ).approver == approver


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("[policy]\nsensitiv = true", "`policy.sensitiv`"),
        ("[policy]\nsensitive = 1", "`policy.sensitive`"),
        ('[agents.bank]\napprover = "me"', "auto, human, client"),
        ('[agents.bank.tools.pay]\nchannels = ["mail"]', "client, elicitation, inbox, terminal"),
        ("[agents.bank.tools.pay]\nchannels = []", "channels"),
        ('[agents.bank.tools.pay]\nallow = ["approve"]', "accept, edit, reject, respond"),
        ('[agents.bank.tools.pay]\nallow = "accept"', "a list"),
        ('[agents.bank.tools.pay]\nrisk = "enormous"', "normal, high"),
        ('[agents.bank.tools.pay]\napprover = "human"\nchannels = ["client"]', "elicitation or inbox or terminal"),
        ("[agents.bank.tool.pay]\nsensitive = true", "`agents.bank.tool`"),
        ('[agents]\nbank = "human"', "a table"),
        ("[agents.bank]\ntools = []", "a table"),
    ],
)
async def test_what_policy_cannot_mean_is_said_at_the_start(offer: Offer, policy: str, said: str) -> None:
    config = say(offer(bank="bank:plain"), policy)
    with pytest.raises(ConfigError) as error:
        settings(config)
    assert said in str(error.value)
    assert "interrupt-mcp.toml" in str(error.value)


async def test_policy_for_an_agent_that_there_is_not_is_said_at_the_start(offer: Offer) -> None:
    config = say(offer(bank="bank:plain"), "[agents.bnak]\nsensitive = true\n")
    with pytest.raises(ConfigError, match=r"`agents.bnak` .* there are bank"):
        async with running(settings(config)):
            pass


async def test_a_pattern_that_fits_no_tool_is_warned_about_when_the_agent_is_loaded(
    serve: Serve, offer: Offer, caplog: pytest.LogCaptureFixture
) -> None:
    config = say(offer(bank="bank:plain"), '[agents.bank.tools."pya*"]\nsensitive = true\n')
    with caplog.at_level(logging.WARNING, logger="interrupt_mcp"):
        async with serve(config) as door:
            await door.call("list_agents")
    assert [record.message for record in caplog.records if "pya*" in record.message] != []
