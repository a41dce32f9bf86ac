"""What a person types to call this very installation again, from their own shell."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence

from interrupt_mcp.installing.launch import NAME, launch, this_installation


def program() -> Sequence[str]:
    """Return the words that call it: its bare name, where that is what the shell finds.

    Raises:
        ConfigError: it will not last, and there is nothing that makes it anew.
    """
    started = launch(this_installation(os.environ))
    found = shutil.which(NAME)
    if found and not started.args and os.path.realpath(found) == os.path.realpath(started.command):
        return [NAME]
    return [started.command, *started.args]


def typed(words: Sequence[str]) -> str:
    """Return the words as one line of the shell's."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
