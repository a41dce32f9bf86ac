"""A front: its workers, and how agents are offered as they tell."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from anyio.abc import TaskGroup

from interrupt_mcp.agents import Agents
from interrupt_mcp.authority import this_user
from interrupt_mcp.config import Settings
from interrupt_mcp.workers.cards import Cards
from interrupt_mcp.workers.environments import Group
from interrupt_mcp.workers.fleet import Fleet
from interrupt_mcp.workers.starting import start_of


def fleet_of(settings: Settings, groups: Sequence[Group], agents: Agents, tasks: TaskGroup) -> tuple[Fleet, Cards]:
    """Return the workers, none of which is started, and the catalog that they tell; in `tasks` they are asked."""
    fleet = Fleet(groups, partial(start_of, settings), tasks)
    return fleet, Cards(agents, fleet, kept_beside(settings.database.beside), this_user(), tasks)


def kept_beside(database: Path) -> Path:
    """Return the file in which is kept how agents are offered."""
    return database.with_name(f"{database.name}-agents.json")
