"""The errand with FastMCP's client."""

from importlib.metadata import version
from typing import Any

import anyio
import errand
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport


async def main() -> None:
    job, person = errand.given(), errand.Person()

    async def on_form(message: str, _type: Any, form: Any, _context: Any) -> dict[str, Any]:
        return person.fill_in(message, form.requested_schema)

    async with Client(transport(job), mode=job.era, elicitation_handler=on_form) as client:

        async def call(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
            result = await client.call_tool(tool, arguments)
            assert result.structured_content is not None
            return result.structured_content

        runs = await errand.run(job, call)
        errand.tell(version("fastmcp-slim"), client.protocol_version, runs, person)


def transport(job: errand.Job) -> Any:
    if job.way == "http":
        return StreamableHttpTransport(job.target[0])
    command, *arguments = job.target
    return StdioTransport(command, arguments, env=job.environ)


anyio.run(main)
