"""Another user of the machine: tried as one where tests may, since root sees everything, else told by the rights."""

import os
import subprocess
from pathlib import Path

from tests.patience import PATIENCE

NOBODY = 65534


def runs(*command: str) -> bool:
    """Whether another user's program does what it is told."""
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return subprocess.run([*become, *command], capture_output=True, timeout=PATIENCE).returncode == 0


def opens(path: Path) -> bool:
    """Whether another user can list this folder, or open this file to read it or to hold its lock."""
    if os.geteuid() != 0:
        return bool(path.stat().st_mode & 0o077)
    if path.is_dir():
        return runs("ls", str(path))
    return runs("cat", str(path)) or runs("flock", "--nonblock", str(path), "true")


def below(folder: Path) -> list[Path]:
    """All that is in the folder, at any depth."""
    return sorted(folder.rglob("*"))
