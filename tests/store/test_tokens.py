"""The operator's tokens: which count, as whom, until when, and what ends with them."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.errors import Unauthorized
from interrupt_mcp.model import Access, Principal, Scope
from interrupt_mcp.store.known import Token
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Position, Reach
from tests.patience import PATIENCE
from tests.store.conftest import Open, events

pytestmark = pytest.mark.anyio
CI = frozenset((Scope.RUN, Scope.READ))
DECIDER = frozenset((Scope.READ, Scope.DECIDE))
LATER = datetime(2999, 1, 1, tzinfo=UTC)
SECONDS_OFF = timedelta(seconds=1)
"""To which moments are kept, and more."""


async def begin(store: Store, token_hash: str) -> str:
    """Begin a session with a token; return the session's hash."""
    access = Access(Principal.read("token:ann"), DECIDER)
    await store.sessions.begin(f"session by {token_hash}", access, "Firefox", PATIENCE, token_hash=token_hash)
    return f"session by {token_hash}"


async def test_a_token_is_found_by_its_hash_as_it_was_made(store: Store) -> None:
    made = await store.tokens.make("hash", "ci", CI, LATER)
    assert (made.name, made.scopes, made.expires_at, made.used_at, made.revoked_at) == ("ci", CI, LATER, None, None)
    found = await store.tokens.find("hash")
    assert found is not None
    assert (found.principal, found.scopes, found.expires_at) == (Principal.read("token:ci"), CI, LATER)
    assert abs(found.made_at - made.made_at) < SECONDS_OFF
    for other in ("ci", "HASH", ""):
        assert await store.tokens.find(other) is None


async def test_one_that_never_expires_counts_and_one_that_has_does_not(store: Store) -> None:
    await store.tokens.make("forever", "ci", CI, None)
    await store.tokens.make("over", "ci", CI, datetime.now(UTC) - SECONDS_OFF)
    assert await store.tokens.find("forever") is not None
    assert await store.tokens.find("over") is None
    assert len(await store.tokens.listed()) == 2


async def test_tokens_are_listed_by_name_and_age(store: Store) -> None:
    for hash_, name in (("1", "b"), ("2", "a"), ("3", "b")):
        await store.tokens.make(hash_, name, CI, None)
    listed = await store.tokens.listed()
    assert [each.name for each in listed] == ["a", "b", "b"]
    assert listed == sorted(listed, key=lambda token: (token.name, token.made_at))


async def test_tokens_are_those_of_the_project(opened: Open) -> None:
    theirs, ours = opened(project="theirs"), opened(project="ours")
    await theirs.tokens.make("hash", "ci", CI, None)
    assert await ours.tokens.find("hash") is None
    assert await ours.tokens.listed() == []
    assert await opened("two", "theirs").tokens.find("hash") is not None


async def test_a_use_is_kept_and_the_next_one_soon_after_is_not(store: Store) -> None:
    await store.tokens.make("hash", "ci", CI, None)

    async def used() -> Token:
        store.tokens.used("hash")
        store.settle(PATIENCE)
        (token,) = await store.tokens.listed()
        return token

    first = await used()
    assert first.used_at is not None
    assert first.made_at - SECONDS_OFF <= first.used_at
    assert await used() == first


@pytest.mark.sqlite
async def test_a_use_a_minute_later_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(open_database(SqliteFile(path))) as database:
        store = database.store(Reach("project"), "one")
        await store.tokens.make("hash", "ci", CI, None)
        before = (datetime.now(UTC) - timedelta(seconds=61)).isoformat(timespec="milliseconds")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE tokens SET used_at = ?", [before])
        store.tokens.used("hash")
        store.settle(PATIENCE)
        (token,) = await store.tokens.listed()
    assert token.used_at is not None
    assert token.used_at > datetime.fromisoformat(before)


async def test_all_tokens_of_a_name_are_revoked_with_the_sessions_that_began_with_them(store: Store) -> None:
    for hash_, name in (("1", "ann"), ("2", "ann"), ("3", "bob")):
        await store.tokens.make(hash_, name, DECIDER, None)
    ended, stays = [await begin(store, each) for each in ("1", "2")], await begin(store, "3")
    await store.sessions.begin("by a link", this_user(), "Firefox", PATIENCE)
    assert await store.tokens.revoke("ann") == 2
    assert [await store.tokens.find(each) is None for each in ("1", "2", "3")] == [True, True, False]
    assert [await store.sessions.find(each) for each in ended] == [None, None]
    assert await store.sessions.find(stays) is not None
    assert await store.sessions.find("by a link") is not None
    assert [each.revoked_at is None for each in await store.tokens.listed()] == [False, False, True]


async def test_what_is_revoked_stays_so_and_its_name_can_have_another(store: Store) -> None:
    await store.tokens.make("1", "ann", DECIDER, None)
    await store.tokens.revoke("ann")
    (first,) = await store.tokens.listed()
    assert await store.tokens.revoke("ann") == await store.tokens.revoke("nobody") == 0
    assert await store.tokens.listed() == [first]
    await store.tokens.make("2", "ann", DECIDER, None)
    assert await store.tokens.find("1") is None
    assert await store.tokens.find("2") is not None


async def test_no_session_begins_with_a_token_that_counts_no_more(store: Store) -> None:
    await store.tokens.make("revoked", "ann", DECIDER, None)
    await store.tokens.make("over", "bob", DECIDER, datetime.now(UTC) - SECONDS_OFF)
    await store.tokens.revoke("ann")
    for token in ("revoked", "over", "none"):
        with pytest.raises(Unauthorized, match="token does not count"):
            await begin(store, token)
    assert await store.sessions.listed() == []


async def test_the_record_says_who_made_and_revoked_what_and_no_hash(opened: Open) -> None:
    store = opened(principal=None)
    await store.tokens.make("secret hash", "ann", DECIDER, LATER)
    await store.tokens.revoke("ann")
    await store.tokens.revoke("ann")
    assert await events(store) == ["token_made", "token_revoked"]
    record = await store.audit.listed(Position(0), 9)
    about = {"name": "ann", "scopes": ["decide", "read"], "who": str(this_user().principal)}
    until = {"expires_at": LATER.isoformat(timespec="milliseconds")}
    assert [each["detail"] for each in record] == [about | until, about]
    assert "secret hash" not in str(record)
    assert (await store.audit.verify()).broken_at is None
