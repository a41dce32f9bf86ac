"""Kinds of values: each reads what was given as what it is to be, and says what is allowed where that cannot be.

A kind is a function, so that a setting of a new kind is one more here. It does not know which settings there are.
"""

import math
import os
import re
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from interrupt_mcp.config.given import Given
from interrupt_mcp.database import PostgresServer, SqliteFile
from interrupt_mcp.errors import ConfigError

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)
Kind: TypeAlias = Callable[[Given], T]
"""Returns the value; raises `ConfigError`, which names the place and what is allowed."""
_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
"""Schemes that name a PostgreSQL server, the last as SQLAlchemy writes it."""
_SQLITE = "sqlite:///"
_VERBATIM = "\\\\?\\"
"""How Windows begins a path that is to be taken as it is written, however long."""
_SECRET_BYTES = 32
"""The fewest that the MCP library takes for sealing request state."""


def text(given: Given) -> str:
    """Return the text without white space around it."""
    if not isinstance(given.value, str) or not given.value.strip():
        raise given.wrong("text that is not empty")
    return given.value.strip()


def reference(given: Given) -> str:
    """Return the reference to a function, as `langgraph.json` has references to graphs."""
    if not isinstance(given.value, str) or not re.fullmatch(r"\s*\S.*:\s*[A-Za-z_]\w*\s*", given.value):
        raise given.wrong('"module:function" or "./file.py:function"')
    return given.value.strip()


def above_zero(unit: str) -> Kind[float]:
    """Return the kind of a number of such units."""

    def read(given: Given) -> float:
        try:
            number = float(given.value) if isinstance(given.value, str | int | float) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if isinstance(given.value, bool) or not 0 < number < math.inf:
            raise given.wrong(f"a number of {unit} above 0")
        return number

    return read


def whole_number(least: int, most: int = 10**9 - 1) -> Kind[int]:
    """Return the kind of a number that counts something, and is not below `least` nor above `most`."""
    allowed = f"a whole number from {least}" if most == 10**9 - 1 else f"a whole number from {least} to {most}"

    def read(given: Given) -> int:
        digits = str(given.value).strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most):
            raise given.wrong(allowed)
        return int(digits)

    return read


def port(given: Given) -> int:
    """Return the number of a port of this machine; 0 is any free one."""
    number = whole_number(0)(given)
    if number > 65535:
        raise given.wrong("a port, which is a number from 0 to 65535")
    return number


def on_or_off(given: Given) -> bool:
    """Return whether it is on. A variable can only hold the word; the file may say true or false as well."""
    if isinstance(given.value, bool):
        return given.value
    if given.value not in ("on", "off"):
        raise given.wrong("on or off")
    return given.value == "on"


def true_or_false(given: Given) -> bool:
    """Return which of the two it is, as TOML writes them."""
    if not isinstance(given.value, bool):
        raise given.wrong("true or false")
    return given.value


def one_of(words: type[Word]) -> Kind[Word]:
    """Return the kind of one word of these."""

    def read(given: Given) -> Word:
        for word in words:
            if word == given.value:
                return word
        raise given.wrong(f"one of {', '.join(words)}")

    return read


def some_of(words: type[Word]) -> Kind[tuple[Word, ...]]:
    """Return the kind of a list of some of these words, each taken once."""

    def read(given: Given) -> tuple[Word, ...]:
        listed = given.value if isinstance(given.value, list) else []
        found = [word for each in listed for word in words if word == each]
        if not listed or len(found) < len(listed):
            raise given.wrong(f"a list of some of {', '.join(words)}")
        return tuple(dict.fromkeys(found))

    return read


def json_table(given: Given) -> Mapping[str, Any]:
    """Return the table, whose values are such as JSON has too."""
    if not isinstance(given.value, Mapping) or not _is_json(given.value):
        raise given.wrong("a table of texts, numbers, true, false, lists and tables")
    return given.value


