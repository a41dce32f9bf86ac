"""What a package is to `make agents`: how it is installed, which agents of ours use it, and what is tried with them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from tests.conftest import Door
from tests.effects import Effects
from tests.models.provider import Provider


@dataclass(frozen=True)
class Scene:
    """Where something is tried: a client of a server with the package's agents, their model, and what they did."""

    door: Door
    model: Provider
    """Asked nothing yet."""
    effects: Effects
    """Nothing was done yet."""


Trial: TypeAlias = Callable[[Scene], Awaitable[None]]
"""Raises an AssertionError where something else came of it. Its docstring says in a line what is tried."""


@dataclass(frozen=True)
class Package:
    """A package that people build agents with."""

    name: str
    """The distribution whose version the table shows."""
    graphs: tuple[str, ...]
    """`module:graph`, of modules in the folder `agents`."""
    trials: tuple[Trial, ...]
    besides: tuple[str, ...] = ()
    """Requirements besides the package itself."""
    needs: str = "nothing"
    """What the server or the agent must be given for it, besides `langgraph.json`."""
    policy: str = ""
    """The text of `interrupt-mcp.toml`."""
    guide: str = ""
    """The guide in docs/guides whose agents are offered as well, by the names that they have there."""
