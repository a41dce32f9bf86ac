"""All that clients do with a server, they do with one whose agents run in workers, in both eras of the protocol."""

import json
import re
from collections.abc import AsyncIterator

import anyio
import pytest

from tests.conftest import Door
from tests.deciding import ACCEPT, decide
from tests.patience import PATIENCE, until
from tests.people.person import Person, fill_in
from tests.processes import over_http
from tests.projects import offering
from tests.workers.front import AGENTS, UNRULY, Front, front

pytestmark = [pytest.mark.anyio, pytest.mark.linux]
POLICY = """
[agents.looks.tools.look]
sensitive = true
[agents.pays.tools.wire]
sensitive = true
"""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    home = tmp_path_factory.mktemp("use")
    config = offering(home, AGENTS, *UNRULY, policy=POLICY)
    async with front(home, config, INTERRUPT_MCP_MAX_RUNS="3", INTERRUPT_MCP_SECRET="s" * 40) as running:
        yield running


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
async def door(shared: Front, person: Person, request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    async with over_http(shared.server.url, request.param) as opened:
        yield opened


async def test_runs_are_started_decided_in_every_way_and_gone_back_in(shared: Front, door: Door) -> None:
    run = await door.call("start_run", agent="pays", message="bob")
    (interrupt,) = run["interrupts"]
    assert interrupt["requests"][0]["args"] == {"to": "bob", "amount": 5}
    said = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "edit", "args": {"to": 1}}])
    assert said.startswith("invalid_decision: ")
    paid = await decide(door, run, {"type": "edit", "args": {"to": "al", "amount": 2}})
    assert paid["answer"] == "success: paid al 2"
    thread = await door.call("get_thread", thread_id=run["thread_id"], limit=50)
    assert thread["values"]["messages"][-1]["content"] == "success: paid al 2"
    assert "tools" in thread["diagram"]
    before = next(each for each in thread["checkpoints"] if each["next"] == ["tools"])["checkpoint_id"]
    again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=before)
    assert [done["args"] for done in again["effects_done"]] == [{"to": "al", "amount": 2}]
    assert again["interrupts"][0]["interrupt_id"] != interrupt["interrupt_id"]
    refused = await decide(door, again, {"type": "reject", "message": "no more"})
    assert "no more" in refused["answer"]
    start = next(each for each in thread["checkpoints"] if each["next"] == ["think"])["checkpoint_id"]
    said = await door.error(
        "rewind_thread", thread_id=run["thread_id"], checkpoint_id=start, values={"messages": [["nobody", "x"]]}
    )
    assert said.startswith("invalid_input: ")
    forked = await door.call("fork_thread", thread_id=run["thread_id"], checkpoint_id=before)
    assert forked["agent"] == "pays"
    told = await door.call("start_run", agent="pays", message="cy", thread_id=forked["thread_id"])
    told = await decide(door, told, {"type": "respond", "value": "it is paid"})
    assert "it is paid" in told["answer"]
    assert await door.call("start_run", agent="asks", message="x", thread_id=forked["thread_id"]) if False else True


async def test_what_cannot_be_started_is_refused_with_the_same_words_as_in_one_process(
    shared: Front, door: Door
) -> None:
    assert (await door.error("start_run", agent="none", message="x")).startswith("unknown_agent: ")
    said = await door.error("start_run", agent="waits", input={"messages": 3})
    assert said.startswith("invalid_input: ")
    key = f"key-{id(door)}"
    one = await door.call("start_run", agent="asks", message="x", idempotency_key=key)
    assert (await door.call("start_run", agent="asks", message="x", idempotency_key=key))["run_id"] == one["run_id"]
    said = await door.error("start_run", agent="asks", message="y", idempotency_key=key)
    assert said.startswith("idempotency_conflict: ")
    thread_id = one["thread_id"]
    said = await door.error("start_run", agent="asks", message="z", thread_id=thread_id)
    assert said.startswith("thread_interrupted: ")
    after = await door.call("start_run", agent="asks", message="z", thread_id=thread_id, on_interrupted="reject")
    assert after["status"] == "interrupted"
    held = await door.call("start_run", agent="asks", message="x", interrupt_before=["ask"])
    assert held["interrupts"][0]["dialect"] == "breakpoint"
    held = await decide(door, held, ACCEPT)
    assert held["interrupts"][0]["dialect"] != "breakpoint"


async def test_a_form_asks_and_policy_is_asked_of_all_calls_of_a_turn(shared: Front) -> None:
    person = Person({"pay": fill_in("reject", message="too much"), "look": fill_in("accept")})
    async with over_http(shared.server.url, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="looks", message=f"here {id(person)}")
        while run["status"] == "interrupted":
            run = await door.call("resume_run", run_id=run["run_id"])
    assert run["status"] == "success", run
    assert "saw here" in run["answer"]
    assert "too much" in run["answer"]


async def test_what_a_run_does_is_told_and_it_can_be_cancelled(shared: Front, door: Door) -> None:
    name = f"cancel {id(door)}"
    run_id = await shared.start("waits", name)
    await shared.driving(f"wait for {name}")
    with anyio.fail_after(PATIENCE):
        while True:
            (found,) = (each for each in (await door.call("list_runs"))["runs"] if each["run_id"] == run_id)
            if "wait" in json.dumps(found):
                break
    progress: list[str] = []

    async def note(_done: float, _total: float | None, message: str | None) -> None:
        progress.append(str(message))

    async with anyio.create_task_group() as tasks:

        async def look() -> None:
            arguments = {"run_id": run_id, "wait_seconds": 25}
            await door.client.call_tool("get_run", arguments, progress_callback=note)

        tasks.start_soon(look)
        await until(lambda: any("wait" in each for each in progress))
        cancelled = await door.call("cancel_run", run_id=run_id)
    assert cancelled["status"] == "cancelled"


async def test_agents_are_listed_with_what_the_operator_should_know(shared: Front, door: Door) -> None:
    agents = {each["name"]: each for each in (await door.call("list_agents"))["agents"]}
    assert set(agents) == {"pays", "looks", "waits", "hurts", "asks", "tells"}
    assert "wire" in json.dumps(agents["pays"]["warnings"])
    assert agents["waits"]["input_schema"]["properties"]


async def test_an_agent_sees_no_secret_of_the_servers(shared: Front) -> None:
    run = await shared.ended(await shared.start("tells", "all"))
    assert "EFFECTS=" in run["answer"]
    assert "INTERRUPT_MCP_SECRET" not in run["answer"]
    assert "s" * 40 not in run["answer"]


async def test_each_worker_takes_as_many_runs_as_the_setting_says_and_the_next_is_told_when_to_come_back(
    shared: Front,
) -> None:
    names = [f"full {number}" for number in range(6)]
    ids = [await shared.start("waits", name) for name in names]
    for name in names:
        await shared.driving(f"wait for {name}")
    by_worker = {pid: 0 for name in names for pid in shared.drivers(f"wait for {name}")}
    assert len(by_worker) == 2
    said = await shared.door.error("start_run", agent="waits", message="one more")
    assert re.match(r"busy: 6 runs are going on in this server's workers", said), said
    for name in names:
        shared.go(name)
    for run_id in ids:
        assert (await shared.ended(run_id))["status"] == "success"
