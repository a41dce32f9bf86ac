"""Runs in flight, as one sees them who may go on with them. It does not know what there is to go on with."""

from dataclasses import dataclass

from interrupt_mcp.model import RunId

_DEATHS_OF_A_SUSPECT = 2
"""With one death nothing is said: of the runs that a process drives it died of one at most, if of any."""


def suspected(deaths: int) -> bool:
    """Whether a run with which so many processes died, where it stands, may be what they died of."""
    return deaths >= _DEATHS_OF_A_SUSPECT


@dataclass(frozen=True, slots=True)
class InFlight:
    """A run that is pending or running."""

    run_id: RunId
    owner: str
    """Who drives it, or did before it died."""
    agent: str
    deaths: int = 0
    """How many processes died with it where it stands, its owner among them if that is dead.

    Whether it got on since the one before died is found out with its claim."""

    @property
    def is_suspect(self) -> bool:
        """Whether it may be what they died of."""
        return suspected(self.deaths)
