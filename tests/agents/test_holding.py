"""Agents that context managers make: entered when wanted, left in the same task when the registry is."""

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from interrupt_mcp.agents import Agents
from interrupt_mcp.errors import AgentError
from tests.agents import journal as written
from tests.agents.shouts import run
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio

HOLDING = Path(__file__).parent / "agents" / "holding.py"


@pytest.fixture
def journal():
    """The journal, in which nothing stands yet."""
    written.lines.clear()
    written.trouble = anyio.Event()
    return written


@pytest.fixture
def agents(project, journal):
    def named(*names, **more):
        return Agents(project({name: f"{HOLDING}:{name}" for name in names}, {}), **more)

    return named


@pytest.mark.parametrize("name", ["with_tasks", "plain", "later"])
async def test_a_context_manager_stays_entered_until_the_registry_is_left(agents, journal, name):
    async with agents(name) as registry:
        agent = await registry.load(name)
        assert run(agent) == "HELLO"
        assert await registry.load(name) is agent
        assert journal.lines == ["entered"]

    assert journal.lines == ["entered", "left"]


async def test_context_managers_with_task_groups_can_be_entered_from_tasks_that_end_before_they_do(agents, journal):
    async with agents("with_tasks", "later") as registry, anyio.create_task_group() as tasks:
        tasks.start_soon(registry.load, "with_tasks")
        tasks.start_soon(registry.load, "later")

    assert sorted(journal.lines) == ["entered", "entered", "left", "left"]


async def test_an_error_leaves_the_registry_as_it_was_raised_and_the_agents_properly(agents, journal):
    async def use():
        async with agents("with_tasks") as registry:
            await registry.load("with_tasks")
            raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        await use()

    assert journal.lines == ["entered", "left"]


async def test_a_cancelled_registry_still_leaves_the_agents_properly(agents, journal):
    with anyio.CancelScope() as scope:
        async with agents("with_tasks") as registry:
            await registry.load("with_tasks")
            scope.cancel()
            await anyio.lowlevel.checkpoint()

    assert scope.cancelled_caught
    assert journal.lines == ["entered", "left"]


async def test_an_agent_whose_context_manager_broke_down_is_made_again(agents, journal, caplog):
    async with agents("with_trouble") as registry:
        broken = await registry.load("with_trouble")
        journal.trouble.set()
        with anyio.fail_after(PATIENCE):
            while (agent := await registry.load("with_trouble")) is broken:
                await anyio.lowlevel.checkpoint()
        assert run(agent) == "HELLO"

    assert "the connection is gone" in caplog.text


async def test_an_agent_that_cannot_be_entered_says_why_and_leaves_the_others_alone(agents):
    async with agents("with_tasks", "that_fails") as registry:
        await registry.load("with_tasks")
        with pytest.raises(AgentError, match="ValueError: no such host"):
            await registry.load("that_fails")
        assert run(await registry.load("with_tasks")) == "HELLO"


async def test_a_context_manager_of_something_else_is_left_at_once(agents, journal):
    async with agents("of_no_graph") as registry:
        with pytest.raises(AgentError, match="could not be loaded: TypeError: a int is neither"):
            await registry.load("of_no_graph")
        assert journal.lines == ["left"]


async def test_a_context_manager_that_fails_in_the_end_is_only_reported(agents, caplog):
    async with agents("that_fails_in_the_end") as registry:
        await registry.load("that_fails_in_the_end")

    assert "already closed" in caplog.text


async def test_a_context_manager_that_does_not_end_is_given_up(agents, caplog):
    with anyio.fail_after(PATIENCE):
        async with agents("without_end", grace=0.01) as registry:
            await registry.load("without_end")

    assert "took more than 0.01 seconds to end" in caplog.text


async def test_a_load_that_nobody_waits_for_any_more_can_be_had_later(agents, journal):
    async with agents("with_tasks") as registry:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await registry.load("with_tasks")
        assert run(await registry.load("with_tasks")) == "HELLO"

    assert journal.lines == ["entered", "left"]
