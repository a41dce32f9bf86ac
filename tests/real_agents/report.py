"""The table of packages, as it is printed and as it stands between the marks of docs/agents.md."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.conformance.foreign import ROOT
from tests.real_agents.running import Outcome

PAGE = ROOT / "docs" / "agents.md"
BEGIN, END = "<!-- agents: begin -->", "<!-- agents: end -->"
_HEADS = ("package", "version", "what was tried", "what came of it", "what it needs")


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the table in Markdown, a package's name, version and needs with its first row alone."""
    rows = [_cells(outcome, first) for outcome, first in zip(outcomes, _firsts(outcomes), strict=True)]
    return "\n".join(_row(cells) for cells in (_HEADS, ["---"] * len(_HEADS), *rows))


def section(outcomes: Sequence[Outcome]) -> str:
    """Return what stands between the marks."""
    beside = ", ".join(sorted({outcome.langgraph for outcome in outcomes if outcome.langgraph}))
    when = f"{datetime.now(UTC):%d %B %Y}"
    made = f"Made by `make agents` on {when}, with LangGraph {beside} and Python {platform.python_version()}."
    return f"{BEGIN}\n{made}\n\n{table(outcomes)}\n{END}"


def with_section(page: str, new: str) -> str:
    """Return the page with this section in the place of the one it has."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + new + after


def write(outcomes: Sequence[Outcome]) -> None:
    PAGE.write_text(with_section(PAGE.read_text(), section(outcomes)))


def _firsts(outcomes: Sequence[Outcome]) -> list[bool]:
    """Return of each whether it is the first of its package."""
    names = [outcome.package.name for outcome in outcomes]
    return [names.index(name) == at for at, name in enumerate(names)]


def _cells(outcome: Outcome, first: bool) -> list[str]:
    named = (outcome.package.name, outcome.version or "none", outcome.package.needs) if first else ("", "", "")
    came = "as expected" if outcome.good else f"**not so**: {'; '.join(outcome.failed)}"
    return [named[0], named[1], outcome.tried, came, named[2]]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"
