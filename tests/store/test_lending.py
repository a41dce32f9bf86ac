"""What somebody is to decide is lent to them: they see that, its run and its thread, and change nothing by it.

Whoever sees all of a project changes nothing of others, either.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from interrupt_mcp.errors import Forbidden, InvalidInput, UnknownInterrupt, UnknownRun, UnknownThread
from interrupt_mcp.model import (
    Approver,
    Channel,
    EffectStatus,
    Filters,
    Interrupt,
    Principal,
    PrincipalKind,
    Question,
    RewindTo,
    RunId,
    Terms,
    ThreadId,
)
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Position, Reach
from tests.patience import PATIENCE
from tests.store.conftest import (
    PERSON,
    Open,
    accept,
    accepted,
    effect,
    events,
    interrupts_of,
    new_run,
    paused,
    question,
    saver_of,
    started,
    written,
)

pytestmark = pytest.mark.anyio
BEN = Principal(PrincipalKind.TOKEN, "ben")
RUN = RunId("run")


def asked_of(*deciders: str) -> Question:
    """A question that these decide."""
    asked = question()
    return replace(asked, requests=tuple(replace(each, terms=Terms(deciders=deciders)) for each in asked.requests))


def ben(opened: Open, *groups: str, reads_all: bool = False) -> Store:
    return opened().within(Reach("project", BEN, frozenset(groups), reads_all=reads_all))


async def lent(store: Store, decider: str) -> tuple[Interrupt, Interrupt]:
    """What the decider is to decide, and what its owner is, in one run.

    There is another run before it on the thread, in which something was done, and one on another thread, which waits.
    """
    await paused(store, run_id="earlier")
    journal = store.journal(await accepted(store, "earlier"))
    (asked,) = await interrupts_of(store, "earlier")
    await written(store, journal, "earlier", task="task")
    journal.record([effect(EffectStatus.DONE, interrupt_id=asked.interrupt_id)]).result(PATIENCE)
    await journal.finish(None, None, 0)
    await paused(store, run_id="elsewhere", thread_id="elsewhere")
    await store.journal(await started(store)).pause({"lent": asked_of(decider), "kept": question()}, {})
    first, second = await interrupts_of(store)
    return first, second


@pytest.mark.parametrize("decider", [str(BEN), "staff"])
async def test_a_decider_sees_what_is_lent_and_nothing_else(opened: Open, decider: str) -> None:
    ann, store = opened(), ben(opened, "staff")
    asked, kept = await lent(ann, decider)
    await paused(store, run_id="own", thread_id="own")
    (own,) = await interrupts_of(store, "own")

    run, of_run = await store.runs.with_interrupts(RUN)
    assert run.interrupts == of_run == await store.interrupts.of_run(RUN) == (asked,)
    assert (await store.threads.get("thread")).principal == run.principal
    assert await store.threads.id_of("thread") == "thread"
    assert await store.interrupts.get(asked.code) == await store.interrupts.get(asked.interrupt_id) == asked

    listed, _ = await store.runs.listed(Filters(), None, 9)
    on_thread, _ = await store.runs.listed(Filters(thread_id=ThreadId("thread")), None, 9)
    assert [[each.run_id for each in found] for found in (listed, on_thread)] == [["own", RUN], [RUN]]
    assert (await store.interrupts.listed(Filters(), None, 9))[0] == [asked, own]
    assert (await store.interrupts.listed(Filters(run_id=RUN), None, 9))[0] == [asked]
    assert await store.interrupts.count_open(9) == 2
    assert [await store.interrupts.open_elsewhere(each, 9) for each in (RUN, RunId("own"))] == [1, 1]
    assert await store.interrupts.made(None, 9) == ([], None)
    assert await store.interrupts.made_on("desk", "send", 9) == []
    assert await store.runs.effects("earlier") == await store.threads.effects("thread") == []
    assert await ann.threads.effects("thread") != []
    assert {each.run_id for each in await store.threads.asked_calls("thread")} == {RUN}
    assert {each.run_id for each in await ann.threads.asked_calls("thread")} == {RUN, "earlier"}

    for hidden in ("earlier", "elsewhere"):
        assert await store.runs.owner_of(RunId(hidden)) == ""
        assert await store.interrupts.of_run(hidden) == ()
        with pytest.raises(UnknownRun):
            await store.runs.get(hidden)
    for name in (kept.interrupt_id, kept.code):
        with pytest.raises(UnknownInterrupt):
            await store.interrupts.get(name)
    with pytest.raises(UnknownThread):
        await store.threads.get("elsewhere")
    assert await store.runs.active_on("elsewhere") is None

    record = await store.audit.listed(Position(0), 99)
    assert await events(store) == [each["event"] for each in record] == ["started", "asked", "started", "asked"]
    assert {each["run_id"] for each in record} == {RUN, "own"}
    assert {each["interrupt_id"] for each in record} == {None, asked.interrupt_id, own.interrupt_id}


async def test_a_decider_reads_the_state_of_that_thread_alone(opened: Open) -> None:
    ann, store = opened(), ben(opened)
    await lent(ann, str(BEN))
    for thread in ("thread", "private"):
        journal = ann.journal(await started(ann, "private", thread)) if thread == "private" else None
        if journal is not None:
            await written(ann, journal, "private", thread=thread)
        place: object = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
        assert await saver_of(ann).aget_tuple(place) is not None  # type: ignore[arg-type]
        assert (await saver_of(store).aget_tuple(place) is not None) is (journal is None)  # type: ignore[arg-type]
        assert (await store.threads.head(thread) is not None) is (journal is None)


CHANGES: dict[str, Callable[[Store, Interrupt], Awaitable[object]]] = {
    "cancel": lambda s, _: s.runs.cancel(RUN, "Ben"),
    "retry": lambda s, _: s.runs.retry(RUN, "Ben"),
    "reject all": lambda s, asked: s.runs.reject_all(RUN, Channel.CLIENT, "Ben", [asked]),
    "claim": lambda s, _: s.runs.claim(RUN, "one"),
    "own": lambda s, _: s.threads.own("thread"),
    "rewind": lambda s, _: s.threads.rewind(new_run("new", begins=RewindTo("")), "Ben", [], []),
    "copy": lambda s, _: s.threads.copy("thread", "", ThreadId("copy"), "Ben", Approver.HUMAN),
    "written calls": lambda s, _: s.threads.keep_written(RUN, []),
    "deciders": lambda s, asked: s.interrupts.name_deciders(asked.interrupt_id, ["token:friend"]),
}


@pytest.mark.parametrize("reads_all", [False, True])
async def test_what_is_lent_or_only_read_is_not_changed(opened: Open, reads_all: bool) -> None:
    ann = opened()
    asked, kept = await lent(ann, "staff")
    store = ben(opened, *([] if reads_all else ["staff"]), reads_all=reads_all)
    before = await everything(ann)
    for change in CHANGES.values():
        with pytest.raises(Forbidden):
            await change(store, asked)
    with pytest.raises(InvalidInput, match="taken"):
        await store.runs.start(new_run("new"), "Ben")
    with pytest.raises(Forbidden if reads_all else UnknownInterrupt):
        await store.runs.decide(RUN, [accept(asked), accept(kept)], PERSON, "Ben")
    assert await store.threads.prune("thread", 0) == 0
    assert not await store.threads.may_start("thread", "desk")
    assert await everything(ann) == before


async def everything(store: Store) -> object:
    return (
        await store.runs.listed(Filters(), None, 99),
        [await store.interrupts.of_run(each) for each in ("earlier", "elsewhere", RUN)],
        await store.threads.branches("thread"),
        await store.audit.listed(Position(0), 99),
    )


async def test_what_a_decider_decides_goes_on_with_all_of_the_run(opened: Open) -> None:
    ann, store = opened(), ben(opened)
    asked, kept = await lent(ann, str(BEN))
    await ann.runs.decide(RUN, [accept(kept)], PERSON, "Ann")
    decided = await store.runs.decide(RUN, [accept(asked)], PERSON, "Ben")
    assert decided.goes_on
    assert decided.claimed is not None
    assert [each.langgraph_id for each in decided.claimed.interrupts] == ["lent", "kept"]
    assert all(each.decisions for each in decided.claimed.interrupts)
    journal = opened(principal=None).journal(decided.claimed)
    done = [effect(EffectStatus.DONE, interrupt_id=each.interrupt_id) for each in (asked, kept)]
    journal.record([replace(each, call=replace(each.call, position=n)) for n, each in enumerate(done)]).result(PATIENCE)
    await journal.pause({"again": asked_of(str(BEN))}, {})
    (again,) = (await store.runs.get(RUN)).interrupts
    claimed = (await store.runs.decide(RUN, [accept(again)], PERSON, "Ben")).claimed
    assert claimed is not None
    assert (len(claimed.interrupts), len(claimed.effects)) == (3, 2)


async def test_a_run_does_not_go_on_before_what_a_decider_does_not_see_is_decided(opened: Open) -> None:
    ann, store = opened(), ben(opened)
    asked, _ = await lent(ann, str(BEN))
    decided = await store.runs.decide(RUN, [accept(asked)], PERSON, "Ben")
    assert (decided.goes_on, decided.claimed) == (False, None)
    assert len((await ann.runs.get(RUN)).interrupts) == 1


async def test_a_decider_sees_what_was_decided_of_it(opened: Open) -> None:
    ann, store = opened(), ben(opened)
    asked, kept = await lent(ann, str(BEN))
    await store.runs.decide(RUN, [accept(asked)], PERSON, "Ben")
    await ann.runs.decide(RUN, [accept(kept)], PERSON, "Ann")
    for found in ((await store.interrupts.made(None, 9))[0], await store.interrupts.made_on("desk", "send", 9)):
        assert [(each.interrupt_id, each.proof.who) for each in found] == [(asked.interrupt_id, "Ben")]
    assert len(await ann.interrupts.made_on("desk", "send", 9)) == 3


async def test_who_is_named_no_more_sees_it_no_more(opened: Open) -> None:
    ann, store, group, process = opened(), ben(opened), ben(opened, "staff"), opened(principal=None)
    asked, _ = await lent(ann, str(BEN))
    await process.interrupts.name_deciders(asked.interrupt_id, ["staff"])
    assert await store.interrupts.count_open(9) == 0
    with pytest.raises(UnknownRun):
        await store.runs.decide(RUN, [], PERSON, "Ben")
    assert await group.interrupts.get(asked.code) == asked
    await process.interrupts.name_deciders(asked.interrupt_id, [])
    assert await events(group) == []
    assert await ann.interrupts.get(asked.code) == asked


async def test_a_group_is_of_its_project(opened: Open) -> None:
    await lent(opened(), "staff")
    elsewhere = opened(project="other").within(Reach("other", BEN, frozenset(("staff",))))
    assert await elsewhere.runs.listed(Filters(), None, 9) == ([], None)
    assert await elsewhere.interrupts.count_open(9) == 0


async def test_who_reads_all_sees_what_the_process_sees(opened: Open) -> None:
    ann, process, store = opened(), opened(principal=None), ben(opened, reads_all=True)
    await lent(ann, "staff")
    await paused(store, run_id="own", thread_id="own")
    assert await everything(store) == await everything(process)
    assert [each.run_id for each in (await store.runs.listed(Filters(), None, 9))[0]] == [
        "own", "run", "elsewhere", "earlier",
    ]  # fmt: skip
    assert await store.interrupts.count_open(9) == await process.interrupts.count_open(9) == 4
    assert await store.runs.cancel(RunId("own"), "Ben")
