"""`python -m release`: makes everything that is released, in `dist/`, and checks it; one table says what.

REPOSITORY=owner/name   where the project is at GitHub; without it nothing is made that needs an address
TAG=v1.2.3              refuse what is not that version, whole and ready to be published
SERVER_SCHEMA=PATH      the MCP registry's own schema, to check server.json by it as well
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from release import badges, building, bundle, contents, packages, sbom, server_json, source, trying, version, workflows
from release.commit import commit_of
from release.environment import Environment
from release.place import Place, place_of
from release.readme import relative_links
from release.refused import Refused
from release.running import output
from release.source import Release
from release.table import Table

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"


def main() -> int:
    """Make and check everything; the exit code is 1 where nothing is released, and then `dist/` is empty."""
    shutil.rmtree(DIST, ignore_errors=True)
    table = Table()
    try:
        with tempfile.TemporaryDirectory(prefix="interrupt-mcp-release-") as scratch:
            made = Path(scratch).resolve() / "dist"
            made.mkdir()
            missing = _make(table, made.parent, made)
            shutil.copytree(made, DIST)
    except Refused as refused:
        print(f"\nNothing is released. {refused}", file=sys.stderr)
        return 1
    print(table)
    print(f"\nIt is in {DIST.name}/. " + (" ".join(missing) if missing else "It is ready to be published."))
    return 0


def _make(table: Table, scratch: Path, made: Path) -> list[str]:
    """Make all of it, and return why it cannot be published, a sentence each."""
    place = place_of(os.environ.get("REPOSITORY", ""))
    release = _release(table, place)
    missing = _missing(release)
    if (tag := os.environ.get("TAG")) and (missing or tag != f"v{release.version}"):
        raise Refused(" ".join(missing) or f"TAG is {tag}, but pyproject.toml says {release.version}.")
    table.add("workflows", workflows.check(ROOT))
    built, worker = _packages(table, release, scratch, made)
    user = Environment.made(scratch / "user")
    user.install(ROOT / "constraints.txt", built.wheel)
    agents = ROOT / "agents" / "interrupt_mcp_agents" / "langgraph.json"
    said = trying.use(user, release.version, agents, scratch / "home")
    table.add("installed from the wheel", f"demo, agents, {len(said.tools)} tools, nothing there before")
    tried = trying.use_worker(Environment.made(scratch / "agents"), release, worker.wheel, scratch / "worker-home")
    table.add("the worker, installed", tried)
    _bundle(table, release, built, said, scratch, made)
    (made / "badges.md").write_text(badges.badges(), "utf-8")
    table.add("badges.md", "true once the package is on an index")
    table.add("spawn to list of tools", trying.start_up(user, scratch / "start"))
    _sums(table, made)
    return missing


def _release(table: Table, place: Place | None) -> Release:
    commit = commit_of(ROOT)
    number = version.version_of(ROOT)
    version.check(number, (ROOT / "CHANGELOG.md").read_text("utf-8"))
    table.add("version", f"{number}, of commit {commit.short}, which the checkout is exactly")
    release = Release(commit, number, place)
    # What is wrong in the commit is told at once, and not after minutes.
    source.texts(release)
    contents.installed_files(commit.files)
    return release


def _missing(release: Release) -> list[str]:
    missing = []
    if release.place is None:
        missing.append(
            "It is not for publishing: it has no links, pictures, addresses and server.json, which need"
            " REPOSITORY=owner/name."
        )
    if not version.check(release.version, (ROOT / "CHANGELOG.md").read_text("utf-8")):
        missing.append(f"It is not for publishing: CHANGELOG.md does not begin with [{release.version}] and its date.")
    return missing


def _packages(table: Table, release: Release, scratch: Path, made: Path) -> list[building.Built]:
    """Both packages, each with a wheel, a source distribution, and a list of what they were tried with."""
    commit = release.commit
    lists = {
        package: sbom.of(package, release.version, commit, Environment.made(scratch / f"needed-{package.name}"))
        for package in packages.ALL
    }
    source.write(release, lists, scratch / "source")
    built = [_package(table, release, package, scratch, made) for package in packages.ALL]
    for package, materials in lists.items():
        listed = made / f"{package.filed}-{release.version}.cdx.json"
        listed.write_text(materials, "utf-8")
        table.add(listed.name, f"{sbom.count(materials)} components; in the wheel as {package.sbom}")
    links = "none, and no pictures" if release.place is None else f"to {release.place.url}"
    table.add("README.md on an index", f"renders; links to files: {links}")
    return built


def _package(table: Table, release: Release, package: packages.Package, scratch: Path, made: Path) -> building.Built:
    seconds, there = release.commit.seconds, scratch / "source"
    built = building.build(package, there, made, seconds)
    table.add(built.wheel.name, f"{contents.check_wheel(built.wheel, release, package)} files, those of the commit")
    table.add(built.sdist.name, f"{contents.check_sdist(built.sdist, release, package)} files, those of the commit")
    building.same_again(built, there, scratch / f"again-{package.name}", seconds)
    table.add(f"{package.name} built again", "the same bytes; the same wheel of the source distribution")
    output([sys.executable, "-m", "twine", "check", "--strict", built.wheel, built.sdist])
    assert not relative_links((there / package.folder / "README.md").read_text("utf-8"))
    return built


def _bundle(
    table: Table, release: Release, built: building.Built, said: trying.Introduction, scratch: Path, made: Path
) -> None:
    packed = bundle.pack(release, built.wheel, said.tools, scratch, made)
    command = bundle.unpack(packed, scratch / "unpacked-bundle")
    found = trying.introduction(*trying.with_uv(command, scratch / "desktop"))
    if found != said:
        raise Refused(f"The bundle serves {found}, but the wheel {said}.")
    table.add(packed.name, "valid, packed and unpacked by mcpb; serves the same tools, by uv")
    if release.place is None:
        table.add("server.json", "left out: needs REPOSITORY=owner/name")
        return
    schema = os.environ.get("SERVER_SCHEMA")
    entry = server_json.server_json(release.place, release.version, packed)
    server_json.check(entry, Path(schema) if schema else None)
    (made / "server.json").write_text(server_json.text(entry), "utf-8")
    table.add("server.json", f"{release.place.registry_name}; valid by {'the' if schema else 'our'} schema")


def _sums(table: Table, made: Path) -> None:
    """The digests of all files, as `sha256sum --check` reads them."""
    files = sorted(path for path in made.iterdir())
    lines = [f"{building.digest(path)}  {path.name}\n" for path in files]
    (made / "SHA256SUMS").write_text("".join(lines), "utf-8")
    table.add("SHA256SUMS", f"of {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")


sys.exit(main())
