"""What one measurement found, and how it is told: the table of `make bench` and of the README is made of these."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tests.benchmarks.pairs import Spread, medians, ratios

HEADS = ("row", "what", "interrupt-mcp", "beside it", "ratio (quartiles)", "target", "within")


@dataclass(frozen=True, slots=True)
class Target:
    """The most or the least that a ratio, or our own value, may be."""

    value: float
    of: Literal["ratio", "value"] = "ratio"
    least: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    """By which it can be measured alone: `make bench ROW=name`."""
    what: str
    unit: str
    ours: float
    target: Target
    peer: str = ""
    """Name and version; empty where there is none."""
    peers: float | None = None
    ratio: Spread | None = None
    """Ours to the peer's."""

    @classmethod
    def of_pairs(
        cls, name: str, what: str, unit: str, peer: str, found: Iterable[tuple[float, float]], target: Target
    ) -> "Row":
        """A row of medians of (ours, the peer's), and the ratios pair by pair."""
        pairs = list(found)
        ours, peers = medians(pairs)
        return cls(name, what, unit, ours, target, peer, peers, ratios(pairs))

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> "Row":
        ratio = Spread(**body["ratio"]) if body["ratio"] else None
        fields = {key: value for key, value in body.items() if key != "within"}
        return cls(**{**fields, "target": Target(**body["target"]), "ratio": ratio})

    @property
    def within(self) -> bool:
        """Whether the target is met."""
        if self.target.of == "value":
            found = self.ours
        else:
            assert self.ratio is not None
            found = self.ratio.median
        return found >= self.target.value if self.target.least else found <= self.target.value

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "within": self.within}

    def cells(self) -> tuple[str, ...]:
        beside = f"{self.peer}: {_number(self.peers)} {self.unit}" if self.peers is not None else ""
        ratio = f"{self.ratio.median:.3g} ({self.ratio.low:.3g} to {self.ratio.high:.3g})" if self.ratio else ""
        bound = f"at {'least' if self.target.least else 'most'} {self.target.value:g}"
        target = f"{bound} {self.unit}" if self.target.of == "value" else f"{bound} times"
        ours = f"{_number(self.ours)} {self.unit}"
        return self.name, self.what, ours, beside, ratio, target, "yes" if self.within else "**no**"


def table(rows: Iterable[Row]) -> str:
    """In Markdown."""
    lines = [HEADS, tuple("---" for _ in HEADS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _number(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if abs(value) >= 100 or value == 0 else f"{value:.3g}"
