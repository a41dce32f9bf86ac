"""A text in the person's own editor, in a file that only they can read, for as long as they edit it."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from interrupt_mcp.presence.command import program, words


class EditorFailed(Exception):
    """The editor could not be started, or said that it failed."""


def edited(text: str, suffix: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the text as it is after the person edited it.

    Raises:
        EditorFailed: then nothing was edited.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    # What an editor that goes on has open can be left behind on Windows.
    with tempfile.TemporaryDirectory(prefix="interrupt-mcp-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / f"edit{suffix}"
        file.write_text(text, encoding="utf-8")
        try:
            editor, *arguments = words(command)
            subprocess.run([program(editor, environ) or editor, *arguments, str(file)], check=True)
            # Some editors begin a file with a mark of its encoding.
            return file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise EditorFailed(f"{command}: {error}") from error
