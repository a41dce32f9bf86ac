"""A row of the table: one thing that was measured, beside a peer, and what it should be at most or at least."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.pairs import Spread, medians, ratios

HEAD = ("what", "interrupt-mcp", "peer", "ratio (quartiles)", "target", "within")


@dataclass(frozen=True, slots=True)
class Row:
    """What was found; `ratio` is ours to the peer's, or, where there is no peer, the figure itself."""

    what: str
    unit: str
    ours: float
    ratio: Spread
    target: float
    peer: str = ""
    theirs: float = 0.0
    at_least: bool = False
    """Whether more is better."""
    digits: int = 2
    """Of the ratio after the point: what is less is noise."""

    @property
    def within(self) -> bool:
        found = round(self.ratio.median, self.digits)
        return found >= self.target if self.at_least else found <= self.target

    def cells(self) -> tuple[str, ...]:
        spread = f"{_plain(self.ratio.median)} ({_plain(self.ratio.low)} to {_plain(self.ratio.high)})"
        return (
            self.what,
            f"{_plain(self.ours)} {self.unit}",
            f"{_plain(self.theirs)} {self.unit}, {self.peer}" if self.peer else "",
            spread if self.peer else "",
            f"at {'least' if self.at_least else 'most'} {self.target:g}{'' if self.peer else f' {self.unit}'}",
            "yes" if self.within else "**no**",
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "within": self.within}


def row_of(body: dict[str, Any]) -> Row:
    return Row(**{**{name: body[name] for name in Row.__slots__}, "ratio": Spread(**body["ratio"])})


def beside(
    what: str,
    pairs: Sequence[tuple[float, float]],
    peer: str,
    target: float,
    *,
    unit: str,
    scale: float = 1.0,
    at_least: bool = False,
) -> Row:
    """A row from pairs of (ours, the peer's), shown in `unit`s, of which there are `scale` in one of theirs."""
    ours, theirs = medians(pairs)
    return Row(what, unit, ours * scale, ratios(pairs), target, peer, theirs * scale, at_least)


def alone(what: str, found: Sequence[float], target: float, *, unit: str, digits: int = 2) -> Row:
    """A row without a peer."""
    spread = Spread.of(found)
    return Row(what, unit, spread.median, spread, target, digits=digits)


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _plain(number: float) -> str:
    """Three digits of it."""
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"
