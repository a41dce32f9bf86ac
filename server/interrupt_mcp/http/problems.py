"""Problems: what a client of the tools is told before its request reaches them, as JSON-RPC has errors."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

SERVER_ERROR = -32000
"""JSON-RPC's first code for errors of a server's own."""
PARSE_ERROR = -32700


def problem(
    status: int, message: str, headers: Mapping[str, str] | None = None, code: int = SERVER_ERROR
) -> JSONResponse:
    """Return the answer, for a request of any id: whoever answers has not read it."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": message}}
    return JSONResponse(body, status_code=status, headers=headers)
