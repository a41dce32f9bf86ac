"""Resources: runs, threads and what waits for a decision, each as complete JSON, where a tool's result may be cut."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mcp_types import Resource, ResourceTemplate

from interrupt_mcp.mcp.faults import invalid, short
from interrupt_mcp.mcp.uris import PENDING, RUN, THREAD, is_ours
from interrupt_mcp.model import Filters
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.views.run_json import interrupt_body, run_body
from interrupt_mcp.views.thread_json import thread_body

if TYPE_CHECKING:
    from interrupt_mcp.runs.runs import Runs

MIME_TYPE = "application/json"
_MOST_CHECKPOINTS = 100
_MOST_PENDING = 1000


class Resources:
    """The resources of one server."""

    def __init__(self, note: Callable[[str], str]) -> None:
        """`note` returns what is to be known of an agent with its runs."""
        self._note = note

    def all(self) -> list[Resource]:
        """Return those that are there whatever runs there are."""
        return [
            Resource(
                uri=PENDING,
                name="pending",
                title="What waits for a decision",
                description=(
                    f"The {_MOST_PENDING:,} oldest open interrupts that you see, complete. Where there are more,"
                    " list_interrupts goes on at next_cursor."
                ),
                mime_type=MIME_TYPE,
            )
        ]

    def templates(self) -> list[ResourceTemplate]:
        """Return how those of a run or a thread are named."""
        return [
            ResourceTemplate(
                uri_template=RUN + "{run_id}",
                name="run",
                title="A run",
                description="One run with its open interrupts, complete.",
                mime_type=MIME_TYPE,
            ),
            ResourceTemplate(
                uri_template=THREAD + "{thread_id}",
                name="thread",
                title="A thread",
                description=f"One thread: its state, its latest {_MOST_CHECKPOINTS} checkpoints, a diagram; complete.",
                mime_type=MIME_TYPE,
            ),
        ]

    async def read(self, uri: str, runs: "Runs") -> str:
        """Return the resource as JSON, as these runs have it.

        Raises:
            MCPError: there is none.
            Error: it cannot be read now.
        """
        if not is_ours(uri):
            raise invalid(f"There is no resource {short(uri)}; resources/templates/list says which there are.")
        return json.dumps(await self._body(uri, runs), ensure_ascii=False)

    async def _body(self, uri: str, runs: "Runs") -> dict[str, Any]:
        if uri == PENDING:
            return await self._pending(runs)
        if uri.startswith(RUN):
            return await self._run(unquote(uri.removeprefix(RUN)), runs)
        thread_id = unquote(uri.removeprefix(THREAD))
        return thread_body(await runs.threads.get(thread_id, _MOST_CHECKPOINTS, None, silently))

    async def _run(self, run_id: str, runs: "Runs") -> dict[str, Any]:
        run = await runs.get(run_id)
        body = run_body(
            run, await runs.approver(run.thread_id, run.agent), runs.ways, runs.doing(run), note=self._note(run.agent)
        )
        done = await runs.threads.effects_done(run_id)
        return {**body, "effects_done": done} if done else body

    async def _pending(self, runs: "Runs") -> dict[str, Any]:
        found, next_cursor = await runs.list_interrupts(Filters(), "", _MOST_PENDING)
        body: dict[str, Any] = {
            "interrupts": [
                interrupt_body(one, await runs.approver(one.thread_id, one.agent), runs.ways) for one in found
            ]
        }
        # As list_interrupts takes it.
        return body if next_cursor is None else {**body, "next_cursor": next_cursor}
