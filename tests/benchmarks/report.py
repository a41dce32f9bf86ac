"""What a whole measurement found: as JSON, and as the sections of README and docs that show it."""

import json
import os
import platform
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import ROOT
from tests.benchmarks.row import Row, table

RESULTS = ROOT / "docs" / "benchmarks.json"
PAGES = (ROOT / "README.md", ROOT / "docs" / "benchmarks.md")
_BEGIN, _END = "<!-- make bench ARGS=--write -->", "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Report:
    """The rows, and on what and of what they were measured."""

    machine: Mapping[str, Any]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Report":
        return cls(_machine(), tuple(rows))

    @classmethod
    def read(cls, file: Path = RESULTS) -> "Report":
        body = json.loads(file.read_text("utf-8"))
        return cls(body["machine"], tuple(map(Row.of_json, body["rows"])))

    def text(self) -> str:
        body = {"machine": self.machine, "rows": [row.as_json() for row in self.rows]}
        return json.dumps(body, indent=2, ensure_ascii=False) + "\n"

    def section(self) -> str:
        """What a page shows of it."""
        its = self.machine
        measured = (
            f"Measured on {its['date']} on {its['cores']} cores of {its['cpu']}, {its['system']}, load"
            f" {its['load']} in its quarter of an hour, Python {its['python']}, SQLite {its['sqlite']}; interrupt-mcp at {its['commit']}, mcp {its['mcp']}, langgraph"
            f" {its['langgraph']}. Ratios are ours to the other's, medians of pairs that were measured in turn."
        )
        return f"{table(self.rows)}\n\n{measured}\n"

    def write(self) -> None:
        """Keep it, and put it into the pages."""
        RESULTS.write_text(self.text(), "utf-8")
        for page in PAGES:
            page.write_text(with_section(page.read_text("utf-8"), self.section()), "utf-8")


def with_section(page: str, section: str) -> str:
    """The page, with this between its two marks."""
    before, _, rest = page.partition(_BEGIN)
    _, found, after = rest.partition(_END)
    assert found, f"There is no {_BEGIN} … {_END}"
    return f"{before}{_BEGIN}\n{section}{_END}{after}"


def _machine() -> dict[str, Any]:
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release()}",
        "load": round(os.getloadavg()[2], 1),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "commit": _commit(),
        **{name: version(name) for name in ("mcp", "langgraph", "langgraph-checkpoint-sqlite", "langchain")},
    }


def _cpu() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _commit() -> str:
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"
