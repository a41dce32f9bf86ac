"""The parts of one process that the use cases of all its callers share. It knows no caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interrupt_mcp.access import Access
from interrupt_mcp.authority import groups_of
from interrupt_mcp.config.offers import Offer
from interrupt_mcp.config.policy import Policy, PolicyNow
from interrupt_mcp.store.records import Reach
from interrupt_mcp.words import AuthMode, Scope

if TYPE_CHECKING:
    from interrupt_mcp.driving.wakeups import Signals
    from interrupt_mcp.engine.port import Engine
    from interrupt_mcp.peers.port import Peers
    from interrupt_mcp.runs.clients import Clients
    from interrupt_mcp.runs.inquiries import AgentSide
    from interrupt_mcp.runs.people import People
    from interrupt_mcp.runs.shares import Shares
    from interrupt_mcp.runs.takeover import Takeover
    from interrupt_mcp.store.port import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """What is one in a process."""

    project: str
    auth: AuthMode
    """How whoever calls over HTTP proves who they are."""
    store: "Store"
    """Of the whole project."""
    side_of: "Callable[[Access, Store], AgentSide]"
    """Returns the agents' own code for one who calls, whose store it is."""
    offers: Mapping[str, Offer]
    """What is said of agents besides policy, by name."""
    engine: "Engine"
    signals: "Signals"
    policy: PolicyNow
    peers: "Peers"
    people: "People"
    takeover: "Takeover"
    clients: "Clients"
    shares: "Shares"

    def store_of(self, access: Access) -> "Store":
        """Return the store as this caller sees it, in the groups in which they are now."""
        return store_of(access, self.store, self.project, self.policy())


def store_of(access: Access, store: "Store", project: str, policy: Policy) -> "Store":
    """Return the store of a whole project as one sees it who calls, in the groups in which they are by that policy."""
    groups = groups_of(policy, access)
    return store.within(Reach(project, access.principal, groups, reads_all=access.may(Scope.ADMIN)))
