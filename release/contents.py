"""What is in the packages: exactly what the commit has, of kinds that belong there. It does not build them."""

import re
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from interrupt_mcp.cli.init import FILES
from release.packages import ALL, SERVER, Package, for_worker, left_out
from release.refused import Refused
from release.source import Release

PACKAGES = {"server/interrupt_mcp/": "interrupt_mcp/", "agents/interrupt_mcp_agents/": "interrupt_mcp_agents/"}
"""Where a package lies in the commit, and where in the wheel."""
KINDS = frozenset({".py", ".typed", ".sql", ".html", ".css", ".js", ".svg", ".json", ".toml"})
"""Endings of files that may be installed. One more kind is one more ending here."""
TEMPLATES = frozenset(f"interrupt_mcp/cli/first_agent/{template}" for template in FILES.values())
"""What `init` writes, of whatever kind."""
TESTS = re.compile(r"(^|/)[._]?test(?!ing/)")
"""What is a test, by its name; `interrupt_mcp.testing` is for tests of others."""
NEEDED = (
    "interrupt_mcp/py.typed",
    r"interrupt_mcp/store/sqlite/\w+\.sql",
    r"interrupt_mcp/web/templates/\w+\.html",
    r"interrupt_mcp/web/static/\w+\.css",
    r"interrupt_mcp/web/static/\w+\.js",
    r"interrupt_mcp/web/static/\w+\.svg",
    r"interrupt_mcp_agents/langgraph\.json",
    r"interrupt_mcp_agents/interrupt-mcp\.toml",
)
"""What an installed package cannot do without, besides its modules, as regular expressions."""


def installed_files(files: Iterable[str]) -> set[str]:
    """Return which of a commit's files are installed, as the wheel names them.

    Raises:
        Refused: one is of a kind that is not installed, or one is missing that is needed.
    """
    found = {
        there + file.removeprefix(here) for file in files for here, there in PACKAGES.items() if file.startswith(here)
    }
    strange = sorted(
        file for file in found - TEMPLATES if Path(file).suffix not in KINDS or TESTS.search(file) is not None
    )
    if strange:
        raise Refused(f"These are no files to install: {', '.join(strange)}. If one is, say its kind in {__name__}.")
    missing = [needed for needed in NEEDED if not any(re.fullmatch(needed, file) for file in found)]
    missing += sorted(TEMPLATES - found)
    if missing:
        raise Refused(f"The commit has no file such as {', '.join(missing)}, which an installed package needs.")
    return found


def files_of(package: Package, release: Release) -> dict[str, str]:
    """Return what a package has, as its wheel names it, and where that lies in the commit.

    Raises:
        Refused: as `installed_files` does.
    """
    installed_files(release.commit.files)
    places = list(PACKAGES.items()) if package is SERVER else list(PACKAGES.items())[:1]
    without = () if package is SERVER else left_out(release.commit.root)
    return {
        there + file.removeprefix(here): file
        for file in release.commit.files
        for here, there in places
        if file.startswith(here) and for_worker(file.removeprefix(here), without)
    }


def check_wheel(wheel: Path, release: Release, package: Package = SERVER) -> int:
    """Return how many files the wheel has.

    Raises:
        Refused: they are not the commit's, byte for byte, and the description of the package.
    """
    about = f"{package.filed}-{release.version}.dist-info"
    described = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE", f"sboms/{package.sbom}")
    taken = files_of(package, release)
    wanted = {*taken, *(f"{about}/{name}" for name in described)}
    with zipfile.ZipFile(wheel) as files:
        _same(wheel, set(files.namelist()), wanted, len(files.namelist()))
        for name, file in taken.items():
            if files.read(name) != (release.commit.root / file).read_bytes():
                raise Refused(f"{wheel.name} has another {file} than the commit.")
    return len(wanted)


def check_sdist(sdist: Path, release: Release, package: Package = SERVER) -> int:
    """Return how many files the source distribution has.

    Raises:
        Refused: they are not the commit's and what the release adds.
    """
    with tarfile.open(sdist) as files:
        names = [member.name.partition("/")[2] for member in files.getmembers() if member.isfile()]
    if package is SERVER:
        wanted = {*release.commit.files, "PKG-INFO", *(each.folder + each.sbom for each in ALL)}
    else:
        own = {file.removeprefix(package.folder) for file in release.commit.files if file.startswith(package.folder)}
        # The builder adds the file by which it knows what is not to come along.
        wanted = {*own, *files_of(package, release).values(), "PKG-INFO", package.sbom, ".gitignore"}
    _same(sdist, set(names), wanted, len(names))
    return len(wanted)


def _same(package: Path, found: set[str], wanted: set[str], count: int) -> None:
    if too_many := sorted(found - wanted):
        raise Refused(f"{package.name} has files that do not belong there: {', '.join(too_many)}")
    if missing := sorted(wanted - found):
        raise Refused(f"{package.name} lacks {', '.join(missing)}")
    if count != len(wanted):
        raise Refused(f"{package.name} has a file twice.")
