"""A short fuzz, of another seed each time; `make fuzz` is the long one."""

import random
import time
from pathlib import Path

import pytest

from tests.fuzz.__main__ import fuzzed, table
from tests.fuzz.hand import LEAST

MESSAGES = 4_000
SECONDS = 20.0
"""Of sending; what is left open then, and looking at what came of it, takes about as long again."""


@pytest.mark.anyio
async def test_whatever_is_sent_is_answered_and_nothing_is_lost_or_done_undecided(tmp_path: Path) -> None:
    seed = str(random.randrange(10**6))
    began = time.monotonic()
    told = await fuzzed(seed, MESSAGES, tmp_path, SECONDS)
    assert not told.faults, "\n".join([f"seed {seed}", table(told, time.monotonic() - began), *told.faults])
    assert told.sent > LEAST
    assert {"done", "invalid_input", "no message"} <= told.answered.keys()
