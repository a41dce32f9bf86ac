"""Graphs that are offered several times, each with a name, a context and a policy of its own."""

import json
from pathlib import Path

import pytest

from tests.conftest import Offer, Serve
from tests.database import url_of
from tests.deciding import decide
from tests.effects import Effects
from tests.people.policies import say
from tests.processes import commanded

pytestmark = pytest.mark.anyio

OFFERS = """
[agents.ann]
graph = "who"
description = "Ann's own."
context = {user_id = "ann", languages = ["de", "fr"]}
example = {message = "Was gibt es?"}

[agents.bo]
graph = "who"
context = {user_id = "bo"}

[agents.needed]
context = {user_id = "cy"}
"""


async def test_a_graph_is_offered_and_run_under_several_names_each_with_its_context(
    serve: Serve, offer: Offer, era: str
) -> None:
    async with serve(offer("told:who", "told:needed", policy=OFFERS), mode=era) as door:
        cards = {card["name"]: card for card in (await door.call("list_agents"))["agents"]}
        found = {}
        for name in cards:
            run = await door.call("start_run", agent=name, message="hi")
            found[name] = run["output"]["found"]["context"]
    assert list(cards) == ["who", "needed", "ann", "bo"]
    assert cards["ann"]["description"] == "Ann's own."
    assert cards["ann"]["example"] == {"agent": "ann", "message": "Was gibt es?"}
    assert cards["bo"]["example"] == {"agent": "bo", "message": "Hello"}
    assert found == {
        "who": {"user_id": "nobody", "languages": ["en"]},
        "needed": {"user_id": "cy"},
        "ann": {"user_id": "ann", "languages": ["de", "fr"]},
        "bo": {"user_id": "bo", "languages": ["en"]},
    }


async def test_what_an_offer_sets_no_caller_changes_and_the_rest_is_theirs(serve: Serve, offer: Offer) -> None:
    async with serve(offer("told:who", "told:needed", policy=OFFERS)) as door:
        cards = {card["name"]: card for card in (await door.call("list_agents"))["agents"]}
        refused = await door.error("start_run", agent="bo", message="hi", context={"user_id": "ann"})
        same = await door.call("start_run", agent="bo", message="hi", context={"user_id": "bo", "languages": []})
    assert cards["bo"]["context_schema"]["properties"].keys() == {"languages"}
    assert refused.startswith("invalid_input: context.user_id is set for agent 'bo'")
    assert same["output"]["found"]["context"] == {"user_id": "bo", "languages": []}


async def test_a_thread_belongs_to_the_name_it_was_started_under(serve: Serve, offer: Offer) -> None:
    async with serve(offer("told:who", "told:needed", policy=OFFERS)) as door:
        await door.call("start_run", agent="ann", message="hi", thread_id="hers")
        refused = await door.error("start_run", agent="bo", message="hi", thread_id="hers")
        runs = (await door.call("list_runs", agent="ann"))["runs"]
    assert refused.startswith("invalid_input: ")
    assert [run["agent"] for run in runs] == ["ann"]


async def test_each_offer_has_a_policy_of_its_own(serve: Serve, offer: Offer, effects: Effects) -> None:
    policy = '[agents.careful]\ngraph = "sender"\n[agents.careful.tools.send]\nsensitive = true\n'
    async with serve(offer("given:sender", policy=policy)) as door:
        free = await door.call("start_run", agent="sender", message="hi")
        asked = await door.call("start_run", agent="careful", message="hi")
        assert effects.lines == ["send ann"]
        sent = await decide(door, asked, {"type": "accept"})
    assert free["status"] == "success"
    assert asked["interrupts"][0]["requests"][0]["action"] == "send"
    assert sent["answer"] == free["answer"] == "sent"


async def test_a_run_keeps_the_context_it_was_started_with_when_the_offer_changes(serve: Serve, offer: Offer) -> None:
    config = offer("told:pausing", policy='[agents.ann]\ngraph = "pausing"\ncontext = {user_id = "ann"}\n')
    async with serve(config) as door:
        run = await door.call("start_run", agent="ann", message="hi")
    say(config, '[agents.ann]\ngraph = "pausing"\ncontext = {user_id = "another"}\n')
    async with serve(config) as door:
        run = await decide(door, run, {"type": "respond", "value": "yes"})
        new = await door.call("start_run", agent="ann", message="hi")
        new = await decide(door, new, {"type": "respond", "value": "yes"})
    assert run["output"]["found"]["context"] == {"user_id": "ann"}
    assert new["output"]["found"]["context"] == {"user_id": "another"}


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ('[agents.ann]\ngraph = "whom"\n', "`agents.ann.graph` in interrupt-mcp.toml is 'whom'"),
        ("[agents.ann]\ncontext = {}\n", "`agents.ann` in interrupt-mcp.toml is no agent"),
        ('[agents.who]\ncontext = "ann"\n', "it must be a table"),
        ("[agents.who]\ncontext = {at = 2026-01-01}\n", "it must be a table of texts, numbers"),
        ("[agents.who]\nexample = [1]\n", "it must be a table"),
        ("[agents.who]\ngraph = 3\n", "it must be text"),
        ("[agents.who]\ngrapf = 'who'\n", "is not a setting; allowed are"),
    ],
)
async def test_an_offer_that_cannot_be_is_refused_at_the_start(
    offer: Offer, capfd: pytest.CaptureFixture[str], policy: str, said: str
) -> None:
    assert commanded("agents", "--config", str(offer("told:who", policy=policy))) != 0
    assert said in capfd.readouterr().err


async def test_the_command_line_lists_offers_as_agents(
    offer: Offer, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INTERRUPT_MCP_DATABASE", url_of(tmp_path))
    config = offer("told:who", "told:needed", policy=OFFERS)
    assert commanded("agents", "--json", "--config", str(config)) == 0
    cards = json.loads(capfd.readouterr().out)["agents"]
    assert [card["name"] for card in cards] == ["who", "needed", "ann", "bo"]
    assert cards[3]["context_schema"]["properties"].keys() == {"languages"}
