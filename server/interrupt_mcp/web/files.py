"""The stylesheet and the script of the pages, the same for everybody. Nothing comes from elsewhere."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_KINDS = {"inbox.css": "text/css", "inbox.js": "text/javascript", "icon.svg": "image/svg+xml"}


async def one(request: Request) -> Response:
    """Return a file by its name."""
    name = str(request.path_params["name"])
    if name not in _KINDS:
        return PlainTextResponse("There is no such file.", 404)
    content = files("interrupt_mcp.web").joinpath("static", name).read_bytes()
    return Response(content, media_type=_KINDS[name], headers={"Cache-Control": "no-cache"})
