"""Two plots: latency against concurrency, and cost against size."""

import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import cycle, scale

LEVELS = (1, 2, 5, 10, 20, 50, 100)


def measured() -> dict[str, Any]:
    windows = scale.by_size(scale.SIZES)
    costs = {
        what: [statistics.median(window[number] for window in size) * 1000 for size in windows]
        for number, what in enumerate(scale.WHAT)
    }
    return {
        "concurrency": {"levels": LEVELS, "milliseconds": cycle.by_concurrency(LEVELS)},
        "size": {"waiting": scale.SIZES, "milliseconds": costs},
    }


def draw(plots: Mapping[str, Any], folder: Path) -> None:
    """As SVG, the same for the same figures."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "interrupt-mcp"
    one, other = plots["concurrency"], plots["size"]
    _plot(folder / "concurrency.svg", one["levels"], one["milliseconds"], "cycles at once", "ms a cycle")
    _plot(folder / "size.svg", other["waiting"], other["milliseconds"], "runs that wait, each on a thread", "ms a call")


def _plot(file: Path, along: list[int], lines: Mapping[str, list[float]], x: str, y: str) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.2), layout="constrained")
    for name, heights in lines.items():
        axes.plot(along, heights, marker="o", label=name)
    axes.set(xlabel=x, ylabel=y, xscale="log", ylim=(0, None))
    axes.set_xticks(along, [f"{each:,}" for each in along])
    axes.minorticks_off()
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(file, format="svg", metadata={"Date": None})
    pyplot.close(figure)
