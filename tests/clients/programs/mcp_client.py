"""The errand with `mcp`'s own client."""

from importlib.metadata import version
from typing import Any

import anyio
import errand
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitRequestFormParams, ElicitResult


async def main() -> None:
    job, person = errand.given(), errand.Person()

    async def on_form(_context: Any, form: Any) -> ElicitResult:
        assert isinstance(form, ElicitRequestFormParams)
        return ElicitResult(action="accept", content=person.fill_in(form.message, form.requested_schema))

    async with Client(_transport(job), mode=job.era, elicitation_callback=on_form) as client:

        async def call(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result.content
            assert result.structured_content is not None
            return result.structured_content

        runs = await errand.run(job, call)
        errand.tell(version("mcp"), client.protocol_version, runs, person)


def _transport(job: errand.Job) -> Any:
    if job.way == "http":
        return streamable_http_client(job.target[0])
    command, *arguments = job.target
    return stdio_client(StdioServerParameters(command=command, args=arguments, env=job.environ))


anyio.run(main)
