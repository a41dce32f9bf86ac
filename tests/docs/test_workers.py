"""Workers by the words of docs/configuration.md: the printed settings, and a worker that is ended for new code."""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.doctor.looking import HELLO, looked
from tests.patience import PATIENCE, until
from tests.printed import DOCS, block
from tests.processes import http_server, over_http, ran
from tests.workers.environment import OLDER_MCP, worker_python

PAGE = DOCS / "configuration.md"
AGENT = """
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

builder = StateGraph(dict)
builder.add_node("ask", lambda _: {{"said": "{code} " + interrupt("Go on?")}})
builder.add_edge(START, "ask")
graph = builder.compile()
"""


def workers_of(server: int) -> list[int]:
    """The numbers of the server's workers, as they are found by hand."""
    done = ran(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], PATIENCE, dict(os.environ))
    found = re.findall(r"^ *(\d+) +(\d+) .* -m interrupt_mcp worker .*asks", done.stdout, re.MULTILINE)
    return [int(pid) for pid, parent in found if int(parent) == server]


@pytest.mark.posix
def test_the_printed_settings_have_each_agent_run_where_they_say(tmp_path: Path) -> None:
    home = tmp_path / "project"
    home.mkdir()
    (home / ".venv").symlink_to(worker_python(*OLDER_MCP).parents[1])
    other = tmp_path / "search" / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(other)], check=True, timeout=PATIENCE)
    (packages,) = other.glob("lib/python*/site-packages")
    # It has what this environment has.
    here = sysconfig.get_path("purelib")
    (packages / "here.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    (home / "interrupt-mcp.toml").write_text(block("toml", "[agents.search]", PAGE))
    (home / "hello.py").write_text(HELLO)
    (home / "langgraph.json").write_text(json.dumps({"graphs": dict.fromkeys(("mail", "search"), "./hello.py:graph")}))

    said = looked(home)

    assert f"mail runs in 2 workers, in the environment of {home}/.venv/bin/python." in said.text("environments")
    at = f"search runs in 2 workers, in the environment of {tmp_path}/"
    assert re.search(rf"{at}(project/../)?search/.venv/bin/python", said.text("environments"))
    assert said.of("agents", "mail", "ok")
    assert said.of("agents", "search", "ok")


@pytest.mark.posix
@pytest.mark.anyio
async def test_a_worker_that_is_ended_makes_room_for_one_with_the_changed_agent_and_what_waits_goes_on_with_it(
    tmp_path: Path,
) -> None:
    assert "`kill PID` (SIGTERM)" in PAGE.read_text("utf-8")
    agent, config = tmp_path / "agent.py", tmp_path / "langgraph.json"
    agent.write_text(AGENT.format(code="old"))
    config.write_text(json.dumps({"graphs": {"asks": "./agent.py:graph"}}))
    with http_server(
        tmp_path, "--workers", "1", INTERRUPT_MCP_CONFIG=str(config), INTERRUPT_MCP_APPROVER="client"
    ) as server:
        async with over_http(server.url) as door:
            runs = [await door.call("start_run", agent="asks", input={}) for _ in range(2)]
            assert [run["status"] for run in runs] == ["interrupted", "interrupted"]
            agent.write_text(AGENT.format(code="new"))
            answer = {"type": "respond", "value": "yes"}
            ended = await door.call("resume_run", run_id=runs[0]["run_id"], decisions=[answer])
            (worker,) = workers_of(server.process.pid)
            os.kill(worker, signal.SIGTERM)
            await until(lambda: workers_of(server.process.pid) not in ([], [worker]))
            ended_later = await door.call("resume_run", run_id=runs[1]["run_id"], decisions=[answer])
    assert [run["output"]["said"] for run in (ended, ended_later)] == ["old yes", "new yes"]
