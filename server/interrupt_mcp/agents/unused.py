"""Unused: what a `langgraph.json` says that has no effect here, and what that means. It reads no file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from interrupt_mcp.agents.environment import Environment
from interrupt_mcp.agents.manifest import Manifest, is_directory

_USED = {"graphs", "dependencies", "env", "store", "python_version", "$schema"}
_USED_WITHIN = {
    "graphs.*": {"path", "url", "graph_id", "api_key_env", "description", "example"},
    "store": {"index", "ttl"},
    "store.index": {"embed", "dims", "fields", "distance_type"},
    "store.ttl": {"default_ttl", "refresh_on_read", "sweep_interval_minutes"},
}
_MEANINGS: Mapping[tuple[str, ...], str] = {
    (
        "auth",
    ): "its access rules do not hold here: whoever reaches this server can run every agent, and see and continue"
    " every thread of the project",
    ("encryption",): "what is kept is not encrypted by it; the database is a file for its user alone",
    ("http",): "none of its routes and middleware is served, and nothing that it turns off or hides is",
    ("checkpointer",): "state is kept in the database of interrupt-mcp, and for how long is said by"
    " INTERRUPT_MCP_KEEP_CHECKPOINTS and INTERRUPT_MCP_KEEP_THREADS",
    ("webhooks",): "nothing is sent anywhere when a run ends",
    ("ui", "ui_config"): "no components of the agents' own are shown",
    (
        *("_INTERNAL_docker_tag", "internal_docker_tag", "api_version", "base_image", "image_distro"),
        *("dockerfile_lines", "keep_pkg_tools", "node_version", "pip_config_file", "pip_installer", "source"),
    ): "no image is built and nothing is installed: what agents need has to be in the environment in which they run",
}
_MOST = 10
"""How many names one sentence has."""
_LONGEST = 100
"""Of a name, how many characters it has."""


@dataclass(frozen=True, slots=True)
class Unused:
    """Something in the file that has no effect."""

    keys: tuple[str, ...]
    """Where it stands: `auth`, `store.path`, `graphs.web`."""
    meaning: str
    """What that means, as the end of a sentence."""

    def __str__(self) -> str:
        are = "is" if len(self.keys) == 1 else "are"
        return f"{listed(f'`{key}`' for key in self.keys)} in langgraph.json {are} not used: {self.meaning}."


def unused(manifest: Manifest, environment: Environment | None) -> tuple[Unused, ...]:
    """Return what of the file has no effect where agents run in that environment; empty where all has.

    Without one, nothing is said of environments.
    """
    given = {key for key, value in manifest.content.items() if value}
    known = [
        Unused(tuple(key for key in keys if key in given), meaning)
        for keys, meaning in _MEANINGS.items()
        if not given.isdisjoint(keys)
    ]
    there = () if environment is None else unused_in(manifest, environment)
    return (*known, *there, *_foreign(manifest), *_unknown(manifest))


def unused_in(manifest: Manifest, environment: Environment) -> tuple[Unused, ...]:
    """Return what of that is so because of the environment."""
    return (*_python(manifest, environment), *_dependencies(manifest, environment))


def _python(manifest: Manifest, environment: Environment) -> Iterator[Unused]:
    wanted = manifest.content.get("python_version")
    if wanted and environment.python_version and ".".join(str(wanted).split(".")[:2]) != environment.python_version:
        whose = "the server's Python" if environment.packages is None else environment.python
        runs = f"agents run on {whose}, which is {environment.python_version} and not {_cut(str(wanted))}"
        yield Unused(("python_version",), runs)


def _dependencies(manifest: Manifest, environment: Environment) -> Iterator[Unused]:
    """Yield the packages that are not there. Those of which that cannot be told are left out."""
    named = manifest.content.get("dependencies")
    required = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    packages = (_package(each) for each in required if not is_directory(manifest.path.parent / each))
    if lacking := [each for each in packages if each and environment.version_of(each) is None]:
        meaning = f"nothing is installed by it, and the environment of {environment.python} lacks {listed(lacking)}"
        yield Unused(("dependencies",), meaning)


def _package(requirement: str) -> str | None:
    """Return the package's name; `None` for a path or an address, and where it is not needed everywhere."""
    found = re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*(?:[@<>=!~(].*)?$", requirement)
    return found[1] if found and not found[1].endswith((".whl", ".tar.gz", ".zip")) else None


def _foreign(manifest: Manifest) -> Iterator[Unused]:
    if foreign := tuple(f"graphs.{name}" for name, entry in manifest.entries.items() if entry.is_foreign):
        yield Unused(foreign, "only graphs written in Python run here, none in JavaScript or TypeScript")


def _unknown(manifest: Manifest) -> Iterator[Unused]:
    known = _USED.union(*_MEANINGS)
    graphs, store = manifest.content.get("graphs"), manifest.store
    keys = [key for key in manifest.content if key not in known]
    if isinstance(graphs, Mapping):
        keys += [each for name, graph in graphs.items() for each in _beyond(f"graphs.{name}", graph, "graphs.*")]
    keys += _beyond("store", store, "store")
    keys += [each for key in ("index", "ttl") for each in _beyond(f"store.{key}", store.get(key), f"store.{key}")]
    if keys:
        yield Unused(
            tuple(keys), "interrupt-mcp has no use for it" if len(keys) == 1 else "interrupt-mcp has none for them"
        )


def _beyond(place: str, table: object, kind: str) -> list[str]:
    """Return the keys of the table that are not used."""
    return [f"{place}.{key}" for key in table if key not in _USED_WITHIN[kind]] if isinstance(table, Mapping) else []


def listed(names: Iterable[str]) -> str:
    """Return the first of the names, cut where they are long, as a part of a sentence."""
    shown = [_cut(each) for each in names]
    more = [f"{len(shown) - _MOST} more"] if len(shown) > _MOST else []
    *first, last = [*shown[:_MOST], *more]
    return f"{', '.join(first)} and {last}" if first else last


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
