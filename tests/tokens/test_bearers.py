"""Whose a token of the operator's is, and which texts are none."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interrupt_mcp.identity import Bearers
from interrupt_mcp.identity.tokens import TokenBearers, new_token
from interrupt_mcp.model import Principal, Scope
from interrupt_mcp.secret import hash_of
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Reach
from tests.database import address_of
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio
SCOPES = frozenset((Scope.RUN, Scope.READ))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_database(address_of(tmp_path))) as database:
        yield database.store(Reach("project"), "one")


async def made(store: Store, name: str = "ci", expires_at: datetime | None = None) -> str:
    token = new_token()
    await store.tokens.make(hash_of(token), name, SCOPES, expires_at)
    return token


async def test_a_token_is_its_principals_until_it_is_revoked(store: Store) -> None:
    bearers: Bearers = TokenBearers(store.tokens)
    until = datetime.now(UTC) + timedelta(days=1)
    token, other = await made(store, expires_at=until), await made(store, "other")
    bearer = await bearers.known(token)
    assert bearer is not None
    assert (bearer.access.principal, bearer.access.scopes) == (Principal.read("token:ci"), SCOPES)
    assert bearer.key == hash_of(token)
    assert bearer.expires_at is not None
    assert abs(bearer.expires_at - until) < timedelta(seconds=1)
    await store.tokens.revoke("ci")
    assert await bearers.known(token) is None
    assert await bearers.known(other) is not None


async def test_one_that_has_expired_is_nobodys(store: Store) -> None:
    token = await made(store, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert await TokenBearers(store.tokens).known(token) is None


async def test_that_a_token_was_used_is_kept(store: Store) -> None:
    bearers, token = TokenBearers(store.tokens), await made(store)
    await made(store, "other")
    used = []
    for _ in range(2):
        assert await bearers.known(token) is not None
        store.settle(PATIENCE)
        used.append([each.used_at for each in await store.tokens.listed()])
    assert used[0] == used[1]
    assert [each is None for each in used[0]] == [False, True]


@pytest.mark.parametrize(
    "spoiled",
    ["{}x", "x{}", " {}", "{}\n", "{}\x00", "{}é", "Bearer {}", "imcp_{}", "{0}{0}{0}{0}{0}"],
)
async def test_a_token_with_anything_beside_it_is_none(store: Store, spoiled: str) -> None:
    bearers, token = TokenBearers(store.tokens), await made(store)
    # Whatever it is, it is kept as if it were one: by its looks it is none.
    await store.tokens.make(hash_of(spoiled.format(token)), "spoiled", SCOPES, None)
    assert await bearers.known(spoiled.format(token)) is None
    assert await bearers.known(token.removeprefix("imcp_")) is None
    assert await bearers.known(hash_of(token)) is None
    assert await bearers.known("") is None
