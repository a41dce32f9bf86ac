"""A test that needs more of a system than every system has says so, by a marker."""

from pathlib import Path

import pytest

from tests.portability import ROOT, importable_on_windows, unmarked

MODULES = sorted((ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_needs_posix_or_linux_has_the_marker(path: Path) -> None:
    assert unmarked(path) == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os\ndef test_a():\n    os.kill(1, 9)\n", {"test_a": "posix"}),
        ("import os\ndef it():\n    os.fork()\ndef test_a():\n    it()\ndef test_b(): ...\n", {"test_a": "posix"}),
        ("def there():\n    return '/proc/self'\ndef test_a(there): ...\n", {"test_a": "linux"}),
        ("import pty\ndef test_a(): ...\ndef test_b(): ...\n", {"test_a": "posix", "test_b": "posix"}),
        ("from tests.terminals import at_a_terminal\ndef test_a():\n    at_a_terminal()\n", {"test_a": "posix"}),
        ("import pty, pytest\npytestmark = pytest.mark.posix\ndef test_a(): ...\n", {}),
        ("import pytest\n@pytest.mark.posix\ndef test_a():\n    open('/proc/1')\n", {"test_a": "linux"}),
        ("import os, sys\ndef it():\n    sys.platform and os.fork()\ndef test_a():\n    it()\n", {}),
    ],
)
def test_it_is_found_wherever_it_stands(tmp_path: Path, source: str, found: dict[str, str]) -> None:
    module = tmp_path / "test_made_up.py"
    module.write_text(source)
    assert unmarked(module) == found


def test_what_all_tests_share_can_be_imported_anywhere() -> None:
    shared = ["conftest", "processes", "terminals", "scripted", "environments", "pages.browser", "cli.conftest"]
    paths = [ROOT.joinpath("tests", *name.split(".")).with_suffix(".py") for name in shared]
    assert [path for path in paths if not importable_on_windows(path)] == []
