"""The version, which stands in `pyproject.toml` and nowhere else, and whether CHANGELOG.md goes with it."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from packaging.version import InvalidVersion, Version

from release.refused import Refused

_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
_RELEASED = re.compile(r"\[(?P<version>[^\]]+)\] - (?P<day>\d{4}-\d{2}-\d{2})")
_UNRELEASED = "[Unreleased]"


def version_of(root: Path) -> str:
    """Return the version of the project in that folder."""
    version: str = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return version


@dataclass(frozen=True, slots=True)
class Changelog:
    """The versions that CHANGELOG.md tells of, newest first, and what is not released yet."""

    released: tuple[str, ...]
    unreleased: str
    """What stands under its heading; nothing where there is no such heading."""

    def tells_of(self, version: str) -> bool:
        """Return whether that version is the newest that is told of, and nothing came after it."""
        return self.released[:1] == (version,) and not self.unreleased

    @classmethod
    def read(cls, text: str) -> "Changelog":
        """Return what the text says.

        Raises:
            Refused: a heading is neither `[Unreleased]`, which comes first, nor `[VERSION] - DATE`, newest first.
        """
        headings = list(_HEADING.finditer(text))
        titles = [heading[1].strip() for heading in headings]
        unreleased = ""
        if titles[:1] == [_UNRELEASED]:
            end = headings[1].start() if len(headings) > 1 else len(text)
            unreleased = text[headings[0].end() : end].strip()
            titles = titles[1:]
        versions = [_version(title) for title in titles]
        if versions != sorted(set(versions), reverse=True):
            raise Refused("CHANGELOG.md has a version twice, or not the newest first.")
        return cls(tuple(str(version) for version in versions), unreleased)


def _version(title: str) -> Version:
    found = _RELEASED.fullmatch(title)
    try:
        if found is not None:
            date.fromisoformat(found["day"])
            return Version(found["version"])
    except (InvalidVersion, ValueError):
        pass
    raise Refused(f"CHANGELOG.md has the heading {title!r}; it must be [Unreleased], first, or [VERSION] - YYYY-MM-DD.")


def check(version: str, text: str) -> bool:
    """Return whether CHANGELOG.md's text tells of this version as released.

    Raises:
        Refused: it tells of a newer one, or is not of the form that it should be.
    """
    changelog = Changelog.read(text)
    if changelog.released and Version(changelog.released[0]) > Version(version):
        raise Refused(
            f"CHANGELOG.md tells of {changelog.released[0]}, but pyproject.toml says {version}. One of them is wrong."
        )
    return changelog.tells_of(version)
