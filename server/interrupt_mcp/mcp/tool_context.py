"""What the tools have in common: the use cases, who calls, how a run is shown, and how long is waited for it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from interrupt_mcp.mcp import caller, eliciting
from interrupt_mcp.mcp.results import result
from interrupt_mcp.mcp.uris import run_uri
from interrupt_mcp.model import Channel, Run
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.views.run_json import run_body

if TYPE_CHECKING:
    from interrupt_mcp.runs.caller import Actor, Progress
    from interrupt_mcp.runs.runs import Runs

Wait = Annotated[
    float,
    Field(ge=0, le=25, description="Seconds to wait for the run to pause or end, 0 to 25. The run goes on anyhow."),
]
Limit = Annotated[int, Field(ge=1, le=100, description="How many at most, 1 to 100.")]


def hints(*, reads: bool, destroys: bool = False, same: bool = True, open_world: bool = False) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=reads, destructive_hint=destroys, idempotent_hint=same, open_world_hint=open_world
    )


class Calls:
    """One server's calls. `runs` opens the store when it is first needed."""

    def __init__(self, runs: Callable[[], Awaitable["Runs"]], *, elicitation: bool) -> None:
        """`elicitation` is whether the person is asked through clients that show forms."""
        self.runs = runs
        self._elicitation = elicitation

    def actor(self, ctx: Context) -> "Actor":
        return caller.actor(ctx, Channel.CLIENT, asks=self._asks(ctx))

    def asking(
        self, ctx: Context, runs: "Runs", wait_seconds: float, silent: str = "", show: eliciting.ShowRun | None = None
    ) -> eliciting.ElicitingCall:
        """A call that may ask. `silent` is said where it does not; `show` makes its result from the run."""
        how = show or partial(self.shown, ctx, runs)
        return eliciting.ElicitingCall(ctx, runs, self.progress(ctx), wait_seconds, self._asks(ctx), how, silent)

    async def shown(
        self, ctx: Context, runs: "Runs", run: Run, remark: str = "", also: str = "", **more: Any
    ) -> CallToolResult:
        """A run as a result, with more fields where there are any; `also` is the last thing that is said."""
        approver = await runs.approver(run.thread_id, run.agent)
        body = {**run_body(run, approver, runs.doing(run), remark, asks=self._asks(ctx)), **more}
        body["next_step"] = f"{body['next_step']} {also}".strip()
        return result(body, body["next_step"], f"the resource {run_uri(run.run_id)}")

    def progress(self, ctx: Context) -> "Progress":
        """Tells the client what is done now, if it asked to be told."""
        if "progress_token" not in (ctx.request_context.meta or {}):
            return silently
        count = 0

        async def report(doing: str) -> None:
            nonlocal count
            count += 1
            await ctx.report_progress(count, None, doing or "running")

        return report

    def _asks(self, ctx: Context) -> bool:
        return self._elicitation and caller.shows_forms(ctx)
