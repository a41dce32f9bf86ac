"""Runs in flight in the toy store: whose they are, and how many owners died with them."""

from dataclasses import replace

from langgraph.checkpoint.memory import InMemorySaver

from interrupt_mcp.model import RunStatus
from interrupt_mcp.store.flight import InFlight
from interrupt_mcp.store.records import NOBODY, Reach
from tests.store.toy_dictionaries import KeptRun, State


def goes_on(kept: KeptRun) -> bool:
    """Whether it is in flight."""
    return kept.run.status in (RunStatus.PENDING, RunStatus.RUNNING)


def standing(kept: KeptRun, owner: str) -> InFlight:
    """Return the run as this owner sees it."""
    deaths = kept.deaths + _died_with(kept, owner)
    return InFlight(kept.run.run_id, kept.owner, kept.run.agent, deaths)


def release(state: State, reach: Reach, owner: str) -> None:
    """Let go all runs of this owner."""
    for kept in list(state.runs.values()):
        if (kept.project, kept.owner) == (reach.project, owner) and goes_on(kept):
            state.runs[kept.run.run_id] = replace(kept, owner=NOBODY)


def counted(kept: KeptRun, owner: str, saver: InMemorySaver) -> KeptRun:
    """Count the run's last owner among those that died with it where it stands, if this other one claims it now."""
    died = _died_with(kept, owner)
    if not died and not kept.deaths:
        return kept
    stood_at = place_of(kept, saver)
    return replace(kept, deaths=(kept.deaths if stood_at == kept.stood_at else 0) + died, stood_at=stood_at)


def place_of(kept: KeptRun, saver: InMemorySaver) -> tuple[str, int]:
    """Return where the run's thread stands."""
    thread_id = kept.run.thread_id
    newest = max((id_ for found in saver.storage.get(thread_id, {}).values() for id_ in found), default="")
    return newest, sum(len(found) for place, found in saver.writes.items() if place[0] == thread_id)


def _died_with(kept: KeptRun, owner: str) -> bool:
    begun = not kept.deaths or kept.begun_epoch == kept.epoch
    return begun and kept.run.status is RunStatus.RUNNING and kept.owner not in (NOBODY, owner)
