"""The bill of materials: what the package needs, in the versions with which it is tested, as CycloneDX.

It is of an environment that was just made, so it says what is on this platform. The package itself allows ranges.
"""

import json
import tomllib

from release.commit import Commit
from release.environment import Environment
from release.packages import Package
from release.running import output, surroundings


def of(package: Package, version: str, commit: Commit, environment: Environment) -> str:
    """Install what the package needs into the empty environment, and return the list as JSON, the same each time."""
    root = commit.root
    needed = tomllib.loads(package.project(root))["project"]["dependencies"]
    described = root / package.folder / "pyproject.toml"
    environment.install(root / "constraints.txt", *needed)
    tool = Environment.current().program("cyclonedx-py")
    made = output(
        [tool, "environment", "--output-reproducible", "--pyproject", described, environment.python],
        environ=surroundings(SOURCE_DATE_EPOCH=str(commit.seconds)),
    )
    materials = json.loads(made)
    materials["metadata"]["component"]["version"] = version
    return json.dumps(_without_places(materials), indent=2, sort_keys=True) + "\n"


def count(materials: str) -> int:
    """Return how many components the list has, besides the package itself."""
    return len(json.loads(materials)["components"])


def _without_places(found: object) -> object:
    """The same without references to where a file was downloaded from: an index here need not be one elsewhere."""
    if isinstance(found, dict):
        return {name: _without_places(value) for name, value in found.items() if name != "externalReferences"}
    return [_without_places(value) for value in found] if isinstance(found, list) else found
