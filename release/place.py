"""Where the project is found by others: a repository at GitHub. There is none until `REPOSITORY=owner/name` says it."""

import re
from dataclasses import dataclass

from release.refused import Refused

_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?"
_NAME = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"


@dataclass(frozen=True, slots=True)
class Place:
    """A repository, by its owner and name."""

    owner: str
    name: str

    @property
    def url(self) -> str:
        return f"https://github.com/{self.owner}/{self.name}"

    @property
    def registry_name(self) -> str:
        """What the MCP registry calls the server: under the owner's name, to whom GitHub vouches."""
        return f"io.github.{self.owner}/interrupt-mcp"

    def page(self, version: str, path: str) -> str:
        """Return where a file of that version is shown."""
        return f"{self.url}/blob/v{version}/{path}"

    def picture(self, version: str, path: str) -> str:
        """Return where a file of that version is to be had as it is."""
        return f"https://raw.githubusercontent.com/{self.owner}/{self.name}/v{version}/{path}"


def place_of(said: str) -> Place | None:
    """Return the place that was said, `None` for nothing.

    Raises:
        Refused: it is not of the form owner/name.
    """
    if not said:
        return None
    found = re.fullmatch(rf"({_OWNER})/({_NAME})", said)
    if found is None:
        raise Refused(f"REPOSITORY is {said!r}; it must be owner/name, as in the address of the repository at GitHub.")
    return Place(found[1], found[2])
