"""Cards: how agents are offered, as workers tell, kept in a file so that a start need not wait for one.

A kept card is shown until a worker is there that has loaded the agent as it is now.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp import private
from interrupt_mcp.access import Access
from interrupt_mcp.agents import AgentCard, Agents
from interrupt_mcp.agents.agent import example_of
from interrupt_mcp.agents.manifest import Entry
from interrupt_mcp.errors import Error
from interrupt_mcp.peers import telling
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.runs.inquiries import Describe
from interrupt_mcp.workers.codec import made, plain
from interrupt_mcp.workers.fleet import Fleet
from interrupt_mcp.workers.worker import Worker

log = logging.getLogger(__name__)
_LARGEST = 16 * 1024 * 1024
"""Bytes of the file that are read."""


class Cards:
    """The agents of a project, as workers describe them. See `agents.catalog.Catalog`."""

    def __init__(self, agents: Agents, fleet: Fleet, file: Path, access: Access, tasks: TaskGroup) -> None:
        """The file is this user's. Workers are asked for `access`, in one of `tasks`, as each becomes ready."""
        self._agents = agents
        self._fleet = fleet
        self._file = file
        self._access = access
        self._tasks = tasks
        self._told: dict[str, AgentCard] = {}
        """As workers that live told them."""
        self._kept: dict[str, AgentCard] | None = None
        self._writing = anyio.Lock()
        fleet.became_ready = self._ask_again

    def entries(self) -> Mapping[str, Entry]:
        """See the catalog."""
        return self._agents.entries()

    def names(self) -> tuple[str, ...]:
        """See the catalog."""
        return self._agents.names()

    def note(self, name: str) -> str:
        """See the catalog."""
        return self._agents.note(name)

    async def describe(self, name: str) -> AgentCard:
        """Return the agent as it is offered; one that cannot be loaded says why."""
        if self._agents.note(name):
            # No worker need be asked about what runs elsewhere.
            return await self._agents.describe(name)
        if name in self._told:
            return self._told[name]
        if not self._fleet.is_ready_for(name) and (kept := (await self._all_kept()).get(name)) is not None:
            return kept
        return await self._ask(name)

    def _ask_again(self, worker: Worker) -> None:
        """Have a worker that just came up describe its agents: their files may have changed."""
        for name in worker.group.agents:
            self._told.pop(name, None)
        self._tasks.start_soon(self._ask_all, worker.group.agents)

    async def _ask_all(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self._told and self._fleet.is_ready_for(name):
                await self._ask(name)

    async def _ask(self, name: str) -> AgentCard:
        try:
            card: AgentCard = await self._fleet.ask(name, Describe(name), self._access, silently)
        except Error as error:
            entry = self.entries()[name]
            return AgentCard(name, entry.description, {}, example_of(entry), str(error))
        # The name is the file's, and the rest whatever the agent's code says.
        if card.error is None and card.name == name:
            self._told[name] = card
            await self._keep(card)
        return card

    async def _all_kept(self) -> dict[str, AgentCard]:
        if self._kept is None:
            self._kept = await anyio.to_thread.run_sync(_read, self._file)
        return self._kept

    async def _keep(self, card: AgentCard) -> None:
        kept = await self._all_kept()
        if kept.get(card.name) == card:
            return
        kept[card.name] = card
        text = json.dumps([plain(each) for each in kept.values()])
        async with self._writing:
            try:
                await anyio.to_thread.run_sync(_write, self._file, text)
            except (OSError, Error) as error:
                log.warning("How agents are offered cannot be kept in %s: %s", self._file, error)


def _read(file: Path) -> dict[str, AgentCard]:
    """Return the cards in the file; none where it cannot be read, or is not this user's."""
    try:
        if not private.belongs(file) or file.stat().st_size > _LARGEST:
            return {}
        cards: list[AgentCard] = [made(AgentCard, each) for each in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
    return {card.name: card for card in cards}


def _write(file: Path, text: str) -> None:
    private.make_folder(file.parent)
    telling.tell(file, text)
