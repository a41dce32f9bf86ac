"""Whether a Python can run workers, as it is told whoever has to put that right."""

import subprocess
import sys
from pathlib import Path

import pytest

from interrupt_mcp.distribution import SERVER, WORKER, version
from interrupt_mcp.workers import probe
from interrupt_mcp.workers.probe import fault_of
from tests.patience import PATIENCE
from tests.workers.venvs import install, virtual, worker


def test_a_real_environment_is_told_what_it_lacks_until_it_has_it(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=PATIENCE)
    python = next(path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists())
    site_packages = next(folder.glob("lib/python*/site-packages"), folder / "Lib" / "site-packages")

    lacks = fault_of(python)
    install(site_packages, "interrupt_mcp_worker", "0.0.9")
    other = fault_of(python)
    (site_packages / "interrupt_mcp_worker-0.0.9.dist-info").rename(
        site_packages / f"interrupt_mcp_worker-{version()}.dist-info"
    )
    (site_packages / f"interrupt_mcp_worker-{version()}.dist-info" / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {WORKER}\nVersion: {version()}\n"
    )

    assert lacks.startswith(f"the environment of {python} lacks {WORKER}, which this installs: ")
    assert f"{python} -m pip install " in lacks
    assert f"{python} has {WORKER} 0.0.9, and this server is {version()}: {python} -m pip install " in other
    assert fault_of(python) == ""


def test_the_environment_of_this_server_can(tmp_path: Path) -> None:
    assert fault_of(Path(sys.executable)) == ""


def test_what_is_noted_in_an_environment_is_enough_and_nothing_is_started(tmp_path: Path) -> None:
    assert fault_of(virtual(tmp_path / "env", **worker())) == ""


def test_one_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    absent = tmp_path / "none" / "python"
    assert fault_of(absent).startswith(f"There is no Python at {absent}: make that environment, or name another with ")


@pytest.mark.posix
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo '[[3, 10], {}]'", "is Python 3.10, and workers need 3.11 or later"),
        (f'echo \'[[3, 12], {{"{SERVER}": "0.0.9", "{WORKER}": null}}]\'', f"has {SERVER} 0.0.9, and this server is"),
        (
            "echo hello; echo 'token=abcdef123456 is wrong' >&2; exit 3",
            "does not answer as a Python does (exit code 3): t",
        ),
        ("echo '[[[3], 9], [[[]]]]'", "does not answer as a Python does (exit code 0)"),
        ("exec sleep 600", "did not answer within 1 seconds"),
    ],
)
def test_what_is_no_python_that_can_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setattr(probe, "_SECONDS", 1.0)
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    told = fault_of(python)
    assert told.startswith(f"{python} {said}")
    assert "abcdef" not in told


@pytest.mark.posix
def test_a_file_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("no program")
    assert fault_of(python).startswith(f"{python} cannot be run: PermissionError")


def test_nothing_of_the_working_directory_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("open('imported', 'w')\n")
    monkeypatch.chdir(tmp_path)
    # The one below this environment, if this is one: it has to be asked, and lacks what is needed.
    fault_of(Path(sys.executable).resolve())
    assert not (tmp_path / "imported").exists()
