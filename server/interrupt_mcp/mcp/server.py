"""The MCP server: its identity, its tools, resources and prompts, and how errors leave it. It knows no use case."""

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from mcp.server import MCPServer
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp_types import (
    CallToolResult,
    CompleteRequestParams,
    CompleteResult,
    GetPromptResult,
    InputRequiredResult,
    Prompt,
    Resource,
    ResourceTemplate,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    UnsubscribeRequestParams,
)
from pydantic import AnyUrl

from interrupt_mcp.config import Settings
from interrupt_mcp.errors import Error, InvalidInput
from interrupt_mcp.mcp.caller import Callers
from interrupt_mcp.mcp.changes import Changes
from interrupt_mcp.mcp.eliciting import OpenFormsOfServer, open_forms_of
from interrupt_mcp.mcp.faults import as_protocol_errors, of_tool
from interrupt_mcp.mcp.permitted import CALL
from interrupt_mcp.mcp.prompts import Prompts
from interrupt_mcp.mcp.resources import MIME_TYPE, Resources
from interrupt_mcp.mcp.results import failure
from interrupt_mcp.mcp.sealing import sealing
from interrupt_mcp.mcp.tool_context import RunsOf, ToolContext
from interrupt_mcp.mcp.tools_for_runs import RunTools
from interrupt_mcp.mcp.tools_for_threads import ThreadTools

if TYPE_CHECKING:
    from interrupt_mcp.agents.catalog import Catalog

INSTRUCTIONS = """\
Runs LangGraph agents whose sensitive actions wait for a person. start_run starts a run and returns its state. While \
`status` is pending or running, get_run waits for it. When `status` is interrupted, each open interrupt shows the \
action and its exact arguments: the user decides (accept, edit, reject or respond). Where this client shows forms, \
start_run and resume_run ask the user; else resume_run delivers what the user chose, unless next_step says that a \
person must decide elsewhere. The run then goes on to its next pause or its end. A decision is made once. `next_step` \
in each result says what to do now. Runs go on and decisions wait when a call or a client ends; list_interrupts and \
list_runs find them again."""

LARGEST_ARGUMENTS = 1024 * 1024
"""Bytes of a call's arguments as JSON."""


