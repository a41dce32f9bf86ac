"""What is on record of a project, as its operator reads it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.processes import commanded

Audited = Callable[[Path], list[dict[str, Any]]]


@pytest.fixture
def audited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Audited:
    """`audited(config)`: the entries of `interrupt-mcp audit`, oldest first."""

    def entries(config: Path) -> list[dict[str, Any]]:
        database = f"sqlite:///{tmp_path}/state.db"
        capsys.readouterr()
        assert commanded("audit", "--json", "--config", str(config), "--database", database) == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["audit"]
        return found

    return entries
