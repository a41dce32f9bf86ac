"""How a conversation grows on disk and slows down: 50 turns of 1.5 KB over stdio.

A turn is a person's text, a tool call, its result and an answer. The last turns are measured beside the first ones of
other conversations on the same server, in turn.

    python -m tests.benchmarks growth
"""

import random
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import Server, server
from tests.benchmarks.row import Row, alone, beside

WORDS = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text().split()
ASK = 'call search_hotels {"city": "Paris"}\n'
TURNS, _PAIRS = 50, 5


def sayings(turns: int) -> list[str]:
    """What a person may say, always the same."""
    chance = random.Random(1)
    texts = (" ".join(chance.choice(WORDS) for _ in range(300)) for _ in range(turns))
    return [ASK + text.replace("call", "")[:1400] for text in texts]


def said(process: Server, thread_id: str, text: str) -> float:
    """Seconds that a turn took."""
    began = time.perf_counter()
    run = process.call("start_run", agent="hotel", message=text, thread_id=thread_id)
    assert run["status"] == "success", run
    return time.perf_counter() - began


def measured() -> Iterator[Row]:
    texts, others = iter(sayings(TURNS)), iter(sayings(_PAIRS))
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), config=None) as process:
        for _ in range(TURNS - _PAIRS):
            said(process, "long", next(texts))
        size = (Path(folder) / "state.db").stat().st_size
        pairs = in_turn(
            lambda: said(process, "long", next(texts)),
            lambda: said(process, uuid.uuid4().hex, next(others)),
            _PAIRS,
            warm=0,
        )
    yield beside(f"last turns of a conversation of {TURNS}", pairs, "first turns", 1.3, unit="ms", scale=1000)
    yield alone(f"database after {TURNS} turns of 1.5 KB", [size * TURNS / (TURNS - _PAIRS) / 1e6], 2, unit="MB")
