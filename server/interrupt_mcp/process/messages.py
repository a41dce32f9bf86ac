"""Messages: the lines from the client that are JSON-RPC as the library reads it. It knows no method.

The library drops any other line, and a client that meant it as a request would wait for ever: so it is answered here
with an error, where it can be.
"""

import json
import logging
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from mcp_types import INVALID_REQUEST, PARSE_ERROR, JSONRPCNotification, jsonrpc_message_adapter
from pydantic import ValidationError

from interrupt_mcp.process.lines import Output

log = logging.getLogger(__name__)


class Messages:
    """The lines that the library is given, to be iterated once; `output` takes the errors for the others."""

    def __init__(self, lines: AsyncIterable[str], output: Output) -> None:
        self._lines = lines
        self._output = output

    async def __aiter__(self) -> AsyncIterator[str]:
        async for line in self._lines:
            if not line.strip():
                continue
            try:
                message = jsonrpc_message_adapter.validate_json(line, by_name=False)
            except ValidationError as error:
                unread = error.errors(include_url=False, include_input=False, include_context=False)[0]
                code = PARSE_ERROR if unread["type"] == "json_invalid" else INVALID_REQUEST
                await self._refuse(_parsed(line), code, unread["msg"])
                continue
            # The library takes a request whose id is no valid one for a notification.
            if isinstance(message, JSONRPCNotification) and '"id"' in line and "id" in _parsed(line):
                await self._refuse(None, INVALID_REQUEST, "An id is a text or a whole number")
                continue
            yield line

    async def _refuse(self, parsed: Any, code: int, why: str) -> None:
        log.warning("a line that is no message was dropped: %s", why)
        if isinstance(parsed, dict) and "method" not in parsed and parsed.keys() & {"result", "error"}:
            # It is a response to a request of ours: an error could be taken for the answer to another request.
            return
        body = {"code": code, "message": f"The line is no message of the protocol: {why}."}
        await self._output.write(json.dumps({"jsonrpc": "2.0", "id": _id_of(parsed), "error": body}) + "\n")
        await self._output.flush()


def _parsed(line: str) -> Any:
    """Return the line as Python's parser reads it, which takes some lines that the library does not; else None."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _id_of(parsed: Any) -> str | int | None:
    """Return the id of a request, None where it has none that is valid."""
    found = parsed.get("id") if isinstance(parsed, dict) else None
    if isinstance(found, str):
        return found.encode("utf-8", "replace").decode()
    return found if isinstance(found, int) and not isinstance(found, bool) else None
