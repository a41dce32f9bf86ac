"""The contract of agents at an Agent Server, tried with LangGraph's own: `langgraph dev` on loopback.

It has an environment of its own under `.tools`, which the guides and the benchmarks share.

    python -m tests.remote.langgraphs_own
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.dev import langgraph_dev
from tests.remote.conftest import AGENTS, NAMES, OTHER


def tried() -> int:
    """The exit code of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copy(AGENTS, home)
        graphs = {name: f"./{AGENTS.name}:{name}" for name in NAMES}
        (home / "langgraph.json").write_text(json.dumps({"dependencies": ["."], "graphs": graphs}))
        with langgraph_dev(home) as client:
            environ = {**os.environ, OTHER: f"{str(client.base_url).rstrip('/')} {home}"}
            tests = [str(Path(__file__).with_name(name)) for name in ("test_contract.py", "test_killed.py")]
            return subprocess.run([sys.executable, "-m", "pytest", "-q", *tests], env=environ).returncode


if __name__ == "__main__":
    sys.exit(tried())
