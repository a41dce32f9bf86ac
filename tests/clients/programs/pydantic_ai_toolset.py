"""The errand with Pydantic AI's toolset for MCP servers."""

from importlib.metadata import version
from typing import Any

import anyio
import errand
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from pydantic_ai.mcp import MCPToolset


async def main() -> None:
    job, person = errand.given(), errand.Person()

    async def on_form(message: str, _type: Any, form: Any, _context: Any) -> dict[str, Any]:
        return person.fill_in(message, form.requested_schema)

    async with MCPToolset(transport(job), elicitation_handler=on_form) as toolset:

        async def call(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
            found: dict[str, Any] = await toolset.direct_call_tool(tool, arguments)
            return found

        runs = await errand.run(job, call)
        errand.tell(version("pydantic-ai-slim"), toolset.client.protocol_version, runs, person)


def transport(job: errand.Job) -> Any:
    if job.way == "http":
        return StreamableHttpTransport(job.target[0])
    command, *arguments = job.target
    return StdioTransport(command, arguments, env=job.environ)


anyio.run(main)
