"""What agents and the test that loads them both see, in one process."""

import anyio

lines: list[str] = []
"""What agents wrote down, in order."""
trouble = anyio.Event()
"""Set by a test that wants an agent's connection to break down."""
