"""Databases on the run's server, each that of a folder, made and laid out when somebody first asks for it."""

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

from tests.postgres.cluster import create, drop
from tests.postgres.sharing import alone, shared

_LAID_OUT = "laid_out"
_MADE: dict[str, Path] = {}
"""The databases that this process made, with what they are of."""


def url_of(place: Path) -> str:
    """Return the address of the database that belongs to the place, a folder or a name in one."""
    full = Path(os.path.abspath(place))
    name = f"of_{hashlib.sha256(str(full).encode()).hexdigest()[:20]}"
    if name not in _MADE:
        create(shared().superuser, name, _template())
        _MADE[name] = full
    return shared().url(name)


def forget(folder: Path) -> None:
    """Take away the databases that belong to places in the folder."""
    names = [name for name, place in _MADE.items() if place.is_relative_to(folder)]
    if names:
        drop(shared().superuser, *names)
    for name in names:
        del _MADE[name]


@cache
def _template() -> str:
    """The name of a database that the product laid out: copying one takes less time than laying one out."""
    done = shared().folder / _LAID_OUT
    with alone():
        if not done.exists():
            _lay_out()
            done.touch()
    return _LAID_OUT


def _lay_out() -> None:
    from interrupt_mcp.database import PostgresServer
    from interrupt_mcp.store.opening import open_database

    create(shared().superuser, _LAID_OUT, "template0")
    with tempfile.TemporaryDirectory() as folder:
        open_database(PostgresServer(shared().url(_LAID_OUT), Path(folder))).close()
