"""Agents whose tools have previews by policy, and what a run of theirs asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door, Offer
from tests.effects import Effects

TELLING = Path(__file__).with_name("agents") / "telling.py"
Telling = Callable[..., Path]


@pytest.fixture
def telling(offer: Offer, effects: Effects) -> Telling:
    """`telling(graph, preview)`: a project whose agent `desk` is that graph, with the preview for its tool `pay`."""

    def make(graph: str, preview: str, more: str = "") -> Path:
        return offer(
            desk=f"paying:{graph}",
            policy=f'[agents.desk.tools.pay]\nsensitive = true\npreview = "{TELLING}:{preview}"\n{more}',
        )

    return make


async def asked(door: Door, **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A run of `desk` that waits, and its requests."""
    run = await door.call("start_run", agent="desk", message="go", **more)
    return run, [request for interrupt in run["interrupts"] for request in interrupt["requests"]]
