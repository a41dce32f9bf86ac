"""The errand with LangChain's adapters as their documentation begins: every tool call has a session of its own.

Over stdio that is a server process for each call, so what one call starts has to be there for the next.
"""

import asyncio
from importlib.metadata import version
from typing import Any

import errand
from langchain_mcp_adapters.callbacks import Callbacks
from langchain_mcp_adapters.client import MultiServerMCPClient
from mcp.types import ElicitResult


async def main() -> None:
    job, person = errand.given(), errand.Person()

    async def on_form(_mcp: Any, form: Any, _context: Any) -> ElicitResult:
        return ElicitResult(action="accept", content=person.fill_in(form.message, form.requestedSchema))

    connections: Any = {"interrupt-mcp": connection(job)}
    client = MultiServerMCPClient(connections, callbacks=Callbacks(on_elicitation=on_form))
    tools = {tool.name: tool for tool in await client.get_tools()}

    async def call(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        told = await tools[tool].ainvoke({"type": "tool_call", "id": "1", "name": tool, "args": arguments})
        assert told.status == "success", told.content
        found: dict[str, Any] = told.artifact["structured_content"]
        return found

    runs = await errand.run(job, call)
    info = (await client.get_server_info())["interrupt-mcp"]
    errand.tell(version("langchain-mcp-adapters"), str(info.protocolVersion), runs, person)


def connection(job: errand.Job) -> dict[str, Any]:
    if job.way == "http":
        return {"transport": "http", "url": job.target[0]}
    command, *arguments = job.target
    return {"transport": "stdio", "command": command, "args": arguments, "env": job.environ}


asyncio.run(main())
