"""Sessions at the pages, the secrets that begin one, and sessions that clients ended, in the toy store."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from interrupt_mcp.errors import Unauthorized
from interrupt_mcp.model import Access, Principal
from interrupt_mcp.store.known import Session
from interrupt_mcp.store.records import Reach
from tests.store.toy_dictionaries import Dictionaries, KeptSession, SignIn


class ToySessions:
    """See `store.port.Sessions`."""

    def __init__(self, database: Dictionaries, reach: Reach) -> None:
        self._database = database
        self._reach = reach
        self._project = reach.project

    async def offer(self, hash_: str, principal: Principal, seconds: float) -> None:
        self._offer(hash_, principal, seconds, opens=False)

    async def offer_opening(self, hash_: str, principal: Principal, seconds: float, pause: float) -> float:
        opened = [
            each.made_at
            for each in self._database.state.sign_ins.values()
            if each.opens and each.project == self._project
        ]
        left = pause - (_now() - max(opened)).total_seconds() if opened else 0.0
        if 0 < left <= pause:
            return left
        self._offer(hash_, principal, seconds, opens=True)
        return 0

    async def take(self, hash_: str) -> Principal | None:
        with self._database.transaction() as state:
            kept = state.sign_ins.get(hash_)
            if kept is None or kept.project != self._project or kept.used or kept.expires_at <= _now():
                return None
            state.sign_ins[hash_] = replace(kept, used=True)
            return kept.principal

    async def begin(self, hash_: str, access: Access, program: str, seconds: float, *, token_hash: str = "") -> Session:
        at = _now()
        session = Session(uuid.uuid4().hex, access, program, at, at, at + timedelta(seconds=seconds))
        with self._database.transaction() as state:
            if token_hash and state.token(self._project, token_hash) is None:
                raise Unauthorized("The token does not count any more")
            state.sessions[session.session_id] = KeptSession(session, self._project, hash_, at, token_hash)
        return session

    async def find(self, hash_: str) -> Session | None:
        return next((each.session for each in self._living() if each.hash == hash_), None)

    async def seen(self, session_id: str, open_seconds: float) -> None:
        with self._database.transaction() as state:
            kept = state.sessions.get(session_id)
            if kept is not None and kept.project == self._project:
                session, until = replace(kept.session, seen_at=_now()), _now() + timedelta(seconds=open_seconds)
                state.sessions[session_id] = replace(kept, session=session, open_until=until)

    async def listed(self) -> Sequence[Session]:
        return [each.session for each in reversed(self._living()) if self._is_seen(each)]

    async def page_is_open(self) -> bool:
        return any(each.open_until > _now() for each in self._living() if self._is_seen(each))

    async def end(self, session_id: str) -> bool:
        with self._database.transaction() as state:
            kept = state.sessions.get(session_id)
            ours = kept is not None and kept.project == self._project
            ours = ours and self._reach.principal in (None, kept.session.access.principal)
            if ours:
                del state.sessions[session_id]
            return ours

    async def end_of_client(self, hash_: str, seconds: float) -> None:
        with self._database.transaction() as state:
            state.ended_sessions[self._project, hash_] = _now() + timedelta(seconds=seconds)

    async def ended_by_client(self, hash_: str) -> bool:
        until = self._database.state.ended_sessions.get((self._project, hash_))
        return until is not None and until > _now()

    def _is_seen(self, kept: KeptSession) -> bool:
        return self._reach.reads_all or self._reach.principal in (None, kept.session.access.principal)

    def _living(self) -> list[KeptSession]:
        kept = self._database.state.sessions.values()
        return [each for each in kept if each.project == self._project and each.session.expires_at > _now()]

    def _offer(self, hash_: str, principal: Principal, seconds: float, *, opens: bool) -> None:
        at = _now()
        with self._database.transaction() as state:
            state.sign_ins[hash_] = SignIn(self._project, principal, at, at + timedelta(seconds=seconds), opens)


def _now() -> datetime:
    return datetime.now(UTC)
