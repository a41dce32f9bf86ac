"""Whether a person sits at this machine is found out by looking, since clients do not tell a server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.presence.ancestors import ancestors
from interrupt_mcp.presence.desktop import Desktop, desktop
from interrupt_mcp.presence.machine import THIS
from tests.patience import PATIENCE
from tests.presence.conftest import Made
from tests.private.stranger import NOBODY
from tests.processes import CHECKOUT

NOT_OVER_SSH = {"sshd", "sshd-session", "dropbear"}.isdisjoint(ancestors(THIS))
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


def looked(
    made: Made, *before: str, platform: str = "linux", processes: Path | None = None, user: int | None = None
) -> Any:
    """What a process of its own finds; started by the command `before`, where there is one."""
    root = made.machine.users.parent
    looking = [sys.executable, "-m", "tests.presence.looking", str(root), platform]
    become = os.geteuid() if user is None else user
    said = subprocess.run(
        [*before, *looking, str(processes or made.machine.processes), str(become)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"]},
        timeout=PATIENCE,
        check=True,
    )
    return json.loads(said.stdout)


@pytest.mark.posix
def test_nobody_sits_at_a_machine_without_a_display(made: Made) -> None:
    assert desktop({"HOME": "/home/ada", "TERM": "xterm"}, made.machine) is None


@pytest.mark.posix
@pytest.mark.parametrize(
    ("environ", "there"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, False),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, False),
        ({"DISPLAY": ":0", "SSH_CLIENT": "10.0.0.1 5 22"}, False),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, False),
        ({"DISPLAY": ":0", "SSH_TTY": ""}, True),
        ({"DISPLAY": ":0", "CI": "true"}, False),
        ({"DISPLAY": ":0", "CI": "1"}, False),
        ({"DISPLAY": ":0", "CI": "woodpecker"}, False),
        ({"DISPLAY": ":0", "CI": "0"}, True),
        ({"DISPLAY": ":0", "CI": "False"}, True),
        ({"DISPLAY": ":0", "CI": ""}, True),
        ({"BROWSER": "firefox"}, True),
        ({"BROWSER": "/opt/show %s"}, True),
        ({"BROWSER": "firefox", "SSH_TTY": "/dev/pts/1"}, True),
        ({"BROWSER": "firefox", "CI": "true"}, True),
        ({"BROWSER": "w3m:firefox"}, True),
        ({"BROWSER": ""}, False),
        ({"BROWSER": " : "}, False),
        ({"BROWSER": "w3m:/usr/bin/lynx %s"}, False),
        ({"BROWSER": "an 'open quote"}, False),
    ],
)
def test_variables_tell_of_a_desktop(made: Made, environ: Mapping[str, str], there: bool) -> None:
    assert (desktop(environ, made.machine) is not None) is there


@pytest.mark.posix
def test_a_wayland_socket_of_this_users_session_is_a_desktop(made: Made) -> None:
    made.listen(made.session / "wayland-1")
    made.listen(made.session / "wayland-1-background")
    assert desktop({}, made.machine) == Desktop({"WAYLAND_DISPLAY": "wayland-1", "XDG_RUNTIME_DIR": str(made.session)})


@pytest.mark.posix
def test_a_wayland_socket_where_the_session_says_it_keeps_them_is_a_desktop(made: Made) -> None:
    folder = made.listen(made.machine.users / "elsewhere" / "wayland-0").parent
    found = desktop({"XDG_RUNTIME_DIR": str(folder)}, made.machine)
    assert found is not None
    assert found.environ["WAYLAND_DISPLAY"] == "wayland-0"


@pytest.mark.posix
def test_a_file_or_link_by_the_name_of_a_socket_is_none(made: Made) -> None:
    made.session.mkdir(parents=True)
    (made.session / "wayland-0").touch()
    (made.session / "wayland-1.lock").touch()
    (made.session / "wayland-2").symlink_to(made.listen(made.session / "other"))
    made.listen(made.machine.x_sockets / "Xorg")
    assert desktop({}, made.machine) is None


@pytest.mark.posix
def test_an_x_socket_of_this_user_is_a_desktop(made: Made) -> None:
    for name in ("X10", "X2"):
        made.listen(made.machine.x_sockets / name)
    assert desktop({}, made.machine) == Desktop({"DISPLAY": ":2"})


@pytest.mark.posix
def test_both_displays_of_a_session_are_found_with_its_bus_and_its_key(made: Made) -> None:
    made.listen(made.session / "wayland-0")
    made.listen(made.session / "bus")
    made.listen(made.machine.x_sockets / "X0")
    key = made.session / ".mutter-Xwaylandauth.AB12"
    key.touch()
    assert desktop({"HOME": str(made.session)}, made.machine) == Desktop(
        {
            "WAYLAND_DISPLAY": "wayland-0",
            "DISPLAY": ":0",
            "XDG_RUNTIME_DIR": str(made.session),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={made.session}/bus",
            "XAUTHORITY": str(key),
        }
    )


@pytest.mark.posix
def test_what_the_client_passed_on_stays_as_it_is(made: Made) -> None:
    made.listen(made.session / "wayland-0")
    made.listen(made.session / "bus")
    environ = {"DISPLAY": ":5", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/my/bus"}
    assert desktop(environ, made.machine) == Desktop({"XDG_RUNTIME_DIR": str(made.session)})


@pytest.mark.posix
@AS_ROOT
def test_another_users_display_is_none_of_this_users(made: Made) -> None:
    for path in (made.session / "wayland-0", made.machine.x_sockets / "X0"):
        os.chown(made.listen(path), NOBODY, NOBODY)
    assert desktop({}, made.machine) is None


@pytest.mark.posix
@AS_ROOT
@pytest.mark.parametrize(("session", "there"), [("nobody's", True), ("another's", False), ("without systemd", True)])
def test_a_login_managers_display_is_a_desktop_for_who_has_a_session(made: Made, session: str, there: bool) -> None:
    made.listen(made.machine.x_sockets / "X0")
    if session != "without systemd":
        (made.machine.users / (str(NOBODY) if session == "nobody's" else "1")).mkdir(parents=True)
    found = looked(made, user=NOBODY)
    assert (found is not None) is there
    assert found is None or found["DISPLAY"] == ":0"


@pytest.mark.posix
@AS_ROOT
def test_where_it_cannot_be_told_a_person_is_assumed(made: Made) -> None:
    made.machine.x_sockets.mkdir(mode=0o700)
    assert looked(made, user=NOBODY) == {}
    assert desktop({}, made.machine) is None


@pytest.mark.posix
def test_linux_inside_of_windows_shows_its_windows_there(made: Made) -> None:
    (made.machine.wslg / "runtime-dir").mkdir(parents=True)
    assert desktop({}, made.machine) == Desktop(
        {
            "DISPLAY": ":0",
            "WAYLAND_DISPLAY": "wayland-0",
            "XDG_RUNTIME_DIR": str(made.machine.wslg / "runtime-dir"),
        }
    )


@pytest.mark.linux
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_below_an_ssh_server_nobody_sits_at_the_screen(made: Made, platform: str) -> None:
    """Variables are told by some clients only; the processes above are there for everybody."""
    root = made.machine.users.parent
    made.listen(made.machine.x_sockets / "X0")
    made.machine.console.touch()
    shutil.copy(os.path.realpath("/bin/sh"), root / "sshd")
    start = (str(root / "sshd"), "-c", '"$0" "$@"; exit $?')
    assert looked(made, *start, platform=platform, processes=Path("/proc")) is None


@pytest.mark.posix
@pytest.mark.parametrize(
    ("above", "there"),
    [
        (["bash", "terminal", "systemd"], True),
        (["bash", "sshd-session", "sshd"], False),
        (["a) S 1 (sshd", "systemd"], True),
        (["a) S 1 (b", "sshd"], False),
        (["sshd-like"], True),
        (["bash"], True),
        ([], True),
    ],
)
def test_the_processes_above_are_read_whatever_they_are_called(made: Made, above: list[str], there: bool) -> None:
    made.listen(made.machine.x_sockets / "X0")
    pid = os.getppid()
    for at, name in enumerate(above):
        file = made.machine.processes / str(pid) / "stat"
        file.parent.mkdir(parents=True)
        file.write_text(f"{pid} ({name}) S {1_000_000 + at} 1 1 0\n")
        pid = 1_000_000 + at
    assert (desktop({}, made.machine) is not None) is there


@pytest.mark.posix
def test_a_process_that_is_told_to_be_its_own_parent_is_not_followed_for_ever(made: Made) -> None:
    made.listen(made.machine.x_sockets / "X0")
    file = made.machine.processes / str(os.getpid()) / "stat"
    file.parent.mkdir(parents=True)
    file.write_text(f"1 (pytest) S {os.getpid()} 1")
    assert looked(made) is not None


@pytest.mark.posix
def test_a_process_that_is_told_in_no_known_way_is_no_ssh_server(made: Made) -> None:
    made.listen(made.machine.x_sockets / "X0")
    file = made.machine.processes / str(os.getppid()) / "stat"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff (sshd")
    assert desktop({}, made.machine) is not None


@pytest.mark.posix
def test_over_ssh_a_chosen_browser_is_not_shown_on_a_screen_that_is_elsewhere(made: Made) -> None:
    made.listen(made.machine.x_sockets / "X0")
    environ = {"BROWSER": "/opt/forwards", "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}
    assert desktop(environ, made.machine) == Desktop({})


@pytest.mark.posix
@pytest.mark.skipif(not NOT_OVER_SSH, reason="these tests run over SSH")
def test_a_mac_is_a_desktop_for_whoever_sits_at_its_console(made: Made) -> None:
    made.machine.console.touch()
    assert desktop({}, replace(made.machine, platform="darwin")) == Desktop({})


@pytest.mark.posix
@AS_ROOT
def test_a_mac_is_none_for_others(made: Made) -> None:
    made.machine.console.touch()
    os.chown(made.machine.console, NOBODY, NOBODY)
    assert desktop({}, replace(made.machine, platform="darwin")) is None
