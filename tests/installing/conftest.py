"""A machine for each test."""

from pathlib import Path

import pytest

from tests.installing.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home)
