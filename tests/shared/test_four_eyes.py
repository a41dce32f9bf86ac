"""Four eyes: whoever started it may reject it and not accept it, whatever way they take; a decider accepts it."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import Door
from tests.pages.safety.visitors import Visitor, decision_on, visiting
from tests.patience import PATIENCE
from tests.people.person import Person, fill_in
from tests.processes import connected
from tests.shared.served import A, D, L, R, Shared

pytestmark = pytest.mark.anyio
ACCEPT: list[dict[str, Any]] = [{"type": "accept"}]


@pytest.fixture
def person() -> Person:
    """Who would accept whatever form they are shown."""
    return Person(otherwise=fill_in("accept"))


@pytest.fixture
async def owner(at: Shared, person: Person, version: str) -> AsyncIterator[Door]:
    async with opened(at, "owner", person, version) as door:
        yield door


@pytest.fixture
def eyes(at: Shared) -> Iterator[Visitor]:
    with visited(at, "owner") as visitor:
        yield visitor


@pytest.fixture
def other_eyes(at: Shared) -> Iterator[Visitor]:
    with visited(at, "decider") as visitor:
        yield visitor


@asynccontextmanager
async def opened(at: Shared, name: str, person: Person, version: str) -> AsyncIterator[Door]:
    """A client of theirs that shows forms."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {at.token(name, R, L, D)}"}, timeout=PATIENCE) as http,
        connected(
            streamable_http_client(at.server.url, http_client=http), version, {"elicitation_callback": person}
        ) as door,
    ):
        yield door


def visited(at: Shared, name: str) -> Any:
    return _Signed(at, name)


class _Signed:
    """Somebody at the pages, signed in by a token of theirs."""

    def __init__(self, at: Shared, name: str) -> None:
        self._at, self._name = at, name
        self._visiting = visiting(at.server.base)

    def __enter__(self) -> Visitor:
        visitor = self._visiting.__enter__()
        assert visitor.sign_in(self._at.token(self._name, L, D)).status_code == 200
        return visitor

    def __exit__(self, *error: Any) -> None:
        self._visiting.__exit__(*error)


def pressed(visitor: Visitor, run: dict[str, Any], kind: str) -> httpx.Response:
    """What comes of a decision on the page of what the run asks."""
    path = f"/inbox/interrupts/{run['interrupts'][0]['interrupt_id']}"
    page = visitor.get(path)
    assert page.status_code == 200
    return visitor.post(f"{path}/decide", decision_on(page.text, kind))


async def settled(door: Door, run: dict[str, Any], *statuses: str) -> dict[str, Any]:
    for _ in range(3):
        found = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        if found["status"] in statuses:
            break
    assert found["status"] in statuses
    return found


