"""A text in the person's own editor, in a file that only they can read, for as long as they edit it."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path


class EditorFailed(Exception):
    """The editor could not be started, or said that it failed."""


def edited(text: str, suffix: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the text as it is after the person edited it.

    Raises:
        EditorFailed: then nothing was edited.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    with tempfile.TemporaryDirectory(prefix="interrupt-mcp-") as folder:
        file = Path(folder) / f"edit{suffix}"
        file.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*shlex.split(command, posix=os.name != "nt"), str(file)], check=True)
            return file.read_text(encoding="utf-8")
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise EditorFailed(f"{command}: {error}") from error
