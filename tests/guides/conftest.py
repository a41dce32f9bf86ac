"""A guide, as somebody follows it: its files in a folder, served in memory, and its tables as conversations."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.guides import transcript
from tests.printed import DOCS, write

Followed = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def followed(serve: Serve, tmp_path: Path, era: str) -> Followed:
    """`await followed("create_agent")`: what the calls of the tables of that guide led to, in their order."""

    async def follow(name: str) -> list[dict[str, Any]]:
        page = DOCS / "guides" / f"{name}.md"
        async with serve(write(page, tmp_path), mode=era) as door:
            return [run for rows in transcript.tables(page) for run in await transcript.follow(door, rows)]

    return follow
