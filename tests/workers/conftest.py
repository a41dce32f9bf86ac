"""What tests of children share: each event loop and each means that a server may have, one after another."""

from typing import Any

import pytest

from interrupt_mcp.workers.child import Means

_LOOPS = {
    "uvloop": (True, Means(threaded=False)),
    "asyncio": (False, Means(threaded=False)),
    "threads": (False, Means(threaded=True)),
}


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    loop = request.getfixturevalue("loop") if "loop" in request.fixturenames else "uvloop"
    return ("asyncio", {"use_uvloop": _LOOPS[loop][0]})


@pytest.fixture(params=list(_LOOPS))
def loop(request: pytest.FixtureRequest) -> str:
    """The name of an event loop, and of the means that go with it."""
    return str(request.param)


@pytest.fixture
def means(loop: str) -> Means:
    return _LOOPS[loop][1]
