"""The packages hold the commit's files of kinds that belong there; the source names the repository, if any."""

import io
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from release.commit import Commit
from release.contents import check_sdist, check_wheel, files_of, installed_files
from release.packages import ALL, SERVER, WORKER, Package
from release.place import Place, place_of
from release.refused import Refused
from release.source import Release, pyproject
from tests.conformance.foreign import ROOT

FILES = frozenset(
    name
    for folder in ("server/interrupt_mcp", "agents/interrupt_mcp_agents")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and path.suffix != ".pyc" and path.suffix != ".db"
    for name in [path.relative_to(ROOT).as_posix()]
)
RELEASE = Release(Commit(ROOT, "0" * 40, 0, FILES), "1.2.3", None)
ABOUT = "interrupt_mcp-1.2.3.dist-info"
DESCRIBED = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE", f"sboms/{SERVER.sbom}")


def wheel_of(folder: Path, more: dict[str, bytes], without: str = "") -> Path:
    wheel = folder / "some.whl"
    with zipfile.ZipFile(wheel, "w") as files:
        for file in FILES:
            name = file.partition("/")[2]
            if name != without:
                files.writestr(name, more.pop(name, (ROOT / file).read_bytes()))
        for name, content in {**{f"{ABOUT}/{name}": b"" for name in DESCRIBED}, **more}.items():
            files.writestr(name, content)
    return wheel


def test_a_wheel_with_just_what_belongs_there_is_taken(tmp_path: Path) -> None:
    assert check_wheel(wheel_of(tmp_path, {}), RELEASE) == len(FILES) + len(DESCRIBED)


@pytest.mark.parametrize(
    "name",
    ["interrupt_mcp/state.db", "interrupt_mcp/.env", "interrupt_mcp/__pycache__/app.pyc", "tests/conftest.py", "x.pth"],
)
def test_a_wheel_with_anything_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match=f"files that do not belong there: {name}"):
        check_wheel(wheel_of(tmp_path, {name: b""}), RELEASE)


def test_a_wheel_that_lacks_a_file_or_has_another_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"lacks interrupt_mcp/py\.typed"):
        check_wheel(wheel_of(tmp_path, {}, without="interrupt_mcp/py.typed"), RELEASE)
    with pytest.raises(Refused, match=r"another server/interrupt_mcp/words\.py than the commit"):
        check_wheel(wheel_of(tmp_path, {"interrupt_mcp/words.py": b"evil()"}), RELEASE)


@pytest.mark.parametrize("name", ["state.db", ".env", "key.pem", "web/templates/page.html.orig", "tests/test_all.py"])
def test_a_commit_with_a_file_that_nobody_installs_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="no files to install"):
        installed_files({*FILES, f"server/interrupt_mcp/{name}"})


@pytest.mark.parametrize("ending", [".html", ".css", ".js", ".svg", ".sql", ".typed", "langgraph.json", ".toml"])
def test_a_commit_without_a_file_that_is_needed_is_refused(ending: str) -> None:
    with pytest.raises(Refused, match="which an installed package needs"):
        installed_files({file for file in FILES if not file.endswith(ending)})


def test_the_workers_wheel_is_taken_without_what_it_leaves_out_and_refused_with_it(tmp_path: Path) -> None:
    about = "interrupt_mcp_worker-1.2.3.dist-info"
    described = [f"{about}/{name.replace(SERVER.sbom, WORKER.sbom)}" for name in DESCRIBED]
    for left_out in "", "interrupt_mcp/mcp/server.py":
        wheel = tmp_path / "some.whl"
        with zipfile.ZipFile(wheel, "w") as files:
            for name, file in {**files_of(WORKER, RELEASE), **({left_out: "LICENSE"} if left_out else {})}.items():
                files.writestr(name, (ROOT / file).read_bytes())
            for name in described:
                files.writestr(name, b"")
        if left_out:
            with pytest.raises(Refused, match=f"files that do not belong there: {left_out}"):
                check_wheel(wheel, RELEASE, WORKER)
        else:
            check_wheel(wheel, RELEASE, WORKER)


def test_a_source_distribution_holds_the_commit(tmp_path: Path) -> None:
    for more, refused in ({}, ""), ({"state.db": b""}, "do not belong there: state.db"):
        sdist = tmp_path / "some.tar.gz"
        with tarfile.open(sdist, "w:gz") as files:
            for name in (*FILES, "PKG-INFO", *(each.folder + each.sbom for each in ALL), *more):
                files.addfile(tarfile.TarInfo(f"interrupt_mcp-1.2.3/{name}"), io.BytesIO())
        if refused:
            with pytest.raises(Refused, match=refused):
                check_sdist(sdist, RELEASE)
        else:
            check_sdist(sdist, RELEASE)


@pytest.mark.parametrize("package", ALL, ids=lambda package: package.name)
def test_the_project_names_a_repository_only_where_one_was_said(package: Package) -> None:
    text = package.project(ROOT)
    nowhere = tomllib.loads(pyproject(RELEASE, package, text))
    there = tomllib.loads(pyproject(Release(RELEASE.commit, "1.2.3", Place("some", "thing")), package, text))
    assert "urls" not in nowhere["project"]
    assert there["project"]["urls"]["Repository"] == "https://github.com/some/thing"
    assert there["project"]["urls"]["Changelog"].endswith("/blob/v1.2.3/CHANGELOG.md")
    for made in (nowhere, there):
        assert made["tool"]["hatch"]["build"]["targets"]["wheel"]["sbom-files"] == [package.sbom]
        assert list(made["project"]["scripts"]) == [package.name]


@pytest.mark.parametrize("said", ["owner", "https://github.com/owner/name", "owner/name/more", "-o/n", "o/n\n", 'o/"n'])
def test_what_is_no_repository_is_refused(said: str) -> None:
    with pytest.raises(Refused, match="it must be owner/name"):
        place_of(said)
