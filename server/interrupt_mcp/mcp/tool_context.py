"""What the tools share: the use cases, who calls, how a run is shown, and how its progress is told."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ToolAnnotations

from interrupt_mcp import authority
from interrupt_mcp.mcp import caller, eliciting
from interrupt_mcp.mcp.permitted import needed
from interrupt_mcp.mcp.results import result
from interrupt_mcp.mcp.uris import run_uri
from interrupt_mcp.model import Access, Approver, Channel, Run, RunStatus, Scope
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.views.run_json import run_body

if TYPE_CHECKING:
    from interrupt_mcp.runs.caller import Actor, Progress
    from interrupt_mcp.runs.runs import Runs


RunsOf = Callable[[Access], Awaitable["Runs"]]
"""Gives the use cases of one who calls."""


def hints(*, reads: bool, destroys: bool = False, same: bool = True, open_world: bool = False) -> ToolAnnotations:
    """Return what the protocol tells of a tool; `same` is whether calling it twice does no more than once."""
    return ToolAnnotations(
        read_only_hint=reads, destructive_hint=destroys, idempotent_hint=same, open_world_hint=open_world
    )


class ToolContext:
    """What the tools of one server share."""

    def __init__(self, runs: RunsOf, callers: caller.Callers, note: Callable[[str], str], *, elicitation: bool) -> None:
        """Share `runs`, which opens the store when it is first needed.

        `note` returns what is to be known of an agent with its runs. `elicitation` is whether people are asked through
        clients that show forms.
        """
        self.note = note
        self._runs = runs
        self.callers = callers
        self._elicitation = elicitation

    async def runs(self, ctx: Context) -> "Runs":
        """Return the use cases of the one who calls; the store is opened when the first does.

        Raises:
            Unavailable: the database cannot be used.
            Unauthorized: nobody proved who calls.
        """
        runs = await self._runs(self.callers.access(ctx))
        runs.clients.met(caller.client(ctx))
        return runs

    def refuse_unpermitted(self, ctx: caller.AnyContext, method: str, tool: str = "") -> None:
        """Refuse a request of somebody who has none of the scopes that it needs.

        Raises:
            Forbidden: they have none.
            Unauthorized: nobody proved who calls.
        """
        authority.refuse_without(self.callers.access(ctx), *needed(method, tool))

    async def runs_of(self, ctx: caller.AnyContext) -> "Runs":
        """Return the use cases of who makes a request that is no tool's.

        Raises:
            Unavailable: the database cannot be used.
            Unauthorized: nobody proved who calls.
        """
        return await self._runs(self.callers.access(ctx))

    def actor(self, ctx: Context) -> "Actor":
        """Return who calls."""
        return self.callers.actor(ctx, Channel.CLIENT, shows_forms=self._shows_forms(ctx))

    def eliciting(
        self, ctx: Context, runs: "Runs", wait_seconds: float, silent: str = "", show: eliciting.ShowRun | None = None
    ) -> eliciting.ElicitingCall:
        """Return the call as one that may ask.

        `silent` is said where it does not ask; `show` makes its result of the run.
        """
        how = show or partial(self.run_result, ctx, runs)
        shows_forms = self._shows_forms(ctx)
        person = self.callers.actor(ctx, Channel.ELICITATION, shows_forms=True)
        return eliciting.ElicitingCall(ctx, runs, self.progress(ctx), wait_seconds, shows_forms, person, how, silent)

    async def run_result(
        self, ctx: Context, runs: "Runs", run: Run, remark: str = "", also: str = "", **more: Any
    ) -> CallToolResult:
        """Return a run as a result, with `more` fields where there are any; `also` is the last thing that is said."""
        if run.status is RunStatus.INTERRUPTED:
            # Where the person is to decide is told below.
            await runs.people.expect(run)
        # Of a run that asks nothing, nobody is said to decide.
        asks = run.status is RunStatus.INTERRUPTED
        approver = await runs.approver(run.thread_id, run.agent) if asks else Approver.CLIENT
        body = {
            **run_body(
                run,
                approver,
                runs.ways,
                runs.doing(run),
                remark,
                shows_forms=self._shows_forms(ctx),
                note=self.note(run.agent),
            ),
            **more,
        }
        body["next_step"] = f"{body['next_step']} {also}".strip()
        return result(body, body["next_step"], f"the resource {run_uri(run.run_id)}")

    def progress(self, ctx: Context) -> "Progress":
        """Return what tells the client what is done now, if it asked to be told."""
        if "progress_token" not in (ctx.request_context.meta or {}):
            return silently
        count = 0

        async def report(doing: str) -> None:
            nonlocal count
            count += 1
            await ctx.report_progress(count, None, doing or "running")

        return report

    def _shows_forms(self, ctx: Context) -> bool:
        """Whether whoever calls is asked by forms: they fill in none that decides, where they may not decide."""
        may = self.callers.access(ctx).may(Scope.DECIDE)
        return self._elicitation and may and caller.shows_forms(ctx)
