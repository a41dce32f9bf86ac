"""What becomes of a run with which one process after another dies where it stands.

It goes by what is on record alone: nothing of the agent is run or loaded, since either may be what they die of.
"""

import logging

from interrupt_mcp.driving import rulings
from interrupt_mcp.model import EffectStatus
from interrupt_mcp.store.port import Journal
from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)
_CODE = "process_died"
_MOST_DEATHS = 3
"""A process may die of something else, even several times, while a run does one step."""


async def may_begin(journal: Journal, claimed: ClaimedRun) -> bool:
    """Return whether the agent may be loaded and run, and keep, after a death, that it is about to be.

    Otherwise what became of the actions that began is asked about, or the run ends in an error that says how to try it
    again.
    """
    if claimed.deaths > _MOST_DEATHS:
        await _give_up(journal, claimed)
        return False
    if claimed.deaths:
        await journal.begin()
    return True


async def _give_up(journal: Journal, claimed: ClaimedRun) -> None:
    log.warning("run %s is not driven on: %d processes died with it", claimed.run.run_id, claimed.deaths)
    if doubts := _in_doubt(claimed):
        await journal.pause({}, doubts, error=(_CODE, _why(claimed)))
    else:
        await journal.fail(_CODE, _why(claimed), 0)


def _in_doubt(claimed: ClaimedRun) -> dict[str, set[int]]:
    """Return the requests whose action began, and of which nobody knows or was asked yet how it ended."""
    settled, found = rulings.rounds_settled(claimed.interrupts), dict[str, set[int]]()
    for effect in claimed.effects:
        unsettled = settled.get((effect.interrupt_id, effect.index), 0) <= effect.round
        if effect.status is EffectStatus.UNKNOWN and effect.interrupt_id and unsettled:
            found.setdefault(effect.interrupt_id, set()).add(effect.index)
    return found


def _why(claimed: ClaimedRun) -> str:
    """Return what is said of such a run, to whoever may try it again."""
    return (
        f"The process that drove this run died {claimed.deaths} times in a row at the same place, and nothing is known"
        " of why; resume_run without decisions tries it again from there"
    )
