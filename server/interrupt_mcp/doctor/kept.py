"""What is kept: the database, read once for all sections that tell of it, without changing it."""

from collections.abc import Mapping, Sequence

import anyio

from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.loaded import LoadedAgent
from interrupt_mcp.store.inspection import Inspected
from interrupt_mcp.store.opening import inspecting
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Origin, Reach

_MOST = 1000
"""What waits is not counted further."""
_QUICKLY = 20_000
"""Entries of a record that is followed from its first to its last."""
_CLIENTS = 5
_BY_AGENTS = (Origin.TOOL, Origin.OUTSIDE)
"""Who asked, where it was not policy that had it asked."""


def read(case: Case, loaded: Sequence[LoadedAgent]) -> Kept:
    """Return what is in the database.

    Raises:
        Unavailable: it is not there, or cannot be read.
    """
    with inspecting(case.settings.database) as inspected:
        if inspected.condition.damage or not inspected.condition.current:
            return Kept(inspected.condition)
        return anyio.run(_read, case, loaded, inspected)


async def _read(case: Case, loaded: Sequence[LoadedAgent], inspected: Inspected) -> Kept:
    reach = Reach(case.settings.project)
    store, counts = inspected.store(reach), inspected.counts(reach)
    return Kept(
        condition=inspected.condition,
        counts=counts,
        waiting=await store.interrupts.count_open(_MOST),
        chain=await store.audit.verify() if counts.entries <= _QUICKLY else None,
        signed_in=len(await store.sessions.listed()),
        clients=await store.clients.listed(_CLIENTS),
        tokens=await store.tokens.listed(),
        seen_tools={each.name: await store.runs.seen_tools(each.name) for each in loaded},
        asked=await _asked(store, loaded),
        secret=inspected.secret(),
    )


async def _asked(store: Store, loaded: Sequence[LoadedAgent]) -> Mapping[str, frozenset[str]]:
    found = {}
    for agent in loaded:
        asked = await store.threads.asked_names(agent.name, [each.name for each in agent.tools])
        found[agent.name] = frozenset(name for name, origin in asked if origin in _BY_AGENTS)
    return found