def _is_json(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(_is_json(each) for each in value.values())
    if isinstance(value, list):
        return all(_is_json(each) for each in value)
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def project_name(given: Given) -> str:
    """Return the name of a project. It becomes a directory's name, and `..` is one already."""
    name = given.value
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name) or not name.strip("."):
        raise given.wrong("1 to 64 letters, digits, dots, hyphens or underscores, and not dots alone")
    return name


def database(given: Given) -> SqliteFile | PostgresServer:
    """Return the database that the URL names. A URL may hold a password, so no other than a file's is repeated."""
    url = text(given)
    scheme, separator, rest = url.partition("://")
    if scheme in _POSTGRES and separator:
        return PostgresServer(_server(given, rest), Path())
    path = path_in(url)
    if path is None:
        shown = url if scheme == "sqlite" or not separator else f"{scheme}://…"
        absolute = "sqlite:///C:/absolute/path.db" if sys.platform == "win32" else "sqlite:////absolute/path.db"
        raise given.wrong(f"sqlite:///relative.db, {absolute} or postgresql://host/database", repr(shown))
    return SqliteFile(given.path(path))


def server_url(given: Given) -> str:
    """Return the URL of a database of a PostgreSQL server's."""
    scheme, separator, rest = text(given).partition("://")
    if scheme not in _POSTGRES or not separator:
        raise given.wrong("postgresql://host/database", "another address")
    return _server(given, rest)


def _server(given: Given, rest: str) -> str:
    """Return the URL as libpq takes it, of what follows the scheme."""
    url = f"postgresql://{rest}"
    try:
        parts = urlsplit(url)
        name, _ = parts.path.removeprefix("/"), parts.port
    except ValueError:
        name, parts = "", None
    if parts is None or not name or "/" in name or parts.fragment or not url.isprintable() or " " in url:
        raise given.wrong("postgresql://host/database, with special characters written as %XX", "no such address")
    if given.name.startswith("--") and (parts.password or "password=" in parts.query):
        # All users of a machine see what its processes are started with.
        raise ConfigError(
            f"{given.place} holds a password, which others can see in the list of processes; give the address without"
            f" it, and the password by PGPASSWORD or a file that PGPASSFILE names"
        )
    return url


def path_in(url: str, platform: str = sys.platform) -> str | None:
    """Return the path of the file that an SQLite URL names; `None` where it names none.

    On Windows an absolute path may have a slash before its drive, as other systems' absolute paths have.
    """
    path = url.removeprefix(_SQLITE)
    if platform == "win32" and re.match(r"[/\\][A-Za-z]:", path):
        path = path[1:]
    plain = path.removeprefix(_VERBATIM) if platform == "win32" else path
    return None if path == url or not path or path.startswith(":memory:") or "?" in plain else path


def python_file(given: Given) -> Path:
    """Return the path of a Python. A link stays one: of a virtual environment, it alone says which that is."""
    path = given.path(os.path.expanduser(text(given)))
    if os.path.isdir(path):
        within = "Scripts\\python.exe" if sys.platform == "win32" else "bin/python"
        raise given.wrong(f"the path of a Python, such as .venv{os.sep}{within}, and no folder")
    return path


def random_secret(given: Given) -> str:
    """Return the secret, or the several of them, as given. An error repeats nothing of it."""
    given_text = given.value if isinstance(given.value, str) else ""
    listed = secrets_of(given_text)
    if not listed or any(len(each.encode("utf-8", "surrogateescape")) < _SECRET_BYTES for each in listed):
        allowed = f"at least {_SECRET_BYTES} random bytes, or several such secrets with commas between them"
        raise given.wrong(allowed, "too short or no text")
    return given_text


def secrets_of(given: str) -> tuple[str, ...]:
    """Return the secrets of a list by commas; a text without commas is one secret, as it stands."""
    if "," not in given:
        return (given,)
    return tuple(dict.fromkeys(each.strip() for each in given.split(",") if each.strip()))
