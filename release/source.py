"""The source that is released: the commit's files, and in two of them what only a release knows.

README.md leads to the repository instead of to the files beside it, and pyproject.toml names the repository and the
list of what it was tried with. Both packages are built of this; it does not know how.
"""

from dataclasses import dataclass
from pathlib import Path

from release.commit import Commit
from release.place import Place
from release.readme import Readme
from release.refused import Refused

SBOM = "interrupt-mcp.cdx.json"
_TARGET = "[tool.hatch.build.targets.wheel]\n"
_SCRIPTS = "[project.scripts]\n"


@dataclass(frozen=True, slots=True)
class Release:
    """What is released, and where it is found by others."""

    commit: Commit
    version: str
    place: Place | None


def write(release: Release, sbom: str, folder: Path) -> None:
    """Write the source into a folder that is made.

    Raises:
        Refused: README.md or pyproject.toml is not of the form that is known here.
    """
    rewritten = texts(release)
    release.commit.export(folder)
    for name, text in {**rewritten, SBOM: sbom}.items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def texts(release: Release) -> dict[str, str]:
    """Return the two files that differ from the commit's, by name.

    Raises:
        Refused: one is not of the form that is known here.
    """
    root = release.commit.root
    readme = Readme(release.place, release.version, release.commit.files)
    return {
        "pyproject.toml": pyproject(release, (root / "pyproject.toml").read_text("utf-8")),
        "README.md": readme.for_an_index((root / "README.md").read_text("utf-8")),
    }


def pyproject(release: Release, text: str) -> str:
    """Return pyproject.toml's text with the repository's addresses, and the list for the wheel."""
    for heading in (_TARGET, _SCRIPTS, "[project.urls]"):
        if text.count(heading) != (heading != "[project.urls]"):
            raise Refused(
                f"pyproject.toml must have {_TARGET.strip()} and {_SCRIPTS.strip()} once, and no [project.urls]."
            )
    text = text.replace(_TARGET, f'{_TARGET}sbom-files = ["{SBOM}"]\n')
    return text if release.place is None else text.replace(_SCRIPTS, f"{_urls(release, release.place)}\n{_SCRIPTS}")


def _urls(release: Release, place: Place) -> str:
    named = {
        "Repository": place.url,
        "Documentation": f"{place.url}/tree/v{release.version}/docs",
        "Changelog": place.page(release.version, "CHANGELOG.md"),
        "Issues": f"{place.url}/issues",
    }
    return "[project.urls]\n" + "".join(f'{name} = "{address}"\n' for name, address in named.items())
