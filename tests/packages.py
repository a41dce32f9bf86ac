"""Programs of the system's packages that tests run, installed where they are not: PostgreSQL, PgBouncer and the like.

The superuser installs them with `apt-get`. Anybody else has them taken apart into `.tools` of the checkout, where
nothing else on the machine notices. It knows no test.
"""

import getpass
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

TOOLS = Path(__file__).parents[1] / ".tools" / "packages"
_SECONDS = 600.0
_LAST = 300
"""So many characters of what an installer wrote are shown."""


class Missing(Exception):
    """A program is not on this machine, and cannot be installed."""


@dataclass(frozen=True)
class Package:
    """A package, and a program of it by which one knows that it is there."""

    name: str
    program: str
    folders: Sequence[str] = ("usr/sbin", "usr/bin", "usr/local/sbin")
    """Where its programs are besides the PATH, below the root of the system or of `.tools`; `*` stands for any name."""
    least: int = 0
    """The least version, where the folder's name has it."""
    tools: Path = field(default=TOOLS)

    def folder(self) -> Path | None:
        """The folder of its programs, the newest that there is; `None` where it is not on this machine."""
        return next(self._found(), None)

    def environ(self) -> Mapping[str, str]:
        """The variables with which its programs find the libraries that came with them."""
        folder = self.folder()
        if folder is None or not folder.is_relative_to(self.tools):
            return dict(os.environ)
        libraries = [str(each) for each in (self.tools / "root/usr/lib").glob("*-linux-*") if each.is_dir()]
        return {**os.environ, "LD_LIBRARY_PATH": ":".join([*libraries, os.environ.get("LD_LIBRARY_PATH", "")])}

    def install(self) -> Path:
        """See to it that it is there, and return the folder of its programs.

        Raises:
            Missing: it is not, and cannot be installed; says why.
        """
        if found := self.folder():
            return found
        if sys.platform == "win32" or shutil.which("apt-get") is None:
            raise Missing(f"{self._wanted} is not on this machine, and there is no apt-get to install it: install it")
        self.tools.mkdir(parents=True, exist_ok=True)
        with FileLock(self.tools / "lock", timeout=_SECONDS):
            if found := self.folder():
                return found
            why = self._by_apt() if os.geteuid() == 0 else self._beside()
        if found := self.folder():
            return found
        raise Missing(f"{self._wanted} is not on this machine, and could not be installed: {why[-_LAST:].strip()}")

    @property
    def _wanted(self) -> str:
        return f"{self.name} {self.least} or later" if self.least else self.name

    def _found(self) -> Iterator[Path]:
        roots = [Path("/"), self.tools / "root"]
        folders = [each for root in roots for pattern in self.folders for each in sorted(root.glob(pattern))]
        if (on_path := shutil.which(self.program)) is not None:
            folders.append(Path(on_path).resolve().parent)
        there = [each for each in folders if (each / self.program).is_file() and _version(each) >= self.least]
        yield from sorted(there, key=_version, reverse=True)

    def _by_apt(self) -> str:
        _ran(["apt-get", "update", "-qq"])
        return _ran(["apt-get", "install", "-qq", "-y", "--no-install-recommends", self.name])

    def _beside(self) -> str:
        """Take apart below `.tools` what is missing here; return what was said."""
        apt, got = self.tools / "apt", self.tools / "got"
        for folder in (apt / "lists" / "partial", apt / "cache" / "archives" / "partial", got):
            folder.mkdir(parents=True, exist_ok=True)
        own = [f"-oDir::State::Lists={apt}/lists", f"-oDir::Cache={apt}/cache", f"-oAPT::Sandbox::User={_me()}"]
        said = _ran(["apt-get", *own, "-oDebug::NoLocking=1", "update", "-qq"])
        planned = _ran(["apt-get", *own, "-s", "install", "--no-install-recommends", self.name])
        names = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
        if not names:
            return f"{said}\n{planned}"
        said = _ran(["apt-get", *own, "download", *names], got)
        for archive in sorted(got.glob("*.deb")):
            said += _ran(["dpkg", "-x", str(archive), str(self.tools / "root")])
            archive.unlink()
        return said


_POSTGRES = ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin")
POSTGRES = Package("postgresql", "postgres", _POSTGRES, least=14)
PGBOUNCER = Package("pgbouncer", "pgbouncer")


def _version(folder: Path) -> int:
    """The version that a name in the path has; a great one where none has, since it is not known to be less."""
    named = [each.rpartition("@")[2] for each in folder.parts]
    return next((int(each) for each in reversed(named) if each.isdigit()), 1000)


def _me() -> str:
    return getpass.getuser()


def _ran(command: Sequence[str], cwd: Path | None = None) -> str:
    """Return what the program wrote; it has no input, and asks nothing."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd=cwd,
            timeout=_SECONDS,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout
