"""README.md as a package index shows it, where no file lies beside it: links and pictures lead to the repository.

Where no repository is known, a link becomes its words and a picture goes: nothing leads nowhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from release.place import Place
from release.refused import Refused

_PICTURE = r"!\[[^\[\]]*\]\([^()\s]+\)"
_CODE = r"`[^`\n]+`"
_LINK = re.compile(
    rf"(?P<code>{_CODE})|(?P<picture>!?)\[(?P<words>(?:{_PICTURE}|{_CODE}|[^\[\]])*)\]\((?P<target>[^()\s]+)\)"
)
_TAG = re.compile(
    r'<(?P<tag>img|source|a)\b(?P<before>[^>]*?\s)(?P<name>src|srcset|href)="(?P<target>[^"]+)"(?P<after>[^>]*)>'
)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#")
_BLOCK = re.compile(r"(^```.*?^```\s*?$)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Readme:
    """How links of the page are shown elsewhere."""

    place: Place | None
    version: str
    files: frozenset[str]
    """What the commit holds: whatever the page leads to must be there."""

    def for_an_index(self, text: str) -> str:
        """Return the text with no link to a file beside it, and with the name that the MCP registry looks for.

        Raises:
            Refused: a link leads to no file of the commit, or is written in a way that is not known here.
        """
        shown = "".join(part if code else self._shown(part) for code, part in _parts(text))
        if left := relative_links(shown):
            raise Refused(f"README.md has links that would lead nowhere on a package index: {', '.join(left)}")
        if self.place is None:
            return shown
        return f"{shown.rstrip()}\n\n<!-- mcp-name: {self.place.registry_name} -->\n"

    def _shown(self, text: str) -> str:
        return _TAG.sub(self._tag, _LINK.sub(self._link, text))

    def _link(self, found: "re.Match[str]") -> str:
        if found["code"]:
            return found[0]
        words = self._shown(found["words"])
        where = self._where(found["target"], picture=bool(found["picture"]))
        if where is None:
            return "" if found["picture"] else words
        return f"{found['picture']}[{words}]({where})"

    def _tag(self, found: "re.Match[str]") -> str:
        picture = found["tag"] != "a"
        where = self._where(found["target"], picture=picture)
        if where is None:
            return "" if picture else f"<a{found['before'].rstrip()}{found['after']}>"
        return f'<{found["tag"]}{found["before"]}{found["name"]}="{where}"{found["after"]}>'

    def _where(self, target: str, *, picture: bool) -> str | None:
        """The address of what the page leads to; `None` where there is none."""
        if _ELSEWHERE.match(target):
            return target
        path, _, part = target.partition("#")
        path = path.removeprefix("./").rstrip("/")
        if path not in self.files and not any(file.startswith(f"{path}/") for file in self.files):
            raise Refused(f"README.md leads to {target}, which is not in the commit.")
        if self.place is None:
            return None
        where = self.place.picture(self.version, path) if picture else self.place.page(self.version, path)
        return f"{where}#{part}" if part else where


def relative_links(text: str) -> list[str]:
    """Return what the page leads to beside itself, in whatever way it is written."""
    prose = "".join(part for code, part in _parts(text) if not code)
    prose = re.sub(_CODE, "", prose)
    targets = re.findall(r"\]\(([^()\s]*)", prose) + re.findall(r'\b(?:src|srcset|href)="([^"]*)"', prose)
    targets += re.findall(r"^\[[^\]]+\]: *(\S+)", prose, re.MULTILINE)
    return [target for target in targets if not _ELSEWHERE.match(target)]


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text in parts, each with whether it is a block of code, in which nothing is a link."""
    for number, part in enumerate(_BLOCK.split(text)):
        yield number % 2 == 1, part
