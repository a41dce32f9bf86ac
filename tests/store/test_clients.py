"""Which clients called, what they declared, and that no number of them is too many."""

from dataclasses import replace

import pytest

from interrupt_mcp.store.known import Client
from interrupt_mcp.store.port import Store
from tests.patience import PATIENCE
from tests.store.conftest import Open

pytestmark = pytest.mark.anyio
CODE = Client("claude-code", "2.1", "2026-07-28", "stdio", ("elicitation.form", "roots"))
MANY = 1000


async def kept(store: Store) -> list[Client]:
    store.settle(PATIENCE)
    return [each.client for each in await store.clients.listed(MANY)]


async def test_a_client_is_kept_with_what_it_declared_and_when_it_called(store: Store) -> None:
    assert await kept(store) == []
    store.clients.keep(CODE)
    assert await kept(store) == [CODE]
    (first,) = await store.clients.listed(MANY)
    store.clients.keep(CODE)
    assert await kept(store) == [CODE]
    (again,) = await store.clients.listed(MANY)
    assert again.seen_at >= first.seen_at


@pytest.mark.parametrize("field", ["name", "version", "protocol", "over", "declared"])
async def test_a_client_that_says_something_else_of_itself_is_another(store: Store, field: str) -> None:
    other = replace(CODE, **{field: ("roots",) if field == "declared" else "other"})
    for each in (CODE, other):
        store.clients.keep(each)
    assert set(await kept(store)) == {CODE, other}


async def test_clients_are_those_of_the_project(opened: Open) -> None:
    opened(project="theirs").clients.keep(CODE)
    opened(project="theirs").settle(PATIENCE)
    assert await kept(opened(project="ours")) == []
    assert await kept(opened(project="theirs")) == [CODE]


async def test_the_last_fifty_are_kept_and_others_of_other_projects_stay(opened: Open) -> None:
    theirs, ours = opened(project="theirs"), opened(project="ours")
    theirs.clients.keep(CODE)
    for number in range(120):
        ours.clients.keep(replace(CODE, name=f"client {number:03}"))
    assert len(await kept(ours)) == 50
    assert await kept(theirs) == [CODE]


async def test_the_one_that_called_last_is_first(store: Store) -> None:
    first, second, another = (replace(CODE, name=name) for name in ("first", "second", "another"))
    for each in (first, second, first):
        store.clients.keep(each)
        await in_the_next_moment(store, another)
    assert [each for each in await kept(store) if each != another] == [first, second]
    assert len(await store.clients.listed(1)) == 1


async def in_the_next_moment(store: Store, client: Client) -> None:
    """Have this client called when all before it called earlier, as times are kept."""
    store.settle(PATIENCE)
    (last, *_) = await store.clients.listed(1)
    while True:
        store.clients.keep(client)
        store.settle(PATIENCE)
        (now, *_) = await store.clients.listed(1)
        if now.client == client and now.seen_at > last.seen_at:
            return
