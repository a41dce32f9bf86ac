"""A project of agents that refuse what they are given."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Door, Offer, Serve
from tests.effects import Effects
from tests.inputs.agents.refusing import AGENTS

ROOT = Path(__file__).parents[2]
"""Where agents import `tests` from, in processes of their own too."""


@pytest.fixture
def config(offer: Offer) -> Path:
    return offer(*(f"refusing:{name}" for name in AGENTS), dependencies=[ROOT])


@pytest.fixture
async def door(serve: Serve, config: Path, effects: Effects) -> AsyncIterator[Door]:
    async with serve(config) as served:
        yield served
