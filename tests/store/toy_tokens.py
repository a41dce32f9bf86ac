"""The operator's tokens, in the toy store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from interrupt_mcp.authority import this_user
from interrupt_mcp.model import Scope
from interrupt_mcp.store.known import Token
from tests.store.toy_dictionaries import Dictionaries, KeptToken, State


class ToyTokens:
    """See `store.port.Tokens`."""

    def __init__(self, database: Dictionaries, project: str) -> None:
        self._database = database
        self._project = project

    async def make(self, hash_: str, name: str, scopes: frozenset[Scope], expires_at: datetime | None) -> Token:
        token = Token(name, scopes, datetime.now(UTC), expires_at, None, None)
        with self._database.transaction() as state:
            state.tokens[hash_] = KeptToken(token, self._project)
            until = None if expires_at is None else expires_at.isoformat(timespec="milliseconds")
            self._record(state, "token_made", token, expires_at=until)
        return token

    async def find(self, hash_: str) -> Token | None:
        return self._database.state.token(self._project, hash_)

    def used(self, hash_: str) -> None:
        at = datetime.now(UTC)
        with self._database.transaction() as state:
            kept = state.tokens.get(hash_)
            if kept is None or kept.project != self._project:
                return
            if kept.token.used_at is None or at - kept.token.used_at > timedelta(minutes=1):
                state.tokens[hash_] = replace(kept, token=replace(kept.token, used_at=at))

    async def listed(self) -> Sequence[Token]:
        ours = [each.token for each in self._database.state.tokens.values() if each.project == self._project]
        return sorted(ours, key=lambda token: (token.name, token.made_at))

    async def revoke(self, name: str) -> int:
        with self._database.transaction() as state:
            named = {
                hash_: kept
                for hash_, kept in state.tokens.items()
                if (kept.project, kept.token.name) == (self._project, name)
            }
            for session_id in [id_ for id_, each in state.sessions.items() if each.token_hash in named]:
                del state.sessions[session_id]
            living = {hash_: kept for hash_, kept in named.items() if kept.token.revoked_at is None}
            for hash_, kept in living.items():
                state.tokens[hash_] = replace(kept, token=replace(kept.token, revoked_at=datetime.now(UTC)))
                self._record(state, "token_revoked", kept.token)
        return len(living)

    def _record(self, state: State, event: str, token: Token, **more: str | None) -> None:
        scopes, who = sorted(token.scopes), str(this_user().principal)
        state.append(self._project, event, None, name=token.name, scopes=scopes, **more, who=who)
