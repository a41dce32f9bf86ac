"""A command as a person writes it in a variable: its words, and the program that the first of them is.

It starts nothing.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping

_ENDINGS = ".COM;.EXE;.BAT;.CMD"


def words(command: str, platform: str = sys.platform) -> list[str]:
    """Return the words of a command. On Windows a backslash is a part of a path, and the only quotes are double ones.

    Raises:
        ValueError: a quote is open.
    """
    if platform != "win32":
        return shlex.split(command)
    lexer = shlex.shlex(command, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape, lexer.quotes = True, "", "", '"'
    return list(lexer)


def program(word: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of the program that a word means, by PATH alone; `None` where there is none.

    Windows would look into the working directory first, which may be anybody's.
    """
    if sys.platform != "win32":
        return shutil.which(word, path=environ.get("PATH"))
    folders = [""] if os.path.dirname(word) else environ.get("PATH", "").split(os.pathsep)
    places = [os.path.join(folder.strip('"'), word) for folder in folders if folder or os.path.dirname(word)]
    return next((found for place in places if (found := _with_ending(place, environ))), None)


def _with_ending(place: str, environ: Mapping[str, str]) -> str | None:
    """Return the file there, with an ending that makes it a program where it has none."""
    known = [each.lower() for each in environ.get("PATHEXT", _ENDINGS).split(os.pathsep) if each]
    endings = ["", *known] if os.path.splitext(place)[1].lower() in known else known
    return next((place + ending for ending in endings if os.path.isfile(place + ending)), None)