async def refused_in_every_way(door: Door, person: Person, eyes: Visitor, run: dict[str, Any]) -> None:
    """The owner does not get it done."""
    shown = len(person.forms)
    (asked,) = run["interrupts"]
    for decision in (
        {"type": "accept"},
        {"type": "accept", "digest": asked["digest"], "interrupt_id": asked["code"]},
        {"type": "edit", "args": {"x": 1}},
        {"type": "respond", "value": "done"},
    ):
        text = await door.text("resume_run", run_id=run["run_id"], decisions=[decision])
        assert text.startswith(("needs_human: ", "forbidden: ", "invalid_decision: ", "not_allowed: ")), text
    await door.call("resume_run", run_id=run["run_id"])
    assert len(person.forms) == shown
    told = pressed(eyes, run, "accept")
    assert told.status_code == 422
    assert "Policy has" in told.text
    alike = eyes.post(
        f"/inbox/alike/{asked['code']}/decide",
        {
            "decision": "accept",
            "chosen": asked["interrupt_id"],
            f"index_{asked['interrupt_id']}": "0",
            f"digest_{asked['interrupt_id']}": asked["digest"],
            f"round_{asked['interrupt_id']}": "0",
        },
    )
    assert alike.status_code == 422
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def test_the_owner_does_not_accept_and_a_decider_does(
    at: Shared, owner: Door, person: Person, eyes: Visitor, other_eyes: Visitor, version: str
) -> None:
    (at.home / "effects").unlink(missing_ok=True)
    run = await owner.call("start_run", agent="four", message="go", wait_seconds=5)
    await refused_in_every_way(owner, person, eyes, run)
    assert at.effects.lines == []
    assert pressed(other_eyes, run, "accept").status_code == 303
    done = await settled(owner, run, "success")
    assert done["answer"] == "success: did it"
    assert at.effects.lines == ["done"]
    late = await owner.error("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    assert late.startswith("already_decided: ")
    assert "token:decider" in late
    assert "token:decider" in eyes.get(f"/inbox/runs/{run['run_id']}").text
    (entry,) = [
        each for each in json.loads(at.record()) if (each["event"], each["run_id"]) == ("decided", run["run_id"])
    ]
    assert entry["detail"]["who"] == "token:decider"
    code = run["interrupts"][0]["code"]
    assert code in other_eyes.get("/inbox/decided").text
    with visited(at, "other") as nobody:
        assert code not in nobody.get("/inbox/decided").text


@pytest.mark.parametrize("by", ["client", "page"])
async def test_the_owner_rejects(at: Shared, owner: Door, eyes: Visitor, by: str) -> None:
    (at.home / "effects").unlink(missing_ok=True)
    run = await owner.call("start_run", agent="four", message="go", wait_seconds=5)
    if by == "page":
        assert pressed(eyes, run, "reject").status_code == 303
    else:
        await owner.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    await settled(owner, run, "success")
    assert at.effects.lines == []


async def test_a_fork_and_a_rewind_are_no_way_round(at: Shared, owner: Door, person: Person, eyes: Visitor) -> None:
    (at.home / "effects").unlink(missing_ok=True)
    run = await owner.call("start_run", agent="four", message="go", wait_seconds=5)
    thread = await owner.call("get_thread", thread_id=run["thread_id"])
    (last, *_) = thread["checkpoints"]
    copy = await owner.call("fork_thread", thread_id=run["thread_id"], checkpoint_id=last["checkpoint_id"])
    (copied, *_) = (await owner.call("get_thread", thread_id=copy["thread_id"]))["checkpoints"]
    for thread_id, checkpoint in ((run["thread_id"], last), (copy["thread_id"], copied)):
        place = {"thread_id": thread_id, "checkpoint_id": checkpoint["checkpoint_id"]}
        again = await owner.call("rewind_thread", **place, wait_seconds=5)
        assert again["status"] == "interrupted"
        await refused_in_every_way(owner, person, eyes, again)
        written = await owner.text("rewind_thread", **place, values={"messages": thread["values"]["messages"]})
        assert written.startswith(("needs_human: ", "forbidden: ", "thread_interrupted: ")), written
        await owner.call("cancel_run", run_id=again["run_id"])
    assert person.forms == []
    assert at.effects.lines == []


async def test_a_decider_by_form_accepts_only_what_others_started(at: Shared, owner: Door, version: str) -> None:
    (at.home / "effects").unlink(missing_ok=True)
    yes = Person(otherwise=fill_in("accept"))
    run = await owner.call("start_run", agent="four", message="go", wait_seconds=5)
    async with opened(at, "member", yes, version) as member:
        own = await member.call("start_run", agent="four", message="go", wait_seconds=5)
        assert (own["status"], yes.forms) == ("interrupted", [])
        assert (await member.error("resume_run", run_id=own["run_id"], decisions=ACCEPT)).startswith(
            ("needs_human: ", "forbidden: ")
        )
        done = await member.call("resume_run", run_id=run["run_id"])
        await settled(member, done, "success")
        await member.call("cancel_run", run_id=own["run_id"])
    assert len(yes.forms) == 1
    assert at.effects.lines == ["done"]


async def test_whoever_reads_all_decides_nothing_of_others(at: Shared, owner: Door, version: str) -> None:
    with visiting(at.server.base) as admin:
        assert admin.sign_in(at.token("admin", L, D, A)).status_code == 200
        for agent in ("free", "four"):
            run = await owner.call("start_run", agent=agent, message="go", wait_seconds=0)
            run = await settled(owner, run, "interrupted")
            for kind in ("accept", "reject"):
                assert pressed(admin, run, kind).status_code == 422
            assert (await owner.call("cancel_run", run_id=run["run_id"]))["status"] == "cancelled"
