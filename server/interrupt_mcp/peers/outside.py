"""Which processes serve a project, to one that has not joined them."""

from collections.abc import Mapping

from interrupt_mcp.database import DatabaseAddress, PostgresServer
from interrupt_mcp.peers import local
from interrupt_mcp.store.opening import leases_at
from interrupt_mcp.store.port.leases import Lease


def living(address: DatabaseAddress, project: str) -> list[str]:
    """Return the owners that live and serve the project.

    Raises:
        Unavailable: the database cannot be asked.
    """
    if isinstance(address, PostgresServer):
        return _serving(leases_at(address), project)
    return local.living(address.beside, project)


def goes_on(address: DatabaseAddress, project: str, owner: str) -> bool:
    """Whether a process that lives goes on with the owner's runs: it is that owner, or it serves the project.

    Raises:
        Unavailable: the database cannot be asked.
    """
    if not isinstance(address, PostgresServer):
        return local.goes_on(address.beside, project, owner)
    leases = leases_at(address)
    return (owner in leases and leases[owner].lives) or bool(_serving(leases, project))


def _serving(leases: Mapping[str, Lease], project: str) -> list[str]:
    return [name for name, lease in leases.items() if lease.lives and lease.serves == project]
