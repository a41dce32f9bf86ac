"""A database of the run's server, and ways to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Database
from interrupt_mcp.store.records import Reach
from tests.postgres.databases import forget, url_of
from tests.postgres.proxy import Proxy, proxy
from tests.postgres.sharing import shared
from tests.store.conftest import ANN, Open


@pytest.fixture
def empty() -> str:
    """The address of a new database in which there is nothing."""
    return shared().make_database()


@pytest.fixture
def way(empty: str) -> Iterator[Proxy]:
    """A way to it that can be disturbed."""
    with proxy(empty) as made:
        yield made


@pytest.fixture
def address(tmp_path: Path) -> Iterator[PostgresServer]:
    """A new database that the product laid out."""
    yield PostgresServer(url_of(tmp_path / "state"), tmp_path)
    forget(tmp_path)


@pytest.fixture
def opened(address: PostgresServer) -> Iterator[Open]:
    """`opened(owner)`: a store over it, as the process of this owner opened it."""
    with ExitStack() as open_ones:

        @cache
        def of(owner: str) -> Database:
            return open_ones.enter_context(closing(open_database(address)))

        yield lambda owner="one", project="project", principal=ANN: of(owner).store(Reach(project, principal), owner)


@contextmanager
def rows_of(url: str) -> Iterator[Callable[..., list[Any]]]:
    """Ask for what is in a database, beside the product."""
    with psycopg.connect(url, autocommit=True, options="-c search_path=interrupt_mcp") as connection:
        yield lambda sql, *values: connection.execute(sql.encode(), values).fetchall()
