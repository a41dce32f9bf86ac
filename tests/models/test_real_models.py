"""The bundled agents with a model that is reached over the network, as their users run them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door
from tests.deciding import decide
from tests.models.provider import KEY, Cuts, Fails, Provider, Reply, Says, calls
from tests.processes import HttpServer, over_http, over_stdio
from tests.telling.listening import Listener

pytestmark = pytest.mark.anyio
RITZ = calls(("book_hotel", {"hotel_name": "Ritz"}))
BOOKED = Says("The Ritz is booked.")
NO_WAIT = {"retry-after": "0"}
MODEL = {"INTERRUPT_MCP_MODEL": "openai:gpt-4o", "OPENAI_API_KEY": KEY}


async def start(door: Door, agent: str = "hotel", **more: Any) -> dict[str, Any]:
    return await door.call("start_run", agent=agent, message="Book the Ritz", **more)


def told(provider: Provider) -> list[str]:
    """Return what the model was told came of its last tool calls, in their order."""
    return [str(message["content"]) for message in provider.asked[-1]["messages"] if message["role"] == "tool"]


async def test_parallel_tool_calls_are_accepted_edited_and_rejected(
    server: HttpServer, openai: Provider, ledger: Path
) -> None:
    openai.say(calls(*(("book_hotel", {"hotel_name": name}) for name in ("Ritz", "Plaza", "Savoy"))), BOOKED)
    async with over_http(server.url) as door:
        run = await start(door)
        assert [one["requests"][0]["args"]["hotel_name"] for one in run["interrupts"]] == ["Ritz", "Plaza", "Savoy"]
        ritz, plaza, savoy = (one["interrupt_id"] for one in run["interrupts"])
        finished = await decide(
            door,
            run,
            {"interrupt_id": ritz, "type": "accept"},
            {"interrupt_id": plaza, "type": "edit", "args": {"hotel_name": "Hilton"}},
            {"interrupt_id": savoy, "type": "reject", "message": "too dear"},
        )
    assert finished["answer"] == "The Ritz is booked."
    assert sorted(ledger.read_text().split()) == ["Hilton", "Ritz"]
    ritz, plaza, savoy = told(openai)
    assert ritz == "Successfully booked a stay at Ritz."
    assert plaza == "Successfully booked a stay at Hilton."
    assert "too dear" in savoy
    assert openai.keys == [f"Bearer {KEY}"] * 2


async def test_the_desk_asks_for_its_actions_and_acts_once(server: HttpServer, openai: Provider) -> None:
    refund = ("refund_order", {"order_id": 1001, "amount": 20, "reason": "late"})
    openai.say(calls(("get_order", {"order_id": 1001})), calls(refund), Says("Refunded."))
    async with over_http(server.url) as door:
        run = await door.call("start_run", agent="desk", message="Refund 20 of order 1001", wait_seconds=25)
        (asked,) = run["interrupts"]
        assert asked["requests"][0]["args"] == refund[1]
        finished = await decide(door, run, {"type": "edit", "args": {**refund[1], "amount": 5}})
    assert finished["answer"] == "Refunded."
    assert told(openai)[-1].endswith("Refunded 5.00 of order 1001.")


async def test_a_model_that_streams_its_tool_calls_is_asked_about_each_whole_call(
    server: HttpServer, openai: Provider, ledger: Path
) -> None:
    names = ["The Ritz, London", "Hôtel «Plaza»"]
    openai.say(calls(*(("book_hotel", {"hotel_name": name}) for name in names)), Says("Both are booked."))
    async with over_http(server.url) as door:
        run = await start(door, "streaming")
        assert [one["requests"][0]["args"]["hotel_name"] for one in run["interrupts"]] == names
        finished = await decide(
            door, run, *({"interrupt_id": one["interrupt_id"], "type": "accept"} for one in run["interrupts"])
        )
    assert openai.asked[0]["stream"]
    assert finished["answer"].strip() == "Both are booked."
    assert sorted(ledger.read_text().splitlines()) == sorted(names)


@pytest.mark.parametrize("agent", ["streaming", "hotel"])
async def test_who_listens_hears_the_model_and_changes_nothing_of_how_it_is_called(
    server: HttpServer, openai: Provider, ledger: Path, agent: str
) -> None:
    openai.say(RITZ, BOOKED)
    async with over_http(server.url) as door:
        listener = Listener(door)
        run = await listener.start(agent, "Book the Ritz")
        finished = await listener.call(
            "resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}], wait_seconds=25
        )
    assert finished["answer"].strip() == listener.told[-1] == "The Ritz is booked."
    assert [bool(asked.get("stream")) for asked in openai.asked] == [agent == "streaming"] * 2
    assert ledger.read_text() == "Ritz\n"


async def test_a_limit_on_requests_is_waited_out(server: HttpServer, openai: Provider) -> None:
    openai.say(Fails(429, "Rate limit reached", NO_WAIT), RITZ)
    async with over_http(server.url) as door:
        assert (await start(door))["status"] == "interrupted"
    assert len(openai.asked) == 2


FAILURES: list[tuple[Reply, str]] = [
    (Fails(429, "Rate limit reached for gpt-4o", NO_WAIT), "takes no more requests for now (HTTP 429: Rate limit"),
    (Fails(500, "The server had an error", NO_WAIT), "failed (HTTP 500: The server had an error)"),
    (Fails(503, "Overloaded", NO_WAIT), "failed (HTTP 503: Overloaded)"),
    (Fails(400, "Too many tokens"), "could not use the request (HTTP 400: Too many tokens)"),
    (Fails(404, "The model `gpt-4o` does not exist"), "does not know the model"),
    (Fails(403, "Not in your country"), "refuses what this key asks for (HTTP 403"),
    (Fails(401, f"Incorrect API key provided: {KEY}."), "did not accept the key"),
    (Fails(401, f"Incorrect API key provided: {KEY[:8]}****{KEY[-4:]}."), "did not accept the key"),
    (Cuts(), "broke off the connection"),
    (Cuts(after=40), "broke off the connection"),
]


@pytest.mark.parametrize(("reply", "words"), FAILURES, ids=[f"{reply}"[:40] for reply, _ in FAILURES])
async def test_a_provider_that_fails_ends_the_run_with_a_sentence_and_it_can_be_tried_again(
    server: HttpServer, openai: Provider, ledger: Path, reply: Reply, words: str
) -> None:
    openai.say(always=reply)
    async with over_http(server.url) as door:
        run = await start(door)
        assert run["status"] == "error"
        assert run["error"]["code"] == "model_error"
        said = run["error"]["message"]
        assert said.startswith(f"The model's provider at {openai.url.removesuffix('/v1')} ")
        assert words in said
        assert "resume_run" in run["next_step"]
        for secret in (KEY, KEY[-4:]):
            assert secret not in json.dumps([run, await door.call("list_runs")]) + "".join(server.said)
        openai.say(RITZ, BOOKED)
        again = await decide(door, run)
        assert again["status"] == "interrupted"
        finished = await decide(door, again, {"type": "accept"})
    assert (finished["status"], finished["answer"]) == ("success", "The Ritz is booked.")
    assert ledger.read_text() == "Ritz\n"


async def test_a_provider_that_fails_after_the_tool_ran_is_asked_again_and_the_tool_is_not_run_again(
    server: HttpServer, openai: Provider, ledger: Path
) -> None:
    openai.say(RITZ, always=Fails(500, "The server had an error", NO_WAIT))
    async with over_http(server.url) as door:
        run = await start(door)
        failed = await decide(door, run, {"type": "accept"})
        assert failed["status"] == "error"
        openai.say(BOOKED)
        finished = await decide(door, failed)
    assert finished["answer"] == "The Ritz is booked."
    assert told(openai) == ["Successfully booked a stay at Ritz."]
    assert ledger.read_text() == "Ritz\n"


async def test_a_wrong_address_is_named_and_the_run_goes_on_once_the_address_is_right(
    openai: Provider, tmp_path: Path
) -> None:
    wrong = {**MODEL, "OPENAI_BASE_URL": "http://me:my-password@127.0.0.1:1/v1"}
    async with over_stdio(tmp_path, environ=wrong) as door:
        run = await start(door)
    assert run["status"] == "error"
    assert "at http://127.0.0.1:1 could not be reached" in run["error"]["message"]
    openai.say(RITZ, BOOKED)
    async with over_stdio(tmp_path, environ={**MODEL, "OPENAI_BASE_URL": openai.url}) as door:
        again = await decide(door, run)
        assert again["status"] == "interrupted"
        assert (await decide(door, again, {"type": "accept"}))["status"] == "success"
    assert not holding(tmp_path, "my-password")


async def test_without_a_key_the_agent_says_so_and_a_new_process_with_one_runs_it(
    openai: Provider, tmp_path: Path
) -> None:
    keyless = {"INTERRUPT_MCP_MODEL": "openai:gpt-4o", "OPENAI_BASE_URL": openai.url}
    async with over_stdio(tmp_path, environ=keyless) as door:
        said = await door.error("start_run", agent="hotel", message="Book the Ritz")
        assert said.startswith("unavailable: Agent 'hotel' could not be loaded: ")
        assert "OPENAI_API_KEY" in said
        agents = {agent["name"]: agent for agent in (await door.call("list_agents"))["agents"]}
        assert "OPENAI_API_KEY" in agents["hotel"]["error"]
        assert "OPENAI_API_KEY" in agents["desk"]["error"]
        assert "error" not in agents["revise_text"]
    openai.say(RITZ)
    async with over_stdio(tmp_path, environ={**keyless, "OPENAI_API_KEY": KEY}) as door:
        assert (await start(door))["status"] == "interrupted"
        agents = {agent["name"]: agent for agent in (await door.call("list_agents"))["agents"]}
        assert "error" not in agents["hotel"]
    assert not holding(tmp_path, KEY)


async def test_a_model_that_does_not_exist_is_the_agents_error(tmp_path: Path) -> None:
    async with over_stdio(tmp_path, environ={"INTERRUPT_MCP_MODEL": "nobody:nothing"}) as door:
        said = await door.error("start_run", agent="hotel", message="Book the Ritz")
    assert said.startswith("unavailable: Agent 'hotel' could not be loaded: ")
    assert "nobody" in said


def holding(folder: Path, secret: str) -> list[Path]:
    """Return the files in which the secret is."""
    return [file for file in folder.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
