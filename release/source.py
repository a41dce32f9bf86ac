"""The source that is released: the commit's files, and in three of them what only a release knows.

README.md leads to the repository instead of to the files beside it, and the pyproject.toml of each package names the
repository and the list of what it was tried with. All is built of this; it does not know how.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from release.commit import Commit
from release.packages import ALL, Package
from release.place import Place
from release.readme import Readme
from release.refused import Refused

_TARGET = "[tool.hatch.build.targets.wheel]\n"
_SCRIPTS = "[project.scripts]\n"


@dataclass(frozen=True, slots=True)
class Release:
    """What is released, and where it is found by others."""

    commit: Commit
    version: str
    place: Place | None


def write(release: Release, sboms: Mapping[Package, str], folder: Path) -> None:
    """Write the source into a folder that is made, with the list of each package.

    Raises:
        Refused: README.md or pyproject.toml is not of the form that is known here.
    """
    rewritten = texts(release)
    release.commit.export(folder)
    lists = {package.folder + package.sbom: sbom for package, sbom in sboms.items()}
    for name, text in {**rewritten, **lists}.items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def texts(release: Release) -> dict[str, str]:
    """Return the files that differ from the commit's, by name.

    Raises:
        Refused: one is not of the form that is known here.
    """
    root = release.commit.root
    readme = Readme(release.place, release.version, release.commit.files)
    return {
        **{f"{each.folder}pyproject.toml": pyproject(release, each, each.project(root)) for each in ALL},
        "README.md": readme.for_an_index((root / "README.md").read_text("utf-8")),
    }


def pyproject(release: Release, package: Package, text: str) -> str:
    """Return pyproject.toml's text with the repository's addresses, and the list for the wheel."""
    for heading in (_TARGET, _SCRIPTS, "[project.urls]"):
        if text.count(heading) != (heading != "[project.urls]"):
            named = f"{_TARGET.strip()} and {_SCRIPTS.strip()}"
            raise Refused(f"{package.folder}pyproject.toml must have {named} once, and no [project.urls].")
    text = text.replace(_TARGET, f'{_TARGET}sbom-files = ["{package.sbom}"]\n')
    return text if release.place is None else text.replace(_SCRIPTS, f"{_urls(release, release.place)}\n{_SCRIPTS}")


def _urls(release: Release, place: Place) -> str:
    named = {
        "Repository": place.url,
        "Documentation": f"{place.url}/tree/v{release.version}/docs",
        "Changelog": place.page(release.version, "CHANGELOG.md"),
        "Issues": f"{place.url}/issues",
    }
    return "[project.urls]\n" + "".join(f'{name} = "{address}"\n' for name, address in named.items())
