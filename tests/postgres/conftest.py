"""A database of the run's server, and ways to it."""

from collections.abc import Iterator

import pytest

from tests.postgres.proxy import Proxy, proxy
from tests.postgres.sharing import shared


@pytest.fixture
def empty() -> str:
    """The address of a new database in which there is nothing."""
    return shared().make_database()


@pytest.fixture
def way(empty: str) -> Iterator[Proxy]:
    """A way to it that can be disturbed."""
    with proxy(empty) as made:
        yield made
