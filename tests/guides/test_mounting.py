"""A server that is mounted in somebody's application keeps its promises there, and leaves the application its own."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import MCPError

from interrupt_mcp.mounting import Mounted
from tests.database import url_of
from tests.guides.hosts import Host, hosted, lay_out
from tests.pages.signed_in import Visitor, visiting
from tests.patience import PATIENCE, until
from tests.processes import over_http, surroundings

pytestmark = pytest.mark.anyio
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}},
}
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("mounting")
    lay_out(home)
    return home


@pytest.fixture(scope="module")
def host(home: Path) -> Iterator[Host]:
    with hosted(home, "tests.guides.shared:app", INTERRUPT_MCP_APPROVER="client") as running:
        yield running


async def heard(door: Any, path: str) -> str:
    run = await door.call("start_run", agent="asks", message="Hello")
    run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "respond", "value": path}])
    return str(run["answer"])


async def test_projects_in_one_process_are_apart_and_one_is_reached_by_two_paths(host: Host, home: Path) -> None:
    async with over_http(f"{host.base}/one/mcp") as door, over_http(f"{host.base}/other/mcp", "2025-11-25") as there:
        assert await heard(door, "this") == "one heard this"
        assert await heard(there, "that") == "other heard that"
        (run,) = (await door.call("list_runs"))["runs"]
        assert (await there.error("get_run", run_id=run["run_id"])).startswith("unknown_run")
        async with over_http(f"{host.base}/deep/er%20%C3%A9/mcp") as by_other:
            assert (await by_other.call("get_run", run_id=run["run_id"]))["status"] == "success"


async def test_the_process_is_as_it_was_and_what_agents_print_is_where_it_prints(host: Host) -> None:
    async with over_http(f"{host.base}/one/mcp") as door:
        await heard(door, "this")
    seen = host.told("/state")
    assert seen["now"] == seen["before"]
    assert seen["now"]["handlers"] == 0
    assert "one asks\n" in host.said


@asynccontextmanager
async def at_pages(host: Host, home: Path, project: str) -> AsyncIterator[Visitor]:
    environ = {"INTERRUPT_MCP_CONFIG": str(home / project / "langgraph.json")}
    async with visiting(host.base, home, environ, f"/{project}") as visitor:
        yield visitor


async def test_all_that_a_page_leads_to_is_under_the_path_where_it_is_mounted(host: Host, home: Path) -> None:
    async with over_http(f"{host.base}/one/mcp") as door, at_pages(host, home, "one") as ann:
        run = await door.call("start_run", agent="asks", message="Hello")
        code = run["interrupts"][0]["code"]
        (cookie,) = ann.http.cookies.jar
        assert cookie.path == "/one/inbox"
        names = ["", "/", "/runs", "/decided", "/sessions", f"/interrupts/{code}", f"/runs/{run['run_id']}"]
        names += [f"/threads/{run['thread_id']}", f"/runs/{run['run_id']}/cancel", "/nothing"]
        for name in names:
            page = await ann.open(f"/one/inbox{name}")
            assert page.path.startswith("/one/inbox"), name
            for element in page.root.all():
                for kind in ("href", "action", "formaction", "src", "data-events", "data-changes"):
                    target = element.attributes.get(kind, "/one/inbox")
                    assert target.startswith(("/one/inbox", "#")), (name, target)
        for file in ("inbox.css", "inbox.js", "icon.svg"):
            assert (await ann.http.get(f"/one/inbox/static/{file}")).status_code == 200
        asked = await ann.open(f"/one/inbox/interrupts/{code}")
        told = await ann.press(asked, "Respond", value_json='"this"')
        assert told.path.startswith(f"/one/inbox/runs/{run['run_id']}")
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["answer"] == "one heard this"
        copied = await ann.press(await ann.open(f"/one/inbox/threads/{run['thread_id']}"), "Copy up to here")
        assert copied.path.startswith("/one/inbox/threads/")
        out = await ann.press(await ann.open("/one/inbox/sessions"), "Sign out")
        assert "Signed out" in out.heading
        assert not list(ann.http.cookies.jar)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}", "Origin": "http://localhost:{port}"}, 200),
        ({"Host": "evil.example:{port}"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Origin": "null"}, 403),
        ({"X-Forwarded-For": "127.0.0.1"}, 403),
        ({"X-Forwarded-For": "192.0.2.7"}, 403),
        ({"Forwarded": "for=192.0.2.7"}, 403),
        ({"X-Real-IP": "192.0.2.7"}, 403),
    ],
)
def test_whoever_is_not_of_this_machine_or_of_another_site_is_refused(
    headers: dict[str, str], status: int, host: Host
) -> None:
    given = {name: value.format(port=host.port) for name, value in headers.items()}
    answer = httpx.post(f"{host.base}/one/mcp", json=INITIALIZE, headers={**HEADERS, **given}, timeout=PATIENCE)
    assert answer.status_code == status, answer.text
    pages = httpx.get(f"{host.base}/one/inbox", headers=given, timeout=PATIENCE)
    assert pages.status_code == (401 if status == 200 else status), pages.text


def test_too_large_a_body_is_refused_and_what_is_not_entered_says_what_to_do(host: Host) -> None:
    body = b" " * (4 * 1024 * 1024 + 1)
    kind = {**HEADERS, "Content-Type": "application/json"}
    assert httpx.post(f"{host.base}/one/mcp", content=body, headers=kind, timeout=PATIENCE).status_code == 413
    answer = httpx.post(f"{host.base}/closed/mcp", json=INITIALIZE, headers=HEADERS, timeout=PATIENCE)
    assert answer.status_code == 503
    assert "async with agents" in answer.text


@pytest.mark.parametrize(
    ("url", "client"),
    [
        ("http://192.0.2.1:8000", "192.0.2.7"),
        ("http://192.0.2.1:8000", "127.0.0.1"),
        ("http://127.0.0.1:8000", "192.0.2.7"),
        ("http://[2001:db8::1]:8000", "::1"),
        ("http://localhost.evil.example:8000", "127.0.0.1"),
    ],
)
async def test_an_address_that_others_can_reach_is_refused_whatever_the_application_listens_on(
    url: str, client: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in surroundings(home).items():
        monkeypatch.setenv(name, value)
    mounted = Mounted(home / "one" / "langgraph.json", database=url_of(home, "aside"))
    # Twice: an application's lifespan is begun anew in tests of its own.
    for _ in range(2):
        async with mounted:
            with pytest.raises(RuntimeError, match="already"):
                await mounted.__aenter__()
            transport = httpx.ASGITransport(mounted, client=(client, 50000))
            async with httpx.AsyncClient(transport=transport, base_url=url) as http:
                assert (await http.post("/mcp", json=INITIALIZE, headers=HEADERS)).status_code == 403


@pytest.mark.posix
async def test_told_to_stop_it_answers_who_waits_ends_open_pages_and_the_run_goes_on_in_the_next_start(
    tmp_path: Path, era: str
) -> None:
    version = {"auto": "2026-07-28", "legacy": "2025-11-25"}[era]
    lay_out(tmp_path)
    go = tmp_path / "go"
    seen: list[dict[str, Any]] = []
    with hosted(tmp_path, "tests.guides.shared:app", GO=str(go)) as host:
        async with over_http(f"{host.base}/one/mcp", version) as door, at_pages(host, tmp_path, "one") as ann:
            run = await door.call("start_run", agent="slow", message="Hello", wait_seconds=0)
            await until(go.with_suffix(".begun").exists)

            async def wait() -> None:
                try:
                    seen.append(await door.call("get_run", run_id=run["run_id"], wait_seconds=25))
                except MCPError:
                    # The library of the streams in the older era may cut one off before its call is answered.
                    assert era == "legacy"

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(wait)
                await door.call("list_runs")
                async with ann.http.stream("GET", "/one/inbox/events") as events:
                    lines = events.aiter_lines()
                    assert await anext(lines)
                    code = await anyio.to_thread.run_sync(host.stop)
                    assert [line async for line in lines if "ended" in line] == []
        assert code == -signal.SIGTERM
    assert [waited["status"] for waited in seen] == ["running"] or (era == "legacy" and not seen)
    assert "all is closed\n" in host.said
    assert "Traceback" not in "".join(host.said)
    go.touch()
    with hosted(tmp_path, "tests.guides.shared:app", GO=str(go)) as host:
        async with over_http(f"{host.base}/one/mcp", version) as door:
            finished = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert (finished["status"], finished["answer"]) == ("success", "done")
