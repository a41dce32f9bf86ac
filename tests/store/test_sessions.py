"""Who is signed in at the pages: secrets that count once, and sessions that end."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.model import Access, Scope
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Reach
from tests.patience import PATIENCE
from tests.store.conftest import Open

ANN = this_user().principal
ACCESS = Access(ANN, frozenset(Scope), frozenset(("staff",)))
pytestmark = pytest.mark.anyio
OVER = -1.0
"""Seconds to something that is over."""


async def test_a_secret_signs_in_once(store: Store) -> None:
    await store.sessions.offer("secret", ANN, PATIENCE)
    assert await store.sessions.take("another") is None
    assert [await store.sessions.take("secret") for _ in range(2)] == [ANN, None]


async def test_a_secret_signs_in_for_a_while(store: Store) -> None:
    await store.sessions.offer("secret", ANN, OVER)
    assert await store.sessions.take("secret") is None


async def test_a_secret_signs_in_at_its_project_alone(opened: Open) -> None:
    await opened().sessions.offer("secret", ANN, PATIENCE)
    assert await opened(project="theirs").sessions.take("secret") is None
    assert await opened(owner="two").sessions.take("secret") == ANN


async def test_one_browser_is_opened_in_a_while_whoever_opens_it(opened: Open) -> None:
    one, two = opened().sessions, opened(owner="two").sessions
    assert await one.offer_opening("first", ANN, PATIENCE, PATIENCE) == 0
    for sessions, secret in ((one, "second"), (two, "third")):
        assert 0 < await sessions.offer_opening(secret, ANN, PATIENCE, PATIENCE) <= PATIENCE
        assert await sessions.take(secret) is None
    # The pause is between openings, and has nothing to do with whether the secret was used.
    assert await one.take("first") == ANN
    assert await one.offer_opening("fourth", ANN, PATIENCE, PATIENCE) > 0
    assert await one.offer_opening("fifth", ANN, PATIENCE, 0) == 0
    assert await one.take("fifth") == ANN


async def test_a_secret_that_a_person_asked_for_is_no_opening(store: Store) -> None:
    await store.sessions.offer("asked for", ANN, PATIENCE)
    assert await store.sessions.offer_opening("opened", ANN, PATIENCE, PATIENCE) == 0
    await store.sessions.offer("asked for again", ANN, PATIENCE)
    assert await store.sessions.take("asked for again") == ANN


async def test_each_project_opens_browsers_for_itself(opened: Open) -> None:
    for project in ("ours", "theirs"):
        sessions = opened(project=project).sessions
        assert await sessions.offer_opening(f"{project} secret", ANN, PATIENCE, PATIENCE) == 0


async def test_a_session_is_found_by_its_hash_until_it_ends(store: Store) -> None:
    session = await store.sessions.begin("hash", ACCESS, "Firefox", PATIENCE)
    assert (session.access, session.program, session.began_at) == (ACCESS, "Firefox", session.seen_at)
    assert (session.expires_at - session.began_at).total_seconds() == pytest.approx(PATIENCE)
    found = await store.sessions.find("hash")
    assert found is not None
    assert found.session_id == session.session_id
    assert await store.sessions.find(session.session_id) is None
    assert [await store.sessions.end(session.session_id) for _ in range(2)] == [True, False]
    assert await store.sessions.find("hash") is None
    assert await store.sessions.listed() == []


async def test_an_old_session_is_none(store: Store) -> None:
    session = await store.sessions.begin("hash", ACCESS, "Firefox", OVER)
    await store.sessions.seen(session.session_id, PATIENCE)
    assert await store.sessions.find("hash") is None
    assert await store.sessions.listed() == []
    assert not await store.sessions.page_is_open()


async def test_sessions_are_listed_newest_first(store: Store) -> None:
    ids = [(await store.sessions.begin(f"hash {each}", ACCESS, "", PATIENCE)).session_id for each in range(3)]
    listed = await store.sessions.listed()
    assert {each.session_id for each in listed} == set(ids)
    assert [each.began_at for each in listed] == sorted((each.began_at for each in listed), reverse=True)


async def test_a_page_is_open_for_as_long_as_was_said_last(store: Store) -> None:
    first, second = [await store.sessions.begin(f"hash {each}", ACCESS, "", PATIENCE) for each in range(2)]
    assert not await store.sessions.page_is_open()
    await store.sessions.seen(first.session_id, PATIENCE)
    assert await store.sessions.page_is_open()
    await store.sessions.seen(first.session_id, 0)
    assert not await store.sessions.page_is_open()
    await store.sessions.seen(second.session_id, PATIENCE)
    await store.sessions.end(second.session_id)
    assert not await store.sessions.page_is_open()
    await store.sessions.seen("no session", PATIENCE)
    assert not await store.sessions.page_is_open()


async def test_seeing_a_session_makes_it_no_longer(store: Store) -> None:
    session = await store.sessions.begin("hash", ACCESS, "", PATIENCE)
    await store.sessions.seen(session.session_id, PATIENCE)
    (found,) = await store.sessions.listed()
    assert abs(found.expires_at - session.expires_at) <= timedelta(milliseconds=1)
    assert found.seen_at >= found.began_at


async def test_a_client_ended_its_session_for_all_of_its_project(opened: Open) -> None:
    one, two, theirs = opened().sessions, opened(owner="two").sessions, opened(project="theirs").sessions
    for _ in range(2):
        await one.end_of_client("ended", PATIENCE)
    await one.end_of_client("long ago", OVER)
    assert await one.ended_by_client("ended")
    assert await two.ended_by_client("ended")
    assert not await theirs.ended_by_client("ended")
    assert not await one.ended_by_client("long ago")
    assert not await one.ended_by_client("another")


@pytest.mark.sqlite
async def test_what_is_over_is_deleted_when_somebody_signs_in(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(open_database(SqliteFile(path))) as database:
        sessions = database.store(Reach("project"), "one").sessions
        await sessions.offer("old secret", ANN, -2 * 3600.0)
        await sessions.begin("old session", ACCESS, "", OVER)
        await sessions.offer("new secret", ANN, PATIENCE)
        await sessions.begin("new session", ACCESS, "", PATIENCE)
    with closing(sqlite3.connect(path)) as connection:
        kept = [connection.execute(f"SELECT hash FROM {table}").fetchall() for table in ("sign_ins", "sessions")]
    assert kept == [[("new secret",)], [("new session",)]]
