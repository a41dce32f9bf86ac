"""Principals who share a project: each has names, keys and sessions of their own, and pages of what they see."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interrupt_mcp.authority import this_user
from interrupt_mcp.errors import InvalidInput, UnknownThread
from interrupt_mcp.model import Access, Filters, Principal, PrincipalKind, Scope
from interrupt_mcp.model.thread_ids import qualified
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Reach, Usage
from tests.pages.safety.visitors import aside
from tests.patience import PATIENCE
from tests.store.conftest import ANN, PERSON, Implementation, Open, accept, new_run, question, started, written
from tests.store.test_lending import asked_of

anyio_test = pytest.mark.anyio
BEN = Principal(PrincipalKind.TOKEN, "ben")
CAT = Principal(PrincipalKind.OIDC, "https://id.example#cat")
T = TypeVar("T")
At = TypeVar("At")


def kept(principal: Principal, name: str) -> str:
    """The id under which a thread of that name is kept."""
    return qualified("project", principal, name)


async def begun(store: Store, run_id: str, name: str) -> str:
    """The id of the thread on which the run begins, which is called so."""
    thread_id = await store.threads.id_for_start(name)
    claimed = (await store.runs.start(new_run(run_id, thread_id, idempotency_key="key"), "somebody")).claimed
    assert claimed is not None
    await store.journal(claimed).finish(None, None, 0)
    return thread_id


@anyio_test
async def test_a_name_stands_for_a_thread_of_each_who_uses_it(opened: Open) -> None:
    stores = {"ann": opened(), "ben": opened(principal=BEN), "cat": opened(principal=CAT)}
    ids = {run_id: await begun(store, run_id, "trip") for run_id, store in stores.items()}
    assert ids == {"ann": "trip", "ben": kept(BEN, "trip"), "cat": kept(CAT, "trip")}
    for run_id, store in stores.items():
        assert await store.threads.id_of("trip") == await store.threads.id_for_start("trip") == ids[run_id]
        assert (await store.threads.own(ids[run_id])).agent == "desk"
        assert [each.run_id for each in (await store.runs.listed(Filters(), None, 9))[0]] == [run_id]
        assert await store.runs.same_request(new_run("new", "new", idempotency_key="key")) == run_id
        for other in set(ids.values()) - {ids[run_id]}:
            assert not await store.threads.may_start(other, "desk")


@anyio_test
async def test_a_name_that_nobody_used_becomes_a_thread_of_ones_own(opened: Open) -> None:
    for principal in (BEN, CAT):
        store = opened(principal=principal)
        assert await store.threads.id_of("trip") == "trip"
        assert await store.threads.id_for_start("trip") == kept(principal, "trip")
    # Who is not of the system takes no plain name, so that it is left to the system's user.
    assert await opened().threads.id_for_start("trip") == "trip"


@anyio_test
async def test_an_id_that_looks_like_anothers_leads_to_nothing_of_theirs(opened: Open) -> None:
    ann, ben, cat = opened(), opened(principal=BEN), opened(principal=CAT)
    theirs = await begun(ben, "ben", "trip")
    for store, principal in ((ann, ANN), (cat, CAT)):
        assert await store.threads.id_of(theirs) == theirs
        with pytest.raises(UnknownThread, match="'trip'"):
            await store.threads.get(theirs)
        assert await store.threads.id_for_start(theirs) == kept(principal, theirs)
        with pytest.raises(InvalidInput, match="taken"):
            await store.runs.start(new_run("new", theirs), "somebody")
        with pytest.raises(UnknownThread):
            await store.threads.get(await store.threads.id_of("trip"))
    # Nor can it be taken in advance.
    assert await ann.threads.id_for_start(kept(CAT, "later")) == kept(ANN, kept(CAT, "later"))


@anyio_test
async def test_a_lent_thread_is_called_as_its_owner_calls_it(opened: Open) -> None:
    ben, cat, process = opened(principal=BEN), opened(principal=CAT), opened(principal=None)
    thread_id = await ben.threads.id_for_start("trip")
    await ben.journal(await started(ben, "ben", thread_id)).pause({"asked": asked_of(str(CAT))}, {})
    assert await cat.threads.id_of("trip") == await process.threads.id_of("trip") == thread_id
    assert await cat.threads.id_for_start("trip") == kept(CAT, "trip")
    mine = await begun(cat, "cat", "trip")
    assert await cat.threads.id_of("trip") == mine
    assert await process.threads.id_of("trip") == "trip"


@anyio_test
async def test_sessions_are_shown_to_whom_they_are(opened: Open) -> None:
    ann, ben = opened(), opened(principal=BEN)
    admin = opened().within(Reach("project", CAT, reads_all=True))
    mine = await ann.sessions.begin("ann", this_user(), "browser", PATIENCE)
    theirs = await ben.sessions.begin("ben", Access(BEN, frozenset((Scope.DECIDE,))), "browser", PATIENCE)
    await ben.sessions.seen(theirs.session_id, PATIENCE)
    assert [[each.session_id for each in await store.sessions.listed()] for store in (ann, ben)] == [
        [mine.session_id],
        [theirs.session_id],
    ]
    assert {each.session_id for each in await admin.sessions.listed()} == {mine.session_id, theirs.session_id}
    assert [await store.sessions.page_is_open() for store in (ann, ben)] == [False, True]
    for store, session in ((ann, theirs), (ben, mine), (admin, mine), (admin, theirs)):
        assert not await store.sessions.end(session.session_id)
    assert await ben.sessions.end(theirs.session_id)


@anyio_test
async def test_what_somebody_uses_is_what_is_their_own(opened: Open) -> None:
    ann, ben, cat = opened(), opened(principal=BEN), opened(principal=CAT)
    nothing = await ben.threads.size(), await ben.runs.usage()
    assert nothing[1] == Usage(0, 0)
    await written(ann, ann.journal(await started(ann, "going", "going")), "going", thread="going")
    await ann.journal(await started(ann)).pause({"asked": asked_of(str(BEN))}, {})
    assert await ann.runs.usage() == Usage(1, 1)
    assert await ann.threads.size() > nothing[0]
    admin = opened().within(Reach("project", CAT, reads_all=True))
    for store in (ben, cat, admin, opened(project="other")):
        assert (await store.threads.size(), await store.runs.usage()) == nothing


async def paged(page: Callable[[At | None], Awaitable[tuple[list[T], At | None]]], most: int) -> list[T]:
    """All that there is, page by page."""
    found, after = await page(None)
    while after is not None:
        assert len(found) % most == 0
        more, after = await page(after)
        assert more
        found += more
    return found


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(whose=st.lists(st.sampled_from(("own", "lent", "anothers")), max_size=7), most=st.integers(1, 3))
def test_lists_of_ones_own_and_of_what_is_lent_are_one(
    implementation: Implementation, whose: list[str], most: int
) -> None:
    async def looks() -> None:
        opened = implementation.database()
        ann, store = opened(), opened(principal=BEN)
        seen = [f"run {number}" for number, each in enumerate(whose) if each != "anothers"]
        for number, each in enumerate(whose):
            name, owner = f"run {number}", store if each == "own" else ann
            asked = asked_of(str(BEN)) if each == "lent" else question()
            await owner.journal(await started(owner, name, name)).pause({name: asked}, {})
        runs = await paged(lambda after: store.runs.listed(Filters(agent="desk"), after, most), most)
        assert [each.run_id for each in runs] == seen[::-1]
        asked_ = await paged(lambda after: store.interrupts.listed(Filters(), after, most), most)
        assert [each.run_id for each in asked_] == seen
        for each in asked_:
            await store.runs.decide(each.run_id, [accept(each)], PERSON, "Ben")
        made = await paged(lambda before: store.interrupts.made(before, most), most)
        assert sorted(each.run_id for each in made) == sorted(seen)
        places = [(each.place.at, each.place.interrupt_id) for each in made]
        assert places == sorted(places, reverse=True)

    # The thread may have an event loop by now: those of other tests last.
    aside(looks)
