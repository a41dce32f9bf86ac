"""Loading: what became of one agent of a registry so far, and how it is made once more. It loads nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import anyio

from interrupt_mcp.agents.agent import Agent
from interrupt_mcp.agents.failure import Failure


@dataclass(frozen=True, slots=True)
class Remake:
    """How an agent is made once more, for one run."""

    make: Callable[[Mapping[str, Any]], object]
    finish: Callable[[object], Agent]


class Loading:
    """What became of one name so far: nothing, an agent, or a failure."""

    def __init__(self) -> None:
        self.lock = anyio.Lock()
        self.agent: Agent | None = None
        self.failure: Failure | None = None
        self.remake: Remake | None = None
        """Where each run has an agent made for it."""
