"""Programs that are run to their end. It does not know what they are for."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from release.refused import Refused

_SECONDS = 900.0
_OURS = (
    "INTERRUPT_MCP_",
    "OPENAI_",
    "PYTHONHOME",
    "PYTHONPATH",
    "SOURCE_DATE_EPOCH",
    "UV_PROJECT",
    "VIRTUAL_ENV",
    "XDG_",
)
"""Variables of whoever releases that would change what is tried."""


def surroundings(**more: str) -> dict[str, str]:
    """Return this process's variables, but for those that would change what is tried, and `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, **more}


def output(
    command: Sequence[str | Path],
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    seconds: float = _SECONDS,
) -> str:
    """Run a program without input, and return what it printed.

    Raises:
        Refused: it ended with another exit code than 0, or took longer, with what it said last.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd=cwd,
            env=surroundings() if environ is None else environ,
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(f"{' '.join(words)}: {error}") from error
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-20:])
        raise Refused(f"{' '.join(words)} ended with exit code {done.returncode}:\n{last}")
    return done.stdout
