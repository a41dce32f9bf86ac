"""One shared server for all tests that leave it running."""

from collections.abc import Iterator

import pytest

from tests.shared.served import Shared, shared


@pytest.fixture(scope="package")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared(tmp_path_factory.mktemp("shared")) as found:
        yield found


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    """Once for each protocol era."""
    return str(request.param)
