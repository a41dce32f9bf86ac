"""A desktop that stands in for a person's: its browser is a program that keeps what it was asked to open."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.patience import until

_BROWSER = """#!{python} -SE
import os, shutil, sys
from pathlib import Path
from urllib.parse import unquote

here = Path(__file__).parent
address = sys.argv[-1]
number = len(list(here.glob("*.address")))
copy = here / f"{{number}}.html"
shutil.copyfile(unquote(address).removeprefix("file://"), copy)
(here / "new").write_text("\\n".join(sys.argv[1:]))
(here / "new").rename(here / f"{{number}}.address")
"""


@dataclass(frozen=True)
class Desktop:
    """A folder with that program."""

    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        """The variables of a server that runs there."""
        browser = {"BROWSER": f"{self.folder}/browser %s"}
        return {**browser, "INTERRUPT_MCP_INBOX": "auto", "INTERRUPT_MCP_INBOX_PORT": "0"}

    @property
    def opened(self) -> list[str]:
        """The arguments with which the browser was started, each time."""
        return [path.read_text() for path in sorted(self.folder.glob("*.address"))]

    async def page(self, number: int = 0) -> Path:
        """A copy of the file that the browser was handed, once it was."""
        await until(lambda: len(self.opened) > number)
        return self.folder / f"{number}.html"


def desktop(folder: Path) -> Desktop:
    folder.mkdir()
    browser = folder / "browser"
    browser.write_text(_BROWSER.format(python=sys.executable))
    browser.chmod(0o755)
    return Desktop(folder)
