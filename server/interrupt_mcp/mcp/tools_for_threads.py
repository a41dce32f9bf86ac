"""The tools for threads: look at one, go on from an older checkpoint, copy one."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, InputRequiredResult
from pydantic import Field

from interrupt_mcp.errors import InvalidInput, NeedsHuman
from interrupt_mcp.mcp import eliciting, schemas
from interrupt_mcp.mcp.request_state import consent_state_of, forms_state_of
from interrupt_mcp.mcp.results import result
from interrupt_mcp.mcp.schemas import Limit, Wait
from interrupt_mcp.mcp.tool_context import ToolContext, hints
from interrupt_mcp.mcp.uris import thread_uri
from interrupt_mcp.model import Run
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.views.thread_json import copy_body, thread_body

if TYPE_CHECKING:
    from interrupt_mcp.runs.runs import Runs

ThreadIdText = Annotated[str, Field(min_length=1, max_length=200, description="Id of the thread.")]
CheckpointId = Annotated[str, Field(min_length=1, max_length=200, description="Id of a checkpoint, from get_thread.")]


class ThreadTools:
    """The tools of one server that are about threads."""

    def __init__(self, shared: ToolContext) -> None:
        self._shared = shared

    def add_to(self, server: MCPServer[Any]) -> None:
        """Offer the tools on the server."""
        server.add_tool(self.get_thread, title="Look at a thread and its checkpoints", annotations=hints(reads=True))
        server.add_tool(
            self.rewind_thread,
            title="Go on from an older checkpoint",
            annotations=hints(reads=False, destroys=True, same=False, open_world=True),
        )
        server.add_tool(
            self.fork_thread, title="Copy a thread", annotations=hints(reads=False, destroys=False, same=False)
        )

    async def get_thread(
        self,
        ctx: Context,
        thread_id: ThreadIdText,
        limit: Limit = 10,
        before: Annotated[
            str, Field(max_length=200, description="Only checkpoints before this one: the last of the page before.")
        ] = "",
    ) -> Annotated[CallToolResult, schemas.ThreadResult]:
        """Look at a thread: its state now, its checkpoints (newest first), and a diagram of where it stands.

        Each checkpoint shows what ran from there, what was asked there and decided, and which branch it is on.
        """
        runs = await self._shared.runs(ctx)
        seen = await runs.threads.get(thread_id, limit, before or None, self._shared.progress(ctx))
        body = thread_body(seen)
        headline = body["error"]["message"] if "error" in body else ""
        return result(body, headline, f"the resource {thread_uri(thread_id)}")

    async def rewind_thread(
        self,
        ctx: Context,
        thread_id: ThreadIdText,
        checkpoint_id: CheckpointId,
        values: Annotated[
            dict[str, Any] | None,
            Field(description="Merged into the state first; a message with the id of one that is there replaces it."),
        ] = None,
        wait_seconds: Wait = 20,
    ) -> Annotated[CallToolResult, schemas.RewoundResult] | InputRequiredResult:
        """Start a NEW run that goes on from an older checkpoint of a thread, with edited state where values are given.

        What was approved before does not count: it is asked again. A run that waits on the thread is cancelled. What
        was done since is not undone: effects_done lists it. Tell the user before you go back behind an effect.
        """
        runs = await self._shared.runs(ctx)
        call = self._shared.eliciting(ctx, runs, wait_seconds, show=partial(self._rewound, ctx, runs))
        if (state := forms_state_of(ctx)) is not None:
            return await call.go_on(state)
        if ctx.input_responses and consent_state_of(ctx) is None:
            raise InvalidInput("Answers came without the request state that says what they answer")
        actor, threads = self._shared.actor(ctx), runs.threads
        try:
            return await call.see_through(await threads.rewind(thread_id, checkpoint_id, values, actor, call.progress))
        except NeedsHuman as refusal:
            if not call.shows_forms or not await threads.can_be_agreed_to(thread_id):
                raise
            agreed = await self._agreed(call, thread_id, checkpoint_id, values, refusal)
        if isinstance(agreed, InputRequiredResult):
            return agreed
        # What a person agreed to was the thread as it was then.
        run_id = await threads.rewind(thread_id, checkpoint_id, values, call.actor, call.progress, as_of=agreed)
        return await call.see_through(run_id, rounds=1)

    async def _agreed(
        self,
        call: eliciting.ElicitingCall,
        thread_id: str,
        checkpoint_id: str,
        values: dict[str, Any] | None,
        refusal: NeedsHuman,
    ) -> InputRequiredResult | str:
        """Return the form in which a person agrees to going back, or once one did the mark that the thread had then.

        Raises:
            NeedsHuman: nobody did.
        """
        from interrupt_mcp.channels.elicitation import no_consent
        from interrupt_mcp.forms import consent_to_rewind

        threads = call.runs.threads
        mark = await threads.mark(thread_id)
        why = f"{refusal.args[0]}{_ends(await call.runs.waiting_on(thread_id))}"
        consent = consent_to_rewind(await threads.agent_of(thread_id), thread_id, checkpoint_id, values, why)
        if consent is None:
            raise refusal
        said = await call.consent(consent, mark)
        if isinstance(said, InputRequiredResult):
            return said
        if silent := no_consent(said.answer):
            raise NeedsHuman(f"{refusal.args[0]}. Nobody agreed to it: {silent}")
        return said.mark

    async def fork_thread(
        self,
        ctx: Context,
        thread_id: ThreadIdText,
        checkpoint_id: Annotated[
            str, Field(max_length=200, description="Copy the history up to this checkpoint; the latest if left out.")
        ] = "",
    ) -> Annotated[CallToolResult, schemas.ForkResult]:
        """Copy a thread's history into a new thread. The original stays as it is, and nothing runs.

        Decisions are not copied: what was pending, or approved and not done, is asked again there.
        """
        runs = await self._shared.runs(ctx)
        actor = self._shared.actor(ctx)
        copy = await runs.threads.fork(thread_id, checkpoint_id or None, actor, self._shared.progress(ctx))
        body = copy_body(copy)
        return result(body, body["next_step"], f"the resource {thread_uri(name_of(copy.thread.thread_id))}")

    async def _rewound(self, ctx: Context, runs: "Runs", run: Run, remark: str = "") -> CallToolResult:
        done = await runs.threads.effects_done(run.run_id)
        return await self._shared.run_result(ctx, runs, run, remark, effects_done=done)


def _ends(run: Run | None) -> str:
    """Tell a person of the run that going back would cancel."""
    if run is None:
        return ""
    codes = ", ".join(f"{each.code} ({', '.join(r.action for r in each.wanted)})" for each in run.interrupts)
    return f". The run that waits there for {codes} would be cancelled"
