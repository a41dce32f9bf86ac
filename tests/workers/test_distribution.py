"""The worker's distribution: a part of the server's that stands alone, and never beside it."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from interrupt_mcp.distribution import install_command
from release.packages import SERVER, WORKER, Package, for_worker, left_out
from release.version import version_of
from tests.conformance.foreign import ROOT
from tests.workers.conftest import NOT_THERE, python_in, unpack

NUMBER = version_of(ROOT)
IMPORT_ALL = f"""
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys({NOT_THERE}))
import interrupt_mcp
for each in pkgutil.walk_packages(interrupt_mcp.__path__, "interrupt_mcp."):
    if not each.name.endswith("__main__"):
        importlib.import_module(each.name)
print(interrupt_mcp.__file__)
"""
BOTH = f"{SERVER.name} {NUMBER} and {WORKER.name} {NUMBER} are both installed in "
ASK = "from interrupt_mcp.distribution import install_command; print(install_command('PYTHON'))"
COMMANDS = (
    ("-m", "interrupt_mcp", "runs"),
    ("-c", "from interrupt_mcp.process.worker_command import main; raise SystemExit(main([]))"),
)


def test_the_wheel_has_the_version_of_the_server_and_nothing_that_is_left_out(wheels: dict[Package, Path]) -> None:
    assert wheels[WORKER].name == f"interrupt_mcp_worker-{NUMBER}-py3-none-any.whl"
    with zipfile.ZipFile(wheels[WORKER]) as worker, zipfile.ZipFile(wheels[SERVER]) as server:
        names = {name.removeprefix("interrupt_mcp/") for name in worker.namelist() if name.startswith("interrupt_mcp/")}
        whole = {name.removeprefix("interrupt_mcp/") for name in server.namelist() if name.startswith("interrupt_mcp/")}
    assert names == {name for name in whole if for_worker(name, left_out(ROOT))}
    assert {"py.typed", "process/worker.py", "config/oauth.py"} < names
    assert (ROOT / "worker" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_every_module_of_the_worker_is_imported_where_nothing_else_of_the_servers_is(
    unpacked: Path, tmp_path: Path
) -> None:
    done = python_in(unpacked, tmp_path, "-c", IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == unpacked / "interrupt_mcp" / "__init__.py"


def test_the_workers_distribution_has_one_command(unpacked: Path, tmp_path: Path) -> None:
    helped = python_in(unpacked, tmp_path, "-m", "interrupt_mcp", "worker", "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert helped.stdout.startswith("usage: interrupt-mcp-worker ")
    told = python_in(unpacked, tmp_path, "-m", "interrupt_mcp", "--version")
    assert told.stdout == f"interrupt-mcp-worker {NUMBER}\n"
    refused = python_in(unpacked, tmp_path, "-m", "interrupt_mcp", "serve")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "whose one command is worker" in refused.stderr


@pytest.mark.parametrize("said", [("--agents", "one,two"), ("--database", "nonsense")])
def test_what_is_wrong_with_a_workers_arguments_is_one_line(
    unpacked: Path, tmp_path: Path, said: tuple[str, ...]
) -> None:
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"one": "./one.py:graph"}}))
    done = python_in(unpacked, tmp_path, "-m", "interrupt_mcp", "worker", "--config", str(config), *said)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("interrupt-mcp-worker: ")


@pytest.mark.parametrize("command", COMMANDS, ids=["server", "worker"])
def test_both_in_one_environment_are_refused_with_what_mends_it(
    command: tuple[str, ...], wheels: dict[Package, Path], tmp_path: Path
) -> None:
    for wheel in wheels.values():
        unpack(wheel, tmp_path / "both")
    done = python_in(tmp_path / "both", tmp_path, *command)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"{BOTH}{tmp_path / 'both'}" in done.stderr
    assert f"{sys.executable} -m pip uninstall interrupt-mcp interrupt-mcp-worker" in done.stderr


def test_how_the_worker_is_installed_elsewhere_follows_where_this_came_from(unpacked: Path, tmp_path: Path) -> None:
    python = str(tmp_path / "venv" / "bin" / "python")
    assert install_command(python) == f"{python} -m pip install {ROOT / 'worker'}"
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").write_text("home = /usr/bin\nuv = 0.13.9\n")
    assert install_command(python) == f"uv pip install --python {python} {ROOT / 'worker'}"
    done = python_in(unpacked, tmp_path, "-c", ASK)
    assert done.stdout == f"PYTHON -m pip install interrupt-mcp-worker=={NUMBER}\n", done.stderr


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("", "interrupt-mcp-worker==9.9"),
        ("no JSON", "interrupt-mcp-worker==9.9"),
        ('{"url": "file:///nowhere", "dir_info": {}}', "interrupt-mcp-worker==9.9"),
        ('{"url": "HERE/interrupt_mcp-9.9-any.whl", "archive_info": {}}', "PATH/interrupt_mcp_worker-9.9-any.whl"),
        (
            '{"url": "https://one:two@example.org/some.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "'interrupt-mcp-worker @ git+https://example.org/some.git@abc#subdirectory=worker'",
        ),
    ],
)
@pytest.mark.posix
def test_the_worker_is_had_from_wherever_the_server_was(origin: str, told: str, tmp_path: Path) -> None:
    notes = tmp_path / "interrupt_mcp-9.9.dist-info"
    notes.mkdir()
    (notes / "METADATA").touch()
    (tmp_path / "interrupt_mcp_worker-9.9-any.whl").touch()
    if origin:
        (notes / "direct_url.json").write_text(origin.replace("HERE", tmp_path.as_uri()))
    done = python_in(tmp_path, tmp_path, "-c", ASK)
    assert done.stdout == f"PYTHON -m pip install {told.replace('PATH', str(tmp_path))}\n", done.stderr
