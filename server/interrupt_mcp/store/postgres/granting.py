"""Rights on the server: what another role gets, so that it can use what this one laid out, and lay out nothing."""

import psycopg
from psycopg import sql

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.postgres.connections import SCHEMA, connect, unavailable

_RIGHTS = (
    ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
    ("SEQUENCES", "USAGE, SELECT, UPDATE"),
    ("ROUTINES", "EXECUTE"),
)
_APPENDED_ONLY = "REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.audit FROM {role}"


def grant(address: PostgresServer, role: str) -> None:
    """Let the role use all that is laid out, and what this user lays out there later.

    Raises:
        Unavailable: there is no such role, or this user may not give it any rights.
    """
    names = {"schema": sql.Identifier(SCHEMA), "role": sql.Identifier(role)}
    statements = ["GRANT USAGE ON SCHEMA {schema} TO {role}"]
    for what, rights in _RIGHTS:
        statements.append(f"GRANT {rights} ON ALL {what} IN SCHEMA {{schema}} TO {{role}}")
        statements.append(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {{schema}} GRANT {rights} ON {what} TO {{role}}")
    with connect(address) as connection:
        try:
            with connection.transaction():
                for statement in (*statements, _APPENDED_ONLY):
                    connection.execute(sql.SQL(statement).format(**names))
        except psycopg.errors.UndefinedObject as error:
            raise Unavailable(f"The server has no role {role}; make it first: CREATE ROLE {role} LOGIN") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise Unavailable(
                f"This user may not give {role} rights on the database {address}; call it as the one who laid it out"
            ) from error
        except psycopg.Error as error:
            raise unavailable(address, error) from error
