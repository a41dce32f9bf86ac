"""What one replica begins, another one goes on with, for clients of both protocol eras and without a balancer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult, InputRequiredResult

from interrupt_mcp.model import Scope
from tests.balance.replicas import Replicas
from tests.balance.wire import Session
from tests.conftest import Door
from tests.patience import PATIENCE
from tests.processes import connected
from tests.shared.served import Shared

pytestmark = [pytest.mark.anyio, pytest.mark.posix]
MODERN, LEGACY = "2026-07-28", "2025-11-25"
BOOKING = {"agent": "hotel", "message": "Book the Ritz"}


@asynccontextmanager
async def at(replicas: Replicas, number: int, token: str, **client: Any) -> AsyncIterator[Door]:
    """A client of 2026-07-28 of one replica."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE, trust_env=False) as http,
        connected(streamable_http_client(replicas.living[number].url, http_client=http), MODERN, client) as door,
    ):
        yield door


@pytest.fixture
async def one(replicas: Replicas, token: str) -> AsyncIterator[Door]:
    async with at(replicas, 0, token) as door:
        yield door


@pytest.fixture
async def two(replicas: Replicas, token: str) -> AsyncIterator[Door]:
    async with at(replicas, 1, token) as door:
        yield door


@pytest.fixture
async def session(replicas: Replicas, token: str) -> AsyncIterator[Session]:
    """A session that a client of a handshake revision began at the first replica."""
    async with httpx2.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
        session = Session(http, [replicas.living[number].url for number in (0, 1)], token)
        await session.begin(0, {"elicitation": {}})
        yield session


async def test_a_run_that_one_starts_another_waits_for_and_cancels(one: Door, two: Door, go: Path) -> None:
    first = await one.call("start_run", agent="slow", message="Hello", wait_seconds=0)
    second = await one.call("start_run", agent="slow", message="Hello", wait_seconds=0)
    seen: list[str] = []

    async def wait() -> None:
        while not seen or seen[-1] == "running":
            seen.append((await two.call("get_run", run_id=first["run_id"], wait_seconds=25))["status"])

    cancelled = await two.call("cancel_run", run_id=second["run_id"])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await two.call("list_runs")
        go.touch()
    assert (cancelled["status"], seen[-1]) == ("cancelled", "success")


async def test_the_answer_to_a_form_of_one_is_taken_by_another(replicas: Replicas, token: str) -> None:
    async def never(_context: Any, _question: Any) -> ElicitResult:
        raise AssertionError("the test answers itself")

    async with (
        at(replicas, 0, token, elicitation_callback=never) as one,
        at(replicas, 1, token, elicitation_callback=never) as two,
    ):
        asked = await one.client.session.call_tool("start_run", BOOKING, allow_input_required=True)
        assert isinstance(asked, InputRequiredResult)
        answers: Any = {
            key: ElicitResult(action="accept", content={"decision": "accept"}) for key in asked.input_requests or ()
        }
        state = {"input_responses": answers, "request_state": asked.request_state}
        ended = await two.client.session.call_tool("start_run", BOOKING, allow_input_required=True, **state)
    assert ended.structured_content is not None
    assert ended.structured_content["status"] == "success"


async def test_who_listens_at_one_is_told_of_what_another_does(one: Door, two: Door, go: Path) -> None:
    go.touch()
    async with two.client.listen(resource_subscriptions=["interrupts://pending"]) as changes:
        await one.call("start_run", **BOOKING)
        with anyio.fail_after(PATIENCE):
            async for change in changes:
                assert "interrupts://pending" in str(change)
                break


async def test_a_session_goes_on_at_another_replica_and_asks_there(session: Session) -> None:
    assert await session.ping(1) == 200
    asked: list[Any] = []

    async def answer(question: Any) -> None:
        asked.append(question["params"]["message"])
        await session.answer(1, question["id"], {"action": "accept", "content": {"decision": "accept"}})

    run = await session.call(1, "start_run", answer, **BOOKING)
    assert (run["status"], len(asked)) == ("success", 1)
    # At the first one it goes on as well.
    assert (await session.call(0, "get_run", run_id=run["run_id"]))["status"] == "success"


async def test_requests_that_come_at_once_to_a_replica_that_does_not_know_their_session(session: Session) -> None:
    statuses: list[int] = []

    async def ping() -> None:
        statuses.append(await session.ping(1))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ping)
    assert statuses == [200] * 20


async def test_a_question_has_an_id_that_no_other_replica_gives(session: Session) -> None:
    """So an answer to a form that was open at one is never taken for that to a form of another."""
    ids: list[int] = []

    async def decline(number: int, question: Any) -> None:
        ids.append(question["id"])
        # At the wrong one it is nobody's.
        await session.answer(1 - number, question["id"], {"action": "accept", "content": {"decision": "accept"}})
        await session.answer(number, question["id"], {"action": "decline"})

    for number in (0, 1):

        async def answer(question: Any, number: int = number) -> None:
            await decline(number, question)

        run = await session.call(number, "start_run", answer, **BOOKING)
        assert run["status"] == "interrupted"
    assert len(set(ids)) == 2


async def test_a_session_that_its_client_ended_is_ended_everywhere(session: Session) -> None:
    assert await session.ping(1) == 200
    assert await session.end(0) == 200
    assert [await session.ping(number) for number in (0, 1)] == [404, 404]
    assert await session.end(1) == 404


async def test_a_session_is_of_whoever_began_it_and_of_nobody_else(session: Session, operated: Shared) -> None:
    bobs = session.of(operated.token("bob", Scope.READ))
    assert [await bobs.ping(number) for number in (0, 1)] == [404, 404]
    assert await bobs.end(1) == 404
    assert [await session.ping(number) for number in (0, 1)] == [200, 200]


async def test_what_is_no_id_of_ours_is_no_session(session: Session) -> None:
    middle = len(session.id) // 2
    changed = session.id[:middle] + ("A" if session.id[middle] != "A" else "B") + session.id[middle + 1 :]
    for forged in (
        changed,
        "v1.",
        "v1.AAAA",
        "v1." + "A" * 3000,
        "v1." + "A" * 9000,
        "0" * 32,
        "v1.\x7f",
        session.id[:-1],
    ):
        assert await session.named(forged).ping(1) == 404, forged[:40]


async def test_what_a_client_says_of_itself_makes_no_id_too_long(session: Session) -> None:
    many = {f"io.example/{number}": {"x": "y" * 100} for number in range(100)}
    await session.begin(0, {"elicitation": {"form": {}}, "experimental": many}, name="n" * 5000)
    assert len(session.id) < 2000
    asked: list[Any] = []

    async def decline(question: Any) -> None:
        asked.append(question)
        await session.answer(1, question["id"], {"action": "decline"})

    await session.call(1, "start_run", decline, **BOOKING)
    assert len(asked) == 1


async def test_a_session_outlives_the_replica_that_knew_it(replicas: Replicas, session: Session) -> None:
    replicas.kill(0)
    assert await session.ping(1) == 200
    await anyio.to_thread.run_sync(replicas.start, 0)
    assert await session.ping(0) == 200
