"""The report of a whole table: on which machine, as JSON, and as it stands in the README and in docs/benchmarks.md."""

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import ROOT
from tests.benchmarks.row import Row, row_of, table

JSON = ROOT / "docs" / "benchmarks.json"
FEW = (
    "spawn to list of tools (2026-07-28)",
    "start to interrupt over stdio (2026-07-28)",
    "list with 100,000 waiting on as many threads",
)
"""The rows that the README shows: what a client waits for, once and each time, and whether that grows."""
PAGES: Mapping[Path, Sequence[str] | None] = {ROOT / "README.md": FEW, ROOT / "docs" / "benchmarks.md": None}
"""The pages with a table, and which rows of it; all of them where nothing is said."""
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def body_of(rows: Sequence[Row]) -> dict[str, Any]:
    return {"machine": _machine(), "rows": [row.as_json() for row in rows]}


def machine_line(body: Mapping[str, Any]) -> str:
    """The machine, and what was installed on it, in one sentence."""
    machine = body["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"Measured on {machine['date']} at commit {machine['commit']}, on {machine['cores']} cores of {machine['cpu']},"
        f" {machine['system']}, {versions}."
    )


def section(body: Mapping[str, Any], few: Sequence[str] | None = None) -> str:
    """What stands between the marks: the rows of these names, or all of them."""
    rows = [row_of(each) for each in body["rows"] if few is None or each["what"] in few]
    return f"{BEGIN}\n{machine_line(body)}\n\n{table(rows)}\n{END}"


def with_section(page: Path, body: Mapping[str, Any]) -> str:
    """The page's text with this report in the place of the one it has."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + section(body, PAGES[page]) + after


def write(body: Mapping[str, Any], plots: Mapping[str, Any]) -> None:
    from tests.benchmarks import plots as drawing

    JSON.write_text(json.dumps({**body, "plots": plots}, indent=1) + "\n")
    for page in PAGES:
        page.write_text(with_section(page, body))
    drawing.draw(plots, JSON.parent)


def _machine() -> dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "date": f"{datetime.now(UTC):%d %B %Y}",
        "commit": commit.stdout.strip() or "unknown",
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "versions": {
            "Python": platform.python_version(),
            "SQLite": sqlite3.sqlite_version,
            **{name: version(name) for name in ("mcp", "langgraph", "langchain")},
        },
    }


def _cpu() -> str:
    names = (line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    return next(names, "an unknown CPU").partition(": ")[2]
