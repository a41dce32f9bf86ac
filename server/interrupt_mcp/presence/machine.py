"""The machine: where it shows what it is. It does not know what that means."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """Where a machine is looked at; without arguments, the one that this process runs on."""

    platform: str = sys.platform
    """As `sys.platform` has it."""
    processes: Path = Path("/proc")
    """Linux's folder of processes."""
    users: Path = Path("/run/user")
    """What systemd makes for users who have a session, a folder each, named by their number."""
    x_sockets: Path = Path("/tmp/.X11-unix")
    wslg: Path = Path("/mnt/wslg")
    """What Windows shows Linux's windows through, where Linux runs inside of it."""
    console: Path = Path("/dev/console")
    """On macOS it belongs to whoever sits at the screen."""


THIS = Machine()
