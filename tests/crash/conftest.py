"""Projects whose processes are killed."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Serve
from tests.crash.dying import SOON, Crash, Crashing
from tests.crash.prefork import prefork
from tests.effects import Effects


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with prefork() as found:
        yield found


@pytest.fixture
def crashing(address: str, tmp_path: Path, serve: Serve, effects: Effects) -> Crashing:
    return lambda config: Crash(address, tmp_path, config, partial(serve, environ=SOON))
