"""An issuer for each module, which each test finds as it should be."""

from collections.abc import Iterator

import pytest

from tests.identity.issuer import Issuer, issuing


@pytest.fixture(scope="module")
def _issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def issuer(_issuer: Issuer) -> Issuer:
    _issuer.well()
    return _issuer
