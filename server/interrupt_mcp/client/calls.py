"""Calls of the server's tools: a result as JSON, a refusal as an error with its code, and calls that are cut off.

Each call is such that it can be made again without doing more than once. It knows no nouns.
"""

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from interrupt_mcp.client.errors import RunsError, Unreachable, refusal

if TYPE_CHECKING:
    from mcp import Client
    from mcp.shared.exceptions import MCPError

LONGEST_WAIT = 20.0
"""Seconds that one call waits for a run: many clients and proxies cut off what takes half a minute."""
_TRIES = 3
"""How often a call is made that is cut off each time."""
_REFUSAL = re.compile(r"([a-z_]+): (.*)", re.DOTALL)
_CUT = "[cut: "
"""What stands where a result left something out, since it was too large."""


class Calls:
    """Calls through one connected client."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    @property
    def longest_wait(self) -> float:
        """Seconds that a call may wait for a run, so that the client's own timeout does not cut it off."""
        timeout = self._client.read_timeout_seconds
        return LONGEST_WAIT if timeout is None else max(0.0, min(LONGEST_WAIT, timeout / 2))

    async def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the result of a tool; made again where the answer did not arrive.

        Raises:
            RunsError: the server refuses.
            Unreachable: it does not answer, time after time.
        """
        from mcp.shared.exceptions import MCPError

        for _ in range(_TRIES):
            try:
                result = await self._client.call_tool(tool, arguments)
                break
            except MCPError as error:
                failed = error
                if not cut_off(error):
                    raise Unreachable("unreachable", f"The server answers {tool} with: {error}") from error
                # What it was to wait for may be why it was cut off; the run goes on meanwhile.
                arguments = {**arguments, "wait_seconds": 0} if "wait_seconds" in arguments else arguments
        else:
            raise Unreachable("unreachable", f"The server does not answer {tool}: {failed}") from failed
        text = "\n".join(part.text for part in result.content if part.type == "text")
        if result.is_error:
            raise _refused(tool, text)
        if not isinstance(result.structured_content, dict):
            raise Unreachable("unreachable", f"What answers {tool} is no server of interrupt-mcp: {text[:200]}")
        return result.structured_content

    async def run(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the run that a tool gives, complete, where the result itself is cut.

        Raises:
            RunsError, Unreachable
        """
        body = await self.call(tool, arguments)
        if _CUT not in json.dumps(body, ensure_ascii=False):
            return body
        return {**body, **await self._resource(f"run://{quote(body['run_id'], safe='')}")}

    async def _resource(self, uri: str) -> dict[str, Any]:
        from mcp.shared.exceptions import MCPError

        try:
            found = await self._client.read_resource(uri, cache_mode="bypass")
        except MCPError as error:
            raise Unreachable("unreachable", f"The server does not give {uri}: {error}") from error
        whole: dict[str, Any] = json.loads(getattr(found.contents[0], "text", "{}"))
        return whole


def cut_off(error: "MCPError") -> bool:
    """Whether the answer to a call did not arrive, whatever became of what it asked for."""
    from mcp_types import CONNECTION_CLOSED, REQUEST_TIMEOUT

    return error.code in (CONNECTION_CLOSED, REQUEST_TIMEOUT)


def _refused(tool: str, text: str) -> RunsError:
    found = _REFUSAL.fullmatch(text)
    return refusal(found[1], found[2]) if found else refusal("unexpected", f"{tool} failed: {text}")
