"""Wheel and source distribution of a package, built of one source, twice, and the wheel once more of the other."""

import hashlib
import tarfile
from dataclasses import dataclass
from pathlib import Path

from release.environment import Environment
from release.packages import Package
from release.refused import Refused
from release.running import output, surroundings


@dataclass(frozen=True, slots=True)
class Built:
    """What was built of a package."""

    package: Package
    wheel: Path
    sdist: Path


def build(package: Package, source: Path, into: Path, seconds: int) -> Built:
    """Build both of the source, each file in them made at that time since 1970."""
    _build(source / package.folder, into, seconds, "--wheel", "--sdist")
    return Built(package, _wheel(package, into), _only(into, f"{package.filed}-*.tar.gz"))


def same_again(built: Built, source: Path, scratch: Path, seconds: int) -> None:
    """See that another build, of another folder, gives the same bytes, and the source distribution the same wheel.

    Raises:
        Refused: it does not.
    """
    scratch.mkdir()
    again = scratch / "again"
    source.rename(again)
    second = build(built.package, again, scratch / "second", seconds)
    again.rename(source)
    unpacked = scratch / "unpacked"
    with tarfile.open(built.sdist) as files:
        files.extractall(unpacked, filter="data")
    _build(next(unpacked.iterdir()), scratch / "third", seconds, "--wheel")
    pairs = [
        (built.wheel, second.wheel, "A second build gives another wheel"),
        (built.sdist, second.sdist, "A second build gives another source distribution"),
        (built.wheel, _wheel(built.package, scratch / "third"), "The source distribution builds another wheel"),
    ]
    for first, other, sentence in pairs:
        if first.name != other.name or digest(first) != digest(other):
            raise Refused(f"{sentence}: {first} and {other} differ.")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _build(source: Path, into: Path, seconds: int, *kinds: str) -> None:
    """Each kind of the source itself, by the builder that is installed here, so that nothing is downloaded."""
    python = Environment.current().python
    command: list[str | Path] = [python, "-m", "build", "--no-isolation", "--outdir", into, *kinds, source]
    output(command, environ=surroundings(SOURCE_DATE_EPOCH=str(seconds)))


def _wheel(package: Package, folder: Path) -> Path:
    return _only(folder, f"{package.filed}-*.whl")


def _only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found
