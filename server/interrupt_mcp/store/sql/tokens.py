"""The operator's tokens on a database that speaks SQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from interrupt_mcp.authority import this_user
from interrupt_mcp.model import Scope
from interrupt_mcp.store.known import Token
from interrupt_mcp.store.sql.rows import moment_of, now, scopes_of, scopes_text
from interrupt_mcp.store.sql.statements import tokens
from interrupt_mcp.store.sql.transaction import Database, Row, Transaction
from interrupt_mcp.store.sql.transactions.audit import append

_PAUSE = timedelta(minutes=1)
"""How long a use is not kept after one that was."""


class SqlTokens:
    """See `store.port.Tokens`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, hash_: str, name: str, scopes: frozenset[Scope], expires_at: datetime | None) -> Token:
        made, until = datetime.now(UTC), None if expires_at is None else moment_of(expires_at)

        def unit(tx: Transaction) -> None:
            text = scopes_text(scopes)
            tx.do(tokens.KEEP, hash=hash_, name=name, scopes=text, at=moment_of(made), expires_at=until)
            _record(tx, self._database.reach.project, "token_made", name, text, expires_at=until)

        await self._database.write(unit)
        return Token(name, scopes, made, expires_at, used_at=None, revoked_at=None)

    async def find(self, hash_: str) -> Token | None:
        row = await self._database.one(tokens.FIND, hash=hash_, at=now())
        return None if row is None else _token_of(row)

    def used(self, hash_: str) -> None:
        at = datetime.now(UTC)
        kept = {"at": moment_of(at), "before": moment_of(at - _PAUSE)}

        def unit(tx: Transaction) -> None:
            tx.do(tokens.USED, hash=hash_, **kept)

        self._database.submit(unit, soon=False)

    async def listed(self) -> Sequence[Token]:
        return [_token_of(row) for row in await self._database.all(tokens.LISTED)]

    async def revoke(self, name: str) -> int:
        def unit(tx: Transaction) -> int:
            revoked = tx.all(tokens.REVOKE, name=name, at=now())
            tx.do(tokens.END_SESSIONS, name=name)
            for each in revoked:
                _record(tx, self._database.reach.project, "token_revoked", name, each["scopes"])
            return len(revoked)

        return await self._database.write(unit)


def _record(tx: Transaction, project: str, event: str, name: str, scopes: str, **more: str | None) -> None:
    append(tx, project, event, name=name, scopes=scopes.split(","), **more, who=str(this_user().principal))


def _token_of(row: Row) -> Token:
    return Token(
        name=row["name"],
        scopes=scopes_of(row["scopes"]),
        made_at=datetime.fromisoformat(row["made_at"]),
        expires_at=_moment(row["expires_at"]),
        used_at=_moment(row["used_at"]),
        revoked_at=_moment(row["revoked_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
