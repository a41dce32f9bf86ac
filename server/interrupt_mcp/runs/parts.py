"""The parts of one process that the use cases of all its callers share. It knows no caller."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interrupt_mcp.access import Access
from interrupt_mcp.authority import groups_of
from interrupt_mcp.config.policy import PolicyNow
from interrupt_mcp.store.records import Reach
from interrupt_mcp.words import AuthMode, Scope

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agents
    from interrupt_mcp.driving.previews import Previews
    from interrupt_mcp.driving.wakeups import Signals
    from interrupt_mcp.engine.port import Engine
    from interrupt_mcp.peers.port import Peers
    from interrupt_mcp.runs.clients import Clients
    from interrupt_mcp.runs.inputs import Inputs
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
    agents: "Agents"
    engine: "Engine"
    signals: "Signals"
    policy: PolicyNow
    peers: "Peers"
    people: "People"
    previews: "Previews"
    takeover: "Takeover"
    clients: "Clients"
    inputs: "Inputs"
    shares: "Shares"

    def store_of(self, access: Access) -> "Store":
        """Return the store as this caller sees it, in the groups in which they are now."""
        groups = groups_of(self.policy(), access)
        return self.store.within(Reach(self.project, access.principal, groups, reads_all=access.may(Scope.ADMIN)))