class Server(MCPServer[Any]):
    """An MCP server whose every error is a tool result of the form `code: what happened. What to do.`"""

    def __init__(self, shared: ToolContext, resources: Resources, prompts: Prompts, **options: Any) -> None:
        super().__init__(**options)
        self._shared = shared
        self._resources = resources
        self._prompts = prompts
        self._described: dict[Any, FuncMetadata] = {}
        self._lowlevel_server.add_request_handler("completion/complete", CompleteRequestParams, self._complete)

    def add_tool(self, fn: Callable[..., Any], *given: Any, **options: Any) -> None:
        """Add a tool. Tools with the same result share its description: making one takes much of the start's time."""
        returned = fn.__annotations__["return"]
        shape = next(part for part in (returned, *get_args(returned)) if get_origin(part) is Annotated)
        known = self._described.get(shape)
        if known is not None:
            options["structured_output"] = False
        super().add_tool(fn, *given, **options)
        tool = self._tool_manager.get_tool(fn.__name__)
        assert tool is not None
        described = self._described.setdefault(shape, tool.fn_metadata)
        tool.fn_metadata.output_model, tool.fn_metadata.output_schema = described.output_model, described.output_schema

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            if context is not None:
                self._shared.refuse_unpermitted(context, CALL, name)
            self._check(name, arguments)
            return await super().call_tool(name, arguments, context)
        except Error as error:
            return failure(f"{error.code}: {error}")
        except ToolError as error:
            return of_tool(name, error)

    async def list_resources(self) -> list[Resource]:
        return self._resources.all()

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        return self._resources.templates()

    async def read_resource(
        self,
        uri: AnyUrl | str,
        context: Context[Any, Any] | None = None,
    ) -> Iterable[ReadResourceContents]:
        with as_protocol_errors("Reading the resource"):
            assert context is not None, "somebody asks"
            self._shared.refuse_unpermitted(context, "resources/read")
            content = await self._resources.read(str(uri), await self._shared.runs(context))
            return [ReadResourceContents(content, MIME_TYPE)]

    async def list_prompts(self) -> list[Prompt]:
        return self._prompts.all()

    async def get_prompt(
        self,
        name: str,
        arguments: dict[str, Any] | None = None,
        context: Context[Any, Any] | None = None,  # noqa: ARG002
    ) -> GetPromptResult:
        with as_protocol_errors("Getting the prompt"):
            return self._prompts.get(name, arguments or {})

    async def _complete(self, ctx: ServerRequestContext[Any, Any], params: CompleteRequestParams) -> CompleteResult:
        with as_protocol_errors("Completing"):
            self._shared.refuse_unpermitted(ctx, "completion/complete")
            open_runs = partial(self._shared.runs_of, ctx)
            return CompleteResult(completion=await self._prompts.complete(params.argument, open_runs))

    def _check(self, name: str, arguments: dict[str, Any]) -> None:
        """Refuse a call before anything is done with its arguments.

        Raises:
            InvalidInput: an argument is unknown, cannot be kept, or they are too large.
        """
        tool = self._tool_manager.get_tool(name)
        if tool is None:
            return
        allowed = tool.parameters.get("properties", {})
        if unknown := sorted(set(arguments) - set(allowed)):
            raise InvalidInput(f"{name} has no argument {unknown[0]!r}, only {', '.join(allowed)}")
        from interrupt_mcp.dialects.payload import unkeepable

        if reason := unkeepable(arguments):
            raise InvalidInput(f"The arguments cannot be kept: {reason}")
        size = len(json.dumps(arguments, ensure_ascii=False).encode())
        if size > LARGEST_ARGUMENTS:
            raise InvalidInput(f"The arguments have {size:,} bytes; at most {LARGEST_ARGUMENTS:,} are taken")


@asynccontextmanager
async def _lifespan(changes: Changes, server: object) -> AsyncIterator[OpenFormsOfServer]:
    """Keep forms open, and tell clients of changes, for as long as this is entered: the server's lifespan."""
    async with open_forms_of(server) as forms, changes.telling():
        yield forms


def build_server(
    runs: RunsOf, agents: "Catalog", version: str, settings: Settings, *, proved: bool = False, **options: Any
) -> Server:
    """Return the server with all its tools, resources and prompts; `runs` opens the store when first called.

    `proved` is whether each request says who calls; else it is the system's user.
    """
    callers = Callers(proved=proved)
    changes = Changes(runs, callers)
    shared = ToolContext(runs, callers, agents.note, elicitation=settings.elicitation)
    server = Server(
        shared,
        Resources(agents.note),
        Prompts(agents),
        name="interrupt-mcp",
        title="interrupt-mcp: LangGraph agents with a person in the loop",
        description="Run LangGraph agents; a person accepts, edits or rejects every sensitive action.",
        instructions=INSTRUCTIONS,
        version=version,
        log_level="WARNING",
        lifespan=partial(_lifespan, changes),
        request_state_security=sealing(settings, callers),
        **options,
    )
    RunTools(shared, agents, settings.policy).add_to(server)
    ThreadTools(shared).add_to(server)
    # Clients of earlier revisions subscribe so, and MCPServer has no public way to let them.
    server._lowlevel_server.add_request_handler("resources/subscribe", SubscribeRequestParams, changes.watch)
    server._lowlevel_server.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, changes.unwatch)
    # In the place of the library's own, which takes whatever it is given.
    server._lowlevel_server.add_request_handler(
        "subscriptions/listen", SubscriptionsListenRequestParams, changes.listen
    )
    return server
