"""Applications of others that mount the server, as real processes of uvicorn."""

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import httpx

from tests.patience import PATIENCE
from tests.processes import CHECKOUT, surroundings

_AGENT = """
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt

def ask(state):
    print("{name} asks")
    return {{"messages": [("ai", f"{name} heard " + interrupt("What does {name} hear?"))]}}

graph = StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile()
"""


def lay_out(home: Path) -> None:
    """Two projects whose agents are files of one name, and an agent that waits until it is told to go on."""
    for name in ("one", "other"):
        folder = home / name
        folder.mkdir()
        (folder / "agent.py").write_text(_AGENT.format(name=name))
        graphs = {"asks": "./agent.py:graph", "slow": "tests.waiting:graph"}
        (folder / "langgraph.json").write_text(json.dumps({"graphs": graphs}))


@dataclass
class Host:
    """A running application."""

    process: "subprocess.Popen[str]"
    base: str = ""
    """Its address, without a path."""
    said: list[str] = field(default_factory=list)
    """What it wrote to stdout and stderr."""

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    def told(self, path: str) -> Any:
        """The JSON that it answers there."""
        return httpx.get(f"{self.base}{path}", timeout=PATIENCE).raise_for_status().json()

    def stop(self) -> int:
        """Its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def hosted(home: Path, app: str = "app:app", *arguments: str, **environ: str) -> Iterator[Host]:
    """Uvicorn with an application in `home`, from when it tells its address until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "uvicorn", app, "--port", "0", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=home,
        env=surroundings(home, **{"INTERRUPT_MCP_INBOX": "on", "PYTHONPATH": CHECKOUT} | environ),
    )
    host, lines = Host(process), Queue[str]()
    listener = threading.Thread(target=_listen, args=(host, lines))
    listener.start()
    try:
        while not (found := re.search(r"running on (http://\S+)", line := lines.get(timeout=PATIENCE))):
            assert line, host.said
        host.base = found[1]
        yield host
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        listener.join(PATIENCE)
        # pytest shows it where a test failed.
        print(*host.said, sep="")
        assert process.stdout is not None
        process.stdout.close()


def _listen(host: Host, lines: "Queue[str]") -> None:
    assert host.process.stdout is not None
    for line in host.process.stdout:
        host.said.append(line)
        lines.put(line)
    lines.put("")
