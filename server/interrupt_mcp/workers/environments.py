import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Group:
    python: Path
    agents: tuple[str, ...]
    count: int
    why: str = ""


def groups(settings, manifest):
    if not settings.workers and not settings.python:
        return ()
    return (Group(settings.python or Path(sys.executable), tuple(manifest.names()), settings.workers or 1),)
