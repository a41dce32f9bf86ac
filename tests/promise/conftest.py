"""Real server processes for agents in modules, in either era, each of which goes on with what the one before left."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import Door, Serve
from tests.crash.dying import server_process
from tests.crash.prefork import prefork
from tests.effects import Effects

_OF_AGENTS = ("DEFAULT_TO", "LEAVE", "RAISE")
"""Variables that agents here look at."""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with prefork() as found:
        yield found


@pytest.fixture
def serve(address: str, tmp_path: Path, effects: Effects) -> Serve:
    """`async with serve(config, mode=era) as door`: a server process over stdio, and a client of it."""

    @asynccontextmanager
    async def served(config: Path, mode: str = "auto") -> AsyncIterator[Door]:
        variables = {name: os.environ[name] for name in _OF_AGENTS if name in os.environ}
        async with server_process(address, tmp_path, config, mode, **variables) as door:
            yield door

    return served
