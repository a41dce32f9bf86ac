"""The version stands in one place, and everything that tells it agrees."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interrupt_mcp.app import VERSION
from release import version
from release.bundle import manifest
from release.commit import Commit
from release.place import Place
from release.refused import Refused
from release.server_json import server_json
from release.source import Release
from release.trying import introduction
from tests.conformance.foreign import ROOT
from tests.patience import PATIENCE
from tests.processes import command, ran, surroundings

HEAD = "# Changelog\n\nAll notable changes.\n\n"
NUMBER = version.version_of(ROOT)


def test_all_that_tells_the_version_tells_the_one_of_pyproject(tmp_path: Path) -> None:
    place = Place("somebody", "something")
    release = Release(Commit(ROOT, "0" * 40, 0, frozenset()), NUMBER, place)
    (tmp_path / "some.mcpb").write_bytes(b"")
    registered = server_json(place, NUMBER, tmp_path / "some.mcpb")
    assert NUMBER == VERSION
    assert manifest(release, ())["version"] == registered["version"] == NUMBER
    assert {package["version"] for package in registered["packages"]} == {NUMBER}
    version.check(NUMBER, (ROOT / "CHANGELOG.md").read_text("utf-8"))


def test_the_command_and_the_server_tell_it(tmp_path: Path) -> None:
    environ = surroundings(tmp_path)
    said = ran([command(), "--version"], PATIENCE, environ)
    assert said.stdout == f"interrupt-mcp {NUMBER}\n"
    with ThreadPoolExecutor(1) as aside:  # it runs an event loop, and this thread may have one for other tests
        told = aside.submit(introduction, [command(), "serve"], tmp_path, environ).result(PATIENCE)
    assert told.version == NUMBER


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("## [Unreleased]\n\n### Added\n\n- much\n", False),
        ("## [1.2.0] - 2026-12-01\n\n- much\n\n## [1.1.0] - 2026-11-01\n", True),
        ("## [Unreleased]\n\n## [1.2.0] - 2026-12-01\n\n- much\n", True),
        ("## [Unreleased]\n\n- more\n\n## [1.2.0] - 2026-12-01\n\n- much\n", False),
        ("## [Unreleased]\n\n- much\n\n## [1.1.0] - 2026-11-01\n", False),
    ],
)
def test_a_version_is_ready_once_the_changelog_tells_of_it_and_of_nothing_after_it(text: str, ready: bool) -> None:
    assert version.check("1.2.0", HEAD + text) is ready


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("## [1.3.0] - 2026-12-01\n", "tells of 1.3.0, but pyproject.toml says 1.2.0"),
        ("## [1.2.0]\n", "must be"),
        ("## [1.2.0] - 2026-13-01\n", "must be"),
        ("## 1.2.0 - 2026-12-01\n", "must be"),
        ("## [next] - 2026-12-01\n", "must be"),
        ("## [1.2.0] - 2026-12-01\n\n## [Unreleased]\n", "must be"),
        ("## [1.1.0] - 2026-11-01\n\n## [1.2.0] - 2026-12-01\n", "not the newest first"),
        ("## [1.2.0] - 2026-12-01\n\n## [1.2.0] - 2026-12-01\n", "a version twice"),
    ],
)
def test_a_changelog_that_does_not_go_with_the_version_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        version.check("1.2.0", HEAD + text)
