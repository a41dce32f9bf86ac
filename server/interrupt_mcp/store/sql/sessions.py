"""Sessions at the pages, and those that clients ended, on a database that speaks SQL."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from interrupt_mcp.errors import Unauthorized
from interrupt_mcp.model import Access, Principal
from interrupt_mcp.store.known import Session
from interrupt_mcp.store.sql.rows import dump, load, moment_of, principal_of, scopes_of, scopes_text
from interrupt_mcp.store.sql.statements import sessions, tokens
from interrupt_mcp.store.sql.transaction import Database, Row, Transaction

_KEPT_SECONDS = 3600.0
"""How long a secret is remembered after it ended, so that the pause between two openings holds."""


class SqlSessions:
    """See `store.port.Sessions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def offer(self, hash_: str, principal: Principal, seconds: float) -> None:
        await self._database.write(lambda tx: _offer(tx, hash_, principal, seconds, opens=False))

    async def offer_opening(self, hash_: str, principal: Principal, seconds: float, pause: float) -> float:
        def unit(tx: Transaction) -> float:
            tx.take_turn("openings")
            last = tx.one(sessions.LAST_OPENING)
            if last is not None:
                left = pause - (datetime.now(UTC) - datetime.fromisoformat(last["made_at"])).total_seconds()
                # A clock that was set back must not keep it closed for longer than that.
                if 0 < left <= pause:
                    return left
            _offer(tx, hash_, principal, seconds, opens=True)
            return 0

        return await self._database.write(unit)

    async def take(self, hash_: str) -> Principal | None:
        def unit(tx: Transaction) -> Principal | None:
            row = tx.one(sessions.TAKE, hash=hash_, at=_in(0))
            return None if row is None else principal_of(row["principal"])

        return await self._database.write(unit)

    async def begin(self, hash_: str, access: Access, program: str, seconds: float, *, token_hash: str = "") -> Session:
        began, session_id = datetime.now(UTC), uuid.uuid4().hex
        expires = began + timedelta(seconds=seconds)

        def unit(tx: Transaction) -> None:
            if token_hash and tx.one(tokens.FIND, hash=token_hash, at=_in(0)) is None:
                raise Unauthorized("The token does not count any more")
            tx.do(sessions.DELETE_ENDED, at=moment_of(began))
            tx.do(
                sessions.BEGIN,
                session_id=session_id,
                hash=hash_,
                whose=str(access.principal),
                scopes=scopes_text(access.scopes),
                groups=dump(sorted(access.groups)),
                token_hash=token_hash,
                program=program,
                at=moment_of(began),
                expires_at=moment_of(expires),
            )

        await self._database.write(unit)
        return Session(session_id, access, program, began, began, expires)

    async def find(self, hash_: str) -> Session | None:
        row = await self._database.one(sessions.FIND, hash=hash_, at=_in(0))
        return None if row is None else _session_of(row)

    async def seen(self, session_id: str, open_seconds: float) -> None:
        at, until = _in(0), _in(open_seconds)
        await self._database.write(
            lambda tx: tx.run(sessions.SEEN, session_id=session_id, at=at, open_until=until if open_seconds else "")
        )

    async def listed(self) -> Sequence[Session]:
        return [_session_of(row) for row in await self._database.all(sessions.LISTED, at=_in(0))]

    async def page_is_open(self) -> bool:
        return await self._database.one(sessions.WITH_PAGE, at=_in(0)) is not None

    async def end(self, session_id: str) -> bool:
        return await self._database.write(lambda tx: tx.run(sessions.END, session_id=session_id)) > 0

    async def end_of_client(self, hash_: str, seconds: float) -> None:
        def unit(tx: Transaction) -> None:
            tx.do(sessions.FORGET_OF_CLIENTS, at=_in(0))
            tx.do(sessions.END_OF_CLIENT, hash=hash_, until=_in(seconds))

        await self._database.write(unit)

    async def ended_by_client(self, hash_: str) -> bool:
        return await self._database.one(sessions.ENDED_BY_CLIENT, hash=hash_, at=_in(0)) is not None


def _offer(tx: Transaction, hash_: str, principal: Principal, seconds: float, *, opens: bool) -> None:
    tx.do(sessions.FORGET, before=_in(-_KEPT_SECONDS))
    tx.do(sessions.OFFER, hash=hash_, whose=str(principal), opens=int(opens), at=_in(0), expires_at=_in(seconds))


def _in(seconds: float) -> str:
    """Return the moment in so many seconds."""
    return moment_of(datetime.now(UTC) + timedelta(seconds=seconds))


def _session_of(row: Row) -> Session:
    return Session(
        session_id=row["session_id"],
        access=Access(principal_of(row["principal"]), scopes_of(row["scopes"]), frozenset(load(row["groups"]))),
        program=row["program"],
        began_at=datetime.fromisoformat(row["began_at"]),
        seen_at=datetime.fromisoformat(row["seen_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
    )
