"""An application with two projects mounted in it, one of them at two paths, which tells what became of its process."""

import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from interrupt_mcp.mounting import Mounted

one = Mounted(Path("one", "langgraph.json"))
other = Mounted(Path("other", "langgraph.json"))
closed = Mounted(Path("one", "langgraph.json"))
"""Its lifespan is never entered."""


def state() -> dict[str, Any]:
    return {
        "handlers": len(logging.getLogger().handlers),
        "level": logging.getLogger().level,
        "uvicorn": logging.getLogger("uvicorn.error").level,
        "stdout": sys.stdout is sys.__stdout__,
        "stderr": sys.stderr is sys.__stderr__,
        "signals": [getattr(signal.getsignal(number), "__module__", "") for number in (signal.SIGTERM, signal.SIGINT)],
        "excepthook": sys.excepthook is sys.__excepthook__,
    }


before: dict[str, Any] = {}


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    before.update(state())
    async with one, other:
        yield
    print("all is closed")


async def seen(_request: Request) -> JSONResponse:
    return JSONResponse({"before": before, "now": state()})


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/state", seen),
        Mount("/one", one),
        Mount("/deep/er é", one),
        Mount("/other", other),
        Mount("/closed", closed),
    ],
)
