"""The errand with OpenAI's Agents SDK, which shows no forms: the program decides."""

import asyncio
from importlib.metadata import version
from typing import Any

import errand
from agents.mcp import MCPServerStdio, MCPServerStreamableHttp


async def main() -> None:
    job = errand.given()
    async with server(job) as connected:

        async def call(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
            result: Any = await connected.call_tool(tool, arguments)
            text = result.content[0].text
            assert not getattr(result, "is_error", False), text
            return errand.structured(text)

        runs = await errand.run(job, call)
        session: Any = connected.session
        errand.tell(version("openai-agents"), session.protocol_version, runs)


def server(job: errand.Job) -> Any:
    # Its own five seconds are less than a start with a wait of twenty may take.
    if job.way == "http":
        return MCPServerStreamableHttp({"url": job.target[0]}, client_session_timeout_seconds=60)
    command, *arguments = job.target
    params: Any = {"command": command, "args": arguments, "env": job.environ}
    return MCPServerStdio(params, client_session_timeout_seconds=60)


asyncio.run(main())
