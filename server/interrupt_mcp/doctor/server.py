"""The database where it is a PostgreSQL server's: whether servers can use it as it is. It changes nothing there."""

from collections.abc import Iterator

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.doctor.case import Case
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.errors import ConfigError, Unavailable
from interrupt_mcp.store.inspection import Server
from interrupt_mcp.store.opening import look_at

_APART = 5.0
"""Seconds between two clocks of which nothing is said."""
_WANTED = 20
"""Connections that a server takes at most, and some more."""
_SEE = "See whether the server runs, and lets this user in: PGUSER, PGPASSWORD or a file that PGPASSFILE names."


def findings(case: Case, address: PostgresServer, why: str) -> Iterator[Finding]:
    """Tell of the server; `why` says where it was named."""
    try:
        found = look_at(address)
    except ConfigError as error:
        told, _, do = str(error.args[0]).partition("; ")
        yield _problem(f"{told}.", f"{do[:1].upper()}{do[1:]}")
        return
    except Unavailable as error:
        told, _, do = str(error.args[0]).rstrip(". ").partition("; ")
        yield _problem(f"{told}.", f"{do[:1].upper()}{do[1:]}." if do else _SEE)
        return
    yield _ok(f"The database is {address}{why}: PostgreSQL {found.version}, as the user {found.user}.")
    yield from _way(case, found)
    yield from _layout(found)
    yield from _use(found)


def _way(case: Case, found: Server) -> Iterator[Finding]:
    if found.local:
        yield _ok("It is on this machine.")
    elif not found.encrypted:
        yield _warning(
            "What is said to it is not encrypted: passwords and all that is kept can be read on the way.",
            "Add ?sslmode=verify-full&sslrootcert=… to the address.",
        )
    elif not found.checked:
        yield _note(
            "What is said to it is encrypted, and nobody checks that it is the server that was meant.",
            "Add ?sslmode=verify-full&sslrootcert=… to the address.",
        )
    else:
        yield _ok("What is said to it is encrypted, and its certificate is checked.")
    direct = bool(case.settings.database_direct)
    if found.pooler and not direct:
        yield _warning(
            "The address leads through a pooler, which keeps no session where it shares connections by transaction.",
            "Name the server itself besides: INTERRUPT_MCP_DATABASE_DIRECT=postgresql://host/database",
        )
    elif direct and not found.pooler:
        yield _note(
            "database_direct is set, and the address leads through no pooler: nothing is prepared, for nothing.",
            "Leave database_direct out, unless there will be one.",
        )


def _layout(found: Server) -> Iterator[Finding]:
    if found.schema == found.newest:
        yield _ok(f"It is laid out as this version has it (schema {found.schema}).")
    elif found.schema or found.lays_out:
        state = f"laid out by an older interrupt-mcp (schema {found.schema})" if found.schema else "not laid out yet"
        yield _note(
            f"It is {state}; the next server that may brings it to schema {found.newest}. What is in it is not looked"
            " at until then.",
            "Nothing, or as a role that may: interrupt-mcp migrate",
        )
    else:
        yield _problem(
            f"It is not laid out, and {found.user} may not do that.",
            f"As a role that may: interrupt-mcp migrate --grant {found.user}",
        )
    if found.lacking:
        more = ", …" if len(found.lacking) > 1 else ""
        yield _problem(
            f"{found.user} may not use the table {found.lacking[0]}{more} as a server does.",
            f"As the role that laid it out: interrupt-mcp migrate --grant {found.user}",
        )


def _use(found: Server) -> Iterator[Finding]:
    if found.living:
        yield _ok(f"{found.living} process{'es' if found.living > 1 else ''} of interrupt-mcp live on it.")
    if found.connections_left < _WANTED:
        yield _warning(
            f"It has {max(found.connections_left, 0)} connections left, and a server takes up to {_WANTED}.",
            "Raise max_connections, or put a pooler in front and name it as the database.",
        )
    if abs(found.ahead) > _APART:
        way = "ahead of" if found.ahead > 0 else "behind"
        yield _note(
            f"Its clock is {abs(found.ahead):.0f} seconds {way} this machine's; who lives goes by its clock, and the"
            " times that are shown by each machine's.",
            "Have both follow a time server.",
        )


def _ok(text: str) -> Finding:
    return Finding(Section.DATABASE, Level.OK, text)


def _note(text: str, do: str) -> Finding:
    return Finding(Section.DATABASE, Level.NOTE, text, do)


def _warning(text: str, do: str) -> Finding:
    return Finding(Section.DATABASE, Level.WARNING, text, do)


def _problem(text: str, do: str) -> Finding:
    return Finding(Section.DATABASE, Level.PROBLEM, text, do)
