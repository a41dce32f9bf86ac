"""Programs that stand in for browsers: each writes down how it was started, and then does what its name says."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SOURCE = """#!{python}
import json, os, sys, time
from pathlib import Path
from urllib.parse import unquote

path = Path(__file__)
told = {{
    "pid": os.getpid(),
    "arguments": sys.argv[1:],
    "streams": [os.readlink(f"/proc/self/fd/{{number}}") for number in range(3)],
    "others": [int(each) for each in os.listdir("/proc/self/fd") if int(each) > 3],
    "leads": os.getsid(0) == os.getpid(),
    "environ": dict(os.environ),
    "page": Path(unquote(sys.argv[-1]).removeprefix("file://")).read_text(),
}}
path.with_suffix(".new").write_text(json.dumps(told))
path.with_suffix(".new").rename(path.with_suffix(".told"))
{then}
"""
_THEN = {
    "shows": "",
    "fails": "sys.exit(1)",
    "stays": "time.sleep(600)",
    "waits": 'while not path.with_suffix(".go").exists(): time.sleep(0.01)',
}


@dataclass(frozen=True)
class Browser:
    """A program that can be started as a browser."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def go(self) -> Path:
        """What one that waits is waiting for."""
        return self.path.with_suffix(".go")

    @property
    def was_started(self) -> bool:
        return self.path.with_suffix(".told").exists()

    @property
    def told(self) -> dict[str, Any]:
        """How it was started."""
        told: dict[str, Any] = json.loads(self.path.with_suffix(".told").read_text())
        return told


def browser(folder: Path, name: str, does: str = "shows") -> Browser:
    """A program of that name, which `shows` and ends, `fails`, `stays` for ever or `waits` until it may end."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(_SOURCE.format(python=sys.executable, then=_THEN[does]))
    path.chmod(0o755)
    return Browser(path)
