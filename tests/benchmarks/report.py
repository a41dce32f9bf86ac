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
PAGES = (ROOT / "README.md", ROOT / "docs" / "benchmarks.md")
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


def section(body: Mapping[str, Any]) -> str:
    """What stands between the marks."""
    return f"{BEGIN}\n{machine_line(body)}\n\n{table([row_of(each) for each in body['rows']])}\n{END}"


def with_section(page: str, body: Mapping[str, Any]) -> str:
    """The page with this report in the place of the one it has."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + section(body) + after


def write(body: Mapping[str, Any], plots: Mapping[str, Any]) -> None:
    from tests.benchmarks import plots as drawing

    JSON.write_text(json.dumps({**body, "plots": plots}, indent=1) + "\n")
    for page in PAGES:
        page.write_text(with_section(page.read_text(), body))
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
