"""What can go wrong with an Agent Server: one sentence each, nothing lost, nothing sent twice, and no key anywhere."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from interrupt_mcp.agents import Agents
from interrupt_mcp.errors import ConfigError
from tests.conftest import Serve
from tests.patience import PATIENCE
from tests.processes import command, ran, surroundings
from tests.remote.agent_server import AgentServer, Fault, agent_server
from tests.remote.conftest import There, offered
from tests.remote.test_contract import ACCEPT, SCRIPT, thread_there

pytestmark = pytest.mark.anyio
Answer = Callable[[Request], Awaitable[Response]]
CREATE, RUNS, STATE, STREAM = (
    r"POST /threads/[^/]+/runs$",
    r"GET /threads/[^/]+/runs$",
    r"/state",
    r"GET .*/stream$",
)
KEY = "k7-Wq9-never-told"


def answering(response: Callable[[], Response]) -> Fault:
    async def fault(_request: Request, _answer: Answer) -> Response:
        return response()

    return fault


def status(code: int, detail: str = "", **headers: str) -> Fault:
    return answering(lambda: JSONResponse({"detail": detail}, code, headers))


async def done_and_lost(request: Request, answer: Answer) -> Response:
    """Do what is asked, and let nobody know."""
    await answer(request)
    return JSONResponse({"detail": "bad gateway"}, 502)


async def cut(_request: Request, _answer: Answer) -> Response:
    async def some() -> Any:
        yield b"event: custom\ndata: 1\n\nevent: cust"
        raise OSError("the wire is cut")

    return StreamingResponse(some(), media_type="text/event-stream")


WRONG: list[tuple[str, Fault, str]] = [
    (CREATE, status(401), "wants a key: name its variable, api_key_env"),
    (CREATE, status(403), "refuses what this key asks for"),
    (CREATE, status(404, "no such thing"), "does not know what it was asked for (no such thing)"),
    (CREATE, status(422, "bad input"), "could not use the request (HTTP 422) (bad input)"),
    (CREATE, status(307, location="http://127.0.0.1:1/"), "answers with a redirect (HTTP 307), and none is"),
    (RUNS, answering(lambda: Response("<html>", media_type="text/html")), "answered what cannot be read"),
    (RUNS, answering(lambda: JSONResponse({"runs": 1})), "answered what cannot be read"),
    (RUNS, answering(lambda: Response(b"[" * 100_000)), "answered what cannot be read"),
    (RUNS, answering(lambda: Response(b" " * 17_000_000)), "answers with more than 16,777,216 bytes at once"),
    (RUNS, answering(lambda: Response(b"", headers={"content-encoding": "gzip"})), "in a form that was not asked"),
    (STATE, answering(lambda: JSONResponse({"values": {}, "tasks": 7})), "answered what cannot be read"),
]


async def test_what_the_server_answers_wrongly_is_one_sentence_and_nothing_is_lost(
    server: AgentServer, config: Path, serve: Serve
):
    async with serve(config=config, environ=SCRIPT) as door:
        for pattern, fault, said in WRONG:
            server.threads.clear()
            server.fails(pattern, fault)
            run = await door.call("start_run", agent="shop", input={"order": "A"})
            assert (run["status"], run["error"]["code"]) == ("error", "remote_error")
            assert said in run["error"]["message"], run
            run = await door.call("resume_run", run_id=run["run_id"])
            assert run["interrupts"][0]["description"] == "Refund order A?"
            assert len(server.runs()) == 1


async def test_what_passes_is_waited_for_and_nothing_is_sent_twice(
    server: AgentServer, there: There, config: Path, serve: Serve
):
    async with serve(config=config, environ=SCRIPT) as door:
        server.fails(CREATE, status(429, **{"retry-after": "0"}))
        server.fails(CREATE, done_and_lost)
        server.fails(STREAM, cut)
        server.fails(STATE, status(503))
        run = await door.call("start_run", agent="shop", input={"order": "A"})
        assert run["status"] == "interrupted", run
        server.fails(CREATE, done_and_lost)
        run = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
        assert run["status"] == "success", run
        assert len(server.runs()) == 2
        assert there.done() == ["refunded A"]


async def test_a_server_that_is_down_is_listed_and_its_runs_go_on_later(
    server: AgentServer, there: There, config: Path, serve: Serve
):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="shop", input={"order": "A"})
        offered(config.parent, "http://127.0.0.1:1")
        (shop, *_) = (await door.call("list_agents"))["agents"]
        assert "There is no Agent Server that answers at http://127.0.0.1:1" in shop["warnings"][0]
        assert "no gate is there" in shop["note"]
        assert "error" not in shop
        late = await door.call("start_run", agent="shop", input={"order": "B"})
        assert late["error"]["message"].startswith("There is no Agent Server that answers at http://127.0.0.1:1")
        offered(config.parent, there.url)
        run = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
        assert run["status"] == "success", run


async def test_a_list_does_not_wait_for_a_server_that_hangs(server: AgentServer, tmp_path: Path, serve: Serve):
    async def hang(_request: Request, _answer: Answer) -> Response:
        await anyio.sleep(PATIENCE)
        return JSONResponse([])

    # It is asked once, for all that run there.
    server.fails("assistants", hang)
    async with serve(config=offered(tmp_path, server.url)) as door:
        listed = (await door.call("list_agents"))["agents"]
        assert all("did not answer within 2 seconds" in each["warnings"][0] for each in listed)


async def test_the_key_goes_to_the_server_alone_and_is_told_nobody(
    server: AgentServer, tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("WAY_IN", KEY)
    with agent_server({}) as other:
        config = offered(tmp_path, server.url, api_key_env="WAY_IN")
        server.fails("assistants", answering(lambda: RedirectResponse(f"{other.url}/assistants/search", 307)))
        server.fails(CREATE, answering(lambda: RedirectResponse(f"{other.url}/ok", 307)))
        server.fails(CREATE, status(422, f"the key {KEY} is not one of ours"))
        server.fails(CREATE, status(401, f"the key {KEY} is wrong"))
        async with serve(config=config, environ=SCRIPT) as door:
            said = [await door.text("list_agents")]
            run = await door.call("start_run", agent="shop", input={"order": "A"})
            for _ in range(2):
                run = await door.call("resume_run", run_id=run["run_id"])
                said.append(str(run))
            assert "did not accept the key in WAY_IN" in run["error"]["message"]
            run = await door.call("resume_run", run_id=run["run_id"])
            assert run["status"] == "interrupted", run
            said += [await door.text("get_thread", thread_id=run["thread_id"]), str(await door.record())]
        assert other.asked == []
    assert all(headers.get("x-api-key") == KEY for _, _, headers in server.asked)
    kept = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
    assert not any(KEY in text for text in (*said, caplog.text))
    assert not any(KEY.encode() in each for each in kept)


async def test_without_the_key_nothing_is_asked(server: AgentServer, tmp_path: Path, serve: Serve):
    config = offered(tmp_path, server.url, api_key_env="NOWHERE_SET")
    async with serve(config=config) as door:
        run = await door.call("start_run", agent="shop", input={"order": "A"})
        assert "NOWHERE_SET, which `api_key_env` names" in run["error"]["message"]
        assert server.asked == []


async def test_policy_that_no_gate_could_hold_keeps_the_agent_from_starting(
    server: AgentServer, tmp_path: Path, serve: Serve
):
    config = offered(tmp_path, server.url, '[agents.shop.tools."refund"]\nsensitive = true\n')
    async with serve(config=config, environ=SCRIPT) as door:
        refused = await door.error("start_run", agent="shop", input={"order": "A"})
        assert refused.startswith("not_gated: Policy has a person asked before tools of shop run, but it runs at")
        shop = next(each for each in (await door.call("list_agents"))["agents"] if each["name"] == "shop")
        assert "it is not started as long as policy says so" in shop["warnings"][0]
        run = await door.call("start_run", agent="stops", input={})
        offered(tmp_path, server.url, "[agents.stops]\nsensitive = true\n")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
        assert run["error"]["code"] == "not_gated", run
        assert len(server.runs()) == 1


async def test_a_thread_that_is_somebody_elses_there_is_not_gone_on_with(
    server: AgentServer, there: There, config: Path, serve: Serve, tmp_path: Path
):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="shop", input={"order": "A"}, thread_id="mine")
        assert thread_there(door, there, run) in server.threads
    (tmp_path / "state.db").rename(tmp_path / "other.db")
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="shop", input={"order": "B"}, thread_id="mine")
        assert "has this thread from elsewhere" in run["error"]["message"], run
        again = await door.call("start_run", agent="shop", input={"order": "C"}, thread_id="mine")
        assert "has this thread from elsewhere" in again["error"]["message"], again
        assert len(server.runs()) == 1


def test_doctor_tells_where_the_agent_runs(server: AgentServer, tmp_path: Path):
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"shop": {"url": server.url}, "gone": {"url": "http://127.0.0.1:1"}}}))
    told = ran([command(), "doctor"], PATIENCE, surroundings(tmp_path, INTERRUPT_MCP_CONFIG=str(config))).stdout
    lines = " ".join(told.split())
    assert f"shop: It runs at the Agent Server {server.url}" in lines, told
    assert "gone: There is no Agent Server that answers at http://127.0.0.1:1" in lines, told


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('{"url": "ftp://there"}', "must be the address of an Agent Server"),
        ('{"url": 7}', "must be the address of an Agent Server"),
        ('{"url": "http://me:secret-word@there"}', "name the variable that has the key as `api_key_env`"),
        ('{"url": "http://there?key=secret-word"}', "must end before `?` and `#`"),
        ('{"url": "http://there", "path": "./a.py:graph"}', "it must have one of them"),
        ('{"url": "http://there", "graph_id": ""}', "must be the graph's name there"),
        ('{"url": "http://there", "api_key_env": "secret-word"}', "must be the name of a variable"),
    ],
)
def test_an_entry_that_is_wrong_is_told_without_what_may_be_secret(tmp_path: Path, entry: str, said: str):
    config = tmp_path / "langgraph.json"
    config.write_text(f'{{"graphs": {{"there": {entry}}}}}')
    with pytest.raises(ConfigError) as raised:
        Agents(config).names()
    assert said in str(raised.value)
    assert "secret-word" not in str(raised.value)
