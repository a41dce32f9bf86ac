"""Starting a run without waiting for the person: a call that starts one waits while a page of theirs is open."""

from typing import Any

from tests.conftest import Door


async def asked(door: Door, **start: Any) -> dict[str, Any]:
    """The run, once it waits for a person or is over."""
    run = await door.call("start_run", **start, wait_seconds=0)
    while run["status"] in ("pending", "running"):
        run = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    return run
