"""A person who takes their time over a form, and runs that go on when they are done."""

from typing import Any

import anyio
from mcp_types import ElicitRequestFormParams, ElicitResult

from tests.conftest import Door
from tests.patience import PATIENCE
from tests.people.person import fill_in
from tests.people.rounds import START


class Thinking:
    """A person who answers once told to."""

    def __init__(self) -> None:
        self.asked = anyio.Event()
        self.told = anyio.Event()
        self.withdrawn = anyio.Event()

    async def __call__(self, form: ElicitRequestFormParams) -> ElicitResult:
        self.asked.set()
        try:
            await self.told.wait()
        except anyio.get_cancelled_exc_class():
            self.withdrawn.set()
            raise
        made = fill_in("accept")(form)
        assert isinstance(made, ElicitResult)
        return made


async def finished(door: Door, run: dict[str, Any]) -> dict[str, Any]:
    """The run once it has ended."""
    with anyio.fail_after(PATIENCE):
        while run["status"] not in ("success", "error", "cancelled"):
            await anyio.sleep(0.05)
            run = await door.call("get_run", run_id=run["run_id"], wait_seconds=5)
    return run


async def ready(door: Door) -> None:
    """Have the server load its agents and open its database, so that what comes next takes no time to speak of."""
    await door.call("list_agents")
    await door.call("list_runs")


async def with_a_form_open(door: Door) -> dict[str, Any]:
    """A run that waits for three decisions, one of which the person is being asked for."""
    run = await door.call("start_run", **START, wait_seconds=0)
    run = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    return await door.call("resume_run", run_id=run["run_id"], wait_seconds=0)
