"""What a server costs that nobody uses: seconds of CPU, read from /proc, in so many seconds of peace.

Two stdio servers share a database with a run that waits, so that each looks after the other. Linux only.

    python -m tests.benchmarks.idle [SECONDS]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
START = {"agent": "hotel", "message": "Book a stay at the McKittrick hotel"}


def cpu(pid: int) -> float:
    """Seconds that the process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(home: str) -> Iterator["subprocess.Popen[str]"]:
    environ = {**os.environ, "HOME": home, "INTERRUPT_MCP_DATABASE": f"sqlite:///{home}/state.db"}
    command = [sys.executable, "-m", "interrupt_mcp", "serve"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environ, cwd=home, **pipes) as process:
        yield process


def call(process: "subprocess.Popen[str]", tool: str, arguments: dict[str, Any]) -> Any:
    """Have the server do it, and wait for the result."""
    assert process.stdin is not None
    assert process.stdout is not None
    params = {"name": tool, "arguments": arguments, "_meta": META}
    process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}) + "\n")
    process.stdin.flush()
    result = next(message for line in process.stdout if "id" in (message := json.loads(line)))
    assert not result["result"].get("isError"), result
    return result["result"]


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as home, server(home) as one, server(home) as other:
        call(one, "start_run", START)
        call(other, "list_interrupts", {})
        time.sleep(2)
        before = [cpu(process.pid) for process in (one, other)]
        time.sleep(seconds)
        took = [cpu(process.pid) - earlier for process, earlier in zip((one, other), before, strict=True)]
    for used in took:
        print(f"{used:.2f} s of CPU in {seconds:g} s: {100 * used / seconds:.2f} %")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20)
