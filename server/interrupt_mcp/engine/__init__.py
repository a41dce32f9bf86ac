"""What carries runs. It knows run ids and one coroutine that drives; not what driving is."""

from interrupt_mcp.engine.doorbell import Doorbell
from interrupt_mcp.engine.local import LocalEngine
from interrupt_mcp.engine.neighbours import Looker, Neighbours
from interrupt_mcp.engine.owner import Owner, beside

__all__ = ["Doorbell", "LocalEngine", "Looker", "Neighbours", "Owner", "beside"]
