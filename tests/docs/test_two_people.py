"""Two people share a server by the words of docs/shared.md: one starts, the other approves, and each sees just that."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.ports import free_port
from tests.edge.callers import as_bearer
from tests.pages.asking import asked
from tests.pages.safety.visitors import Visitor, decision_on, visiting
from tests.patience import PATIENCE
from tests.printed import DOCS, write
from tests.processes import HttpServer, command, http_server, surroundings

pytestmark = pytest.mark.anyio
PAGE = DOCS / "shared.md"
REFUND = {"agent": "desk", "message": "Refund 20 of order 1001 because it came late"}


def printed(begin: str) -> list[tuple[dict[str, str], list[str]]]:
    """The commands of the page that begin so: the variables before each, and its words."""
    text = PAGE.read_text("utf-8").replace("\\\n", " ")
    found = re.findall(rf"((?:[A-Z_]+=\S+ +)*)({begin}[^\n`]*)", text)
    return [(dict(each.split("=", 1) for each in given.split()), shlex.split(words)) for given, words in found]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    write(PAGE, folder)
    return folder


@pytest.fixture(scope="module")
def tokens(project: Path) -> dict[tuple[str, str], str]:
    """What the printed commands print, by name and scopes, and one of somebody whom the page does not name."""
    commands = [words for _, words in printed("interrupt-mcp token create (?:ana|bob)")]
    assert len(commands) == 3
    made = {}
    for words in [*commands, [*commands[0][:3], "carl", "--scopes", "read,decide"]]:
        assert words[0] == "interrupt-mcp"
        environ = surroundings(project)
        done = subprocess.run(
            [command(), *words[1:]], cwd=project, env=environ, stdout=subprocess.PIPE, timeout=PATIENCE
        )
        assert done.returncode == 0
        made[words[3], words[5]] = done.stdout.decode().strip()
    return made


@pytest.fixture(scope="module")
def server(project: Path, tokens: dict[tuple[str, str], str]) -> Iterator[HttpServer]:
    """As it is printed, but for its addresses."""
    (variables, words), *_ = printed("interrupt-mcp serve --http\n")
    assert words == ["interrupt-mcp", "serve", "--http"]
    port = free_port()
    variables |= {"INTERRUPT_MCP_URL": f"http://127.0.0.1:{port}", "INTERRUPT_MCP_INBOX": "auto"}
    with http_server(project, "--port", str(port), **variables) as running:
        yield running


@contextmanager
def at_the_pages(server: HttpServer, token: str) -> Iterator[Visitor]:
    with visiting(server.base) as visitor:
        assert visitor.sign_in(token).status_code == 200
        yield visitor


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
async def test_one_starts_the_other_approves_and_each_sees_just_that(
    server: HttpServer, tokens: dict[tuple[str, str], str], version: str
) -> None:
    async with as_bearer(server, tokens["ana", "run,read"], version) as client:
        other = await client.call("start_run", agent="desk", message="Show order 1002")
        run = await asked(client, **REFUND)
        (interrupt,) = run["interrupts"]
        code, at, runs = interrupt["code"], f"/inbox/interrupts/{interrupt['code']}", f"/inbox/runs/{run['run_id']}"
        accept = {"type": "accept", "digest": interrupt["digest"]}
        told = await client.error("resume_run", run_id=run["run_id"], decisions=[accept])
        assert told.startswith("needs_human: ")

        with at_the_pages(server, tokens["ana", "read,decide"]) as page:
            told = page.post(f"{at}/decide", decision_on(page.get(at).text, "accept"))
            assert (told.status_code, "who started it may only reject" in told.text) == (422, True)
            assert page.post(f"{runs}/cancel").status_code == 403
        with at_the_pages(server, tokens["carl", "read,decide"]) as page:
            assert code not in page.get("/inbox").text
            assert page.get(at).text.replace(code, "never") == page.get("/inbox/interrupts/never").text
            assert page.get(runs).status_code == 404
        with at_the_pages(server, tokens["bob", "read,decide"]) as page:
            assert code in page.get("/inbox").text
            assert "order 1001" in page.get(at).text
            assert page.post(f"{runs}/cancel").status_code in (403, 404)
            assert page.post(f"{at}/decide", decision_on(page.get(at).text, "accept")).status_code == 303
            assert page.get(runs).status_code == 200
            assert page.get(f"/inbox/runs/{other['run_id']}").status_code == 404
        run = await client.call("get_run", run_id=run["run_id"], wait_seconds=20)
        assert run["status"] == "success"
        late = {"type": "reject", "interrupt_id": code}
        assert "token:bob" in await client.error("resume_run", run_id=run["run_id"], decisions=[late])

        # She takes another one back, by the same client.
        run = await asked(client, **REFUND)
        reject = {"type": "reject", "message": "a mistake"}
        run = await client.call("resume_run", run_id=run["run_id"], decisions=[reject], wait_seconds=20)
        assert run["status"] == "success"
