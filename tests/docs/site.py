"""The documentation as a site, built from `mkdocs.yml`. Beside each page is its Markdown, which `llms.txt` names."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SITE = ROOT / "site"


def with_zensical(folder: Path = ROOT) -> Path:
    """Build the site of the project in the folder as it is published, and return where it is.

    Raises:
        CalledProcessError: a link leads nowhere, or a page is not reached; what was wrong is on stdout.
    """
    subprocess.run([_program("zensical"), "build", "--clean", "--strict"], cwd=folder, check=True)
    _add_sources(folder / "docs", folder / "site")
    return folder / "site"


def with_mkdocs(target: Path) -> Path:
    """Build the same with MkDocs into a folder, and return it.

    Raises:
        CalledProcessError: as `with_zensical` does.
    """
    subprocess.run(
        [_program("mkdocs"), "build", "--strict", "--quiet", "--site-dir", str(target)], cwd=ROOT, check=True
    )
    return target


def _add_sources(docs: Path, site: Path) -> None:
    for page in docs.rglob("*.md"):
        shutil.copyfile(page, site / page.relative_to(docs))


def _program(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found is not None, f"{name} is not installed beside this Python"
    return found
