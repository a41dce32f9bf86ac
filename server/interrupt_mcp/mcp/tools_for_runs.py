"""The tools for runs. Each turns its arguments into one use case, and what comes of it into a result."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, InputRequiredResult
from pydantic import Field

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.mcp import schemas
from interrupt_mcp.mcp.request_state import forms_state_of
from interrupt_mcp.mcp.results import page, result
from interrupt_mcp.mcp.schemas import DecisionInput, Limit, Nodes, Wait
from interrupt_mcp.mcp.tool_context import ToolContext, hints
from interrupt_mcp.mcp.uris import PENDING
from interrupt_mcp.model import MISSING, Breakpoints, Decision, Filters, Run, RunStatus
from interrupt_mcp.views.run_json import card_body, interrupt_body, run_summary

if TYPE_CHECKING:
    from interrupt_mcp.agents.catalog import Catalog
    from interrupt_mcp.config.policy import Policy
    from interrupt_mcp.runs.decisions import GivenDecision
    from interrupt_mcp.runs.runs import Runs

RunIdText = Annotated[str, Field(min_length=1, max_length=200, description="Id of the run.")]
Filter = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Cursor = Annotated[str, Field(max_length=40, description="`next_cursor` of the page before.")]
StatusFilter = Literal["", "pending", "running", "interrupted", "success", "error", "cancelled"]
Object = dict[str, Any]
NOTHING = "Nothing was decided."
_MANY = 1000
"""What is waiting is not counted further."""


class RunTools:
    """The tools of one server that are about agents, runs and interrupts."""

    def __init__(self, shared: ToolContext, agents: "Catalog", policy: "Policy") -> None:
        self._shared = shared
        self._agents = agents
        self._policy = policy

    def add_to(self, server: MCPServer[Any]) -> None:
        """Offer the tools on the server."""
        look = hints(reads=True)
        server.add_tool(self.list_agents, title="List agents", annotations=look)
        server.add_tool(
            self.start_run, title="Start a run", annotations=hints(reads=False, same=False, open_world=True)
        )
        server.add_tool(self.get_run, title="Get a run, and wait for it", annotations=look)
        server.add_tool(self.list_runs, title="List runs", annotations=look)
        server.add_tool(self.list_interrupts, title="List what waits for a decision", annotations=look)
        server.add_tool(
            self.resume_run,
            title="Ask the person, or deliver decisions",
            annotations=hints(reads=False, destroys=True, open_world=True),
        )
        server.add_tool(self.cancel_run, title="Cancel a run", annotations=hints(reads=False, destroys=True))

    async def list_agents(self, ctx: Context) -> Annotated[CallToolResult, schemas.AgentsResult]:
        """List the LangGraph agents that can be run: name, description, input schema, and an example for start_run."""
        cards = []
        names = self._agents.names()
        for number, name in enumerate(names):
            await ctx.report_progress(number, len(names), f"loading {name}")
            card = await self._agents.describe(name)
            # Nothing is looked up, and no store made for it, where there is nothing to say.
            told = self._policy.says_something(name) and await (await self._shared.runs(ctx)).warnings(card)
            cards.append(card_body(card, told or card.lacks))
        return result({"agents": cards}, "", "`interrupt-mcp agents --json`")

    async def start_run(
        self,
        ctx: Context,
        agent: Annotated[Name, Field(description="Name of the agent, as list_agents gives it.")],
        message: Annotated[str, Field(description="What to say to an agent that converses.")] = "",
        input: Annotated[Any, Field(description="The graph's own input, any JSON that it takes.")] = None,
        context: Annotated[Object | None, Field(description="The graph's context, as list_agents shows it.")] = None,
        thread_id: Annotated[Name, Field(description="Continue this conversation; a new id makes a new one.")] = "",
        idempotency_key: Annotated[Name, Field(description="The same key with the same arguments starts once.")] = "",
        on_interrupted: Annotated[
            Literal["refuse", "reject"],
            Field(description="What if the thread waits for a decision: refuse, or reject all that waits and start."),
        ] = "refuse",
        interrupt_before: Nodes = [],  # noqa: B006
        interrupt_after: Nodes = [],  # noqa: B006
        wait_seconds: Wait = 20,
    ) -> Annotated[CallToolResult, schemas.RunResult] | InputRequiredResult:
        """Start a NEW run of a LangGraph agent and wait up to wait_seconds (0 to 25) for it to pause or end.

        A run that waits for a decision goes on with resume_run instead. Give exactly one of message and input. Where
        the client shows forms, the person is asked in this call for what the run waits for; where a page opens for the
        person, the call waits for their decision there as well. The run goes on when this call returns with status
        running, or is cut off: get_run waits for it.
        """
        from interrupt_mcp.runs.caller import StartRequest

        runs = await self._shared.runs(ctx)
        call = self._shared.eliciting(ctx, runs, wait_seconds, show=partial(self._started, ctx, runs))
        if (state := forms_state_of(ctx)) is not None:
            return await call.go_on(state)
        if ctx.input_responses:
            raise InvalidInput("Answers came without the request state that says what they answer")
        request = StartRequest(
            agent=agent,
            message=message,
            input=input,
            context=context,
            thread_id=thread_id,
            idempotency_key=idempotency_key,
            reject_pending=on_interrupted == "reject",
            breakpoints=Breakpoints(tuple(interrupt_before), tuple(interrupt_after)),
        )
        return await call.see_through(await runs.start(request, self._shared.actor(ctx), call.progress))

    async def get_run(
        self, ctx: Context, run_id: RunIdText, wait_seconds: Wait = 0
    ) -> Annotated[CallToolResult, schemas.RunResult]:
        """Get a run, waiting up to wait_seconds (0 to 25) until it is no longer pending or running. Never decides."""
        runs = await self._shared.runs(ctx)
        return await self._shared.run_result(
            ctx, runs, await runs.wait(run_id, wait_seconds, self._shared.progress(ctx))
        )

    async def list_runs(
        self,
        ctx: Context,
        agent: Filter = "",
        thread_id: Filter = "",
        status: StatusFilter = "",
        limit: Limit = 20,
        cursor: Cursor = "",
    ) -> Annotated[CallToolResult, schemas.RunsResult]:
        """List runs, newest first, by agent, thread or status. get_run has a run's interrupts."""
        runs = await self._shared.runs(ctx)
        filters = Filters(agent=agent, thread_id=thread_id, status=RunStatus(status) if status else None)
        found, next_cursor = await runs.list_runs(filters, cursor, limit)
        ways = runs.ways
        bodies = [
            run_summary(
                run,
                await runs.approver(run.thread_id, run.agent),
                ways,
                runs.doing(run),
                note=self._agents.note(run.agent),
            )
            for run in found
        ]
        if (shown := page(bodies)) < len(bodies):
            _, next_cursor = await runs.list_runs(filters, cursor, shown)
        return _listed("runs", bodies[:shown], next_cursor, "get_run, or the resource run://RUN_ID")

    async def list_interrupts(
        self,
        ctx: Context,
        agent: Filter = "",
        thread_id: Filter = "",
        run_id: Filter = "",
        limit: Limit = 20,
        cursor: Cursor = "",
    ) -> Annotated[CallToolResult, schemas.InterruptsResult]:
        """List what waits for a person's decision, across threads, oldest first: actions with their exact arguments."""
        runs = await self._shared.runs(ctx)
        filters = Filters(agent=agent, thread_id=thread_id, run_id=run_id)
        found, next_cursor = await runs.list_interrupts(filters, cursor, limit)
        ways = runs.ways
        bodies = [interrupt_body(one, await runs.approver(one.thread_id, one.agent), ways) for one in found]
        if (shown := page(bodies)) < len(bodies):
            _, next_cursor = await runs.list_interrupts(filters, cursor, shown)
        return _listed("interrupts", bodies[:shown], next_cursor, f"the resource {PENDING}")

    async def resume_run(
        self,
        ctx: Context,
        run_id: RunIdText,
        decisions: Annotated[list[DecisionInput], Field(max_length=200, description="All are kept, or none.")] = [],  # noqa: B006
        wait_seconds: Wait = 20,
    ) -> Annotated[CallToolResult, schemas.RunResult] | InputRequiredResult:
        """Ask the person for what an interrupted run waits for, or deliver the user's decisions, and let it go on.

        With no decisions it asks the person, where the client shows forms; else it says what is pending. Where a person
        must decide, decisions are shown to the person as proposals; a reject that only the model hears counts at once.
        A reject of `continue with …`, at a breakpoint that is not before tool calls, cancels the run.
        Decisions for some requests are kept; the run goes on once all are decided. With no decisions, a run that ended
        in error is tried again from its last checkpoint. Waits up to wait_seconds (0 to 25) for the next pause or the
        end.
        """
        runs = await self._shared.runs(ctx)
        given = [_given(one) for one in decisions]
        call = self._shared.eliciting(ctx, runs, wait_seconds, "" if given else NOTHING)
        if (state := forms_state_of(ctx)) is not None:
            return await call.go_on(state, given)
        actor = self._shared.actor(ctx)
        proposals = await runs.proposals(run_id, given, actor) if call.shows_forms else {}
        taken = [one for number, one in enumerate(given) if number not in proposals.values()]
        remark = await runs.resume(run_id, taken, actor) if taken or not given else ""
        return await call.see_through(run_id, remark, given, proposals)

    async def _started(self, ctx: Context, runs: "Runs", run: Run, remark: str = "") -> CallToolResult:
        return await self._shared.run_result(
            ctx, runs, run, remark, also=_older(await runs.waiting_elsewhere(run, _MANY))
        )

    async def cancel_run(self, ctx: Context, run_id: RunIdText) -> Annotated[CallToolResult, schemas.RunResult]:
        """Cancel a run: what it asked is no longer asked. A finished run comes back as it is."""
        runs = await self._shared.runs(ctx)
        return await self._shared.run_result(ctx, runs, await runs.cancel(run_id, self._shared.actor(ctx)))


def _given(sent: DecisionInput) -> "GivenDecision":
    """Read a decision as a client sent it; what it is for, and whether it can be taken there, is not known here.

    Raises:
        InvalidDecision: its type is none of the four words.
    """
    from interrupt_mcp.dialects import parse_type
    from interrupt_mcp.runs.decisions import GivenDecision

    decision = Decision(
        parse_type(sent.type),
        args=sent.args,
        message=sent.message,
        value=sent.value if "value" in sent.model_fields_set else MISSING,
        digest=sent.digest,
    )
    return GivenDecision(decision, sent.interrupt_id, sent.index)


def _older(count: int) -> str:
    if not count:
        return ""
    wait = "decision of another run waits" if count == 1 else "decisions of other runs wait"
    said = str(count) if count < _MANY else f"at least {_MANY}"
    return f"Besides, {said} {wait}: list_interrupts shows {'it' if count == 1 else 'them'}."


def _listed(name: str, bodies: list[Object], next_cursor: str | None, whole: str) -> CallToolResult:
    body: Object = {name: bodies}
    if next_cursor is not None:
        body["next_cursor"] = next_cursor
    return result(body, "", whole)
