"""The manifest: what `langgraph.json` says, as plain values. It imports nobody's code and knows no LangGraph."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interrupt_mcp.errors import ConfigError
from interrupt_mcp.model import JsonObject
from interrupt_mcp.remote.place import Place, fault_of

_FOREIGN = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")


@dataclass(frozen=True, slots=True)
class Entry:
    """One agent as the file names it."""

    name: str
    target: str
    """`./path.py:attribute` or `module:attribute`; empty where it runs elsewhere."""
    description: str = ""
    example: JsonObject | None = None
    """Arguments for `start_run`, where the file has some."""
    graph: str = ""
    """The graph's name in the file, which is the agent's own unless the graph is offered under another one."""
    context: JsonObject = field(default_factory=dict)
    """What each run of it has in its context."""
    place: Place | None = None
    """The Agent Server where it runs, and not here."""

    @property
    def location(self) -> str:
        """The file or module."""
        return self.target.rpartition(":")[0].strip()

    @property
    def is_foreign(self) -> bool:
        """Whether it is written in another language than Python."""
        return self.location.lower().endswith(_FOREIGN)

    @property
    def attribute(self) -> str:
        """The name in that file or module."""
        return self.target.rpartition(":")[2].strip()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole file."""

    path: Path
    entries: Mapping[str, Entry]
    """The agents, by name."""
    directories: tuple[Path, ...]
    """Those that are to be importable: the file's own, and those of its dependencies. Others are for pip."""
    env: Path | Mapping[str, str]
    """Variables, or the file that has them."""
    store: Mapping[str, object]
    """How LangGraph's store is to be: `index` and `ttl`, in LangGraph's own words."""
    content: JsonObject
    """All that the file says."""

    @property
    def agent_folders(self) -> tuple[Path, ...]:
        """The folders of agents' files that are not among the directories, in the order of the file."""
        files = [each.location for each in self.entries.values() if is_file(each.location)]
        folders = dict.fromkeys((self.path.parent / each).parent.resolve() for each in files)
        return tuple(each for each in folders if each not in self.directories)


def is_file(location: str) -> bool:
    """Whether it is the path of a file, and not the dotted name of a module."""
    return location.endswith(".py") or "/" in location or "\\" in location


def read_manifest(path: Path) -> Manifest:
    """Read the file anew.

    Raises:
        ConfigError: it is missing or not as it should be.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"There is no {path}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path} cannot be read as JSON: {error}") from error
    graphs = content.get("graphs") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(graphs, dict):
        raise ConfigError(f'{path} names no agents; it must be like {{"graphs": {{"name": "./path.py:attribute"}}}}')
    entries = {name: _entry(path, name, value) for name, value in graphs.items()}
    return Manifest(path, entries, _directories(path, content), _env(path, content), _store(path, content), content)


def _entry(path: Path, name: str, value: object) -> Entry:
    said = value if isinstance(value, dict) else {"path": value}
    target, description, example = said.get("path"), said.get("description") or "", said.get("example")
    place = _place(path, name, said) if "url" in said else None
    if place is not None:
        target = ""
    elif not isinstance(target, str) or not re.fullmatch(r"\s*\S.*:\s*[\w$]+\s*", target):
        allowed = '"./path.py:attribute" or "module:attribute"'
        raise ConfigError(f"`graphs.{name}` in {path} is {value!r}; it must be {allowed}")
    if not isinstance(description, str):
        raise ConfigError(f"`graphs.{name}.description` in {path} is {description!r}; it must be text")
    if example is not None and not isinstance(example, dict):
        raise ConfigError(f"`graphs.{name}.example` in {path} is {example!r}; it must be arguments for start_run")
    return Entry(name, target.strip(), description, example, graph=name, place=place)


def _place(path: Path, name: str, said: Mapping[str, object]) -> Place:
    """Return where the agent runs that is not run here."""
    url, graph_id, key = said["url"], said.get("graph_id", name), said.get("api_key_env") or ""
    if "path" in said:
        raise ConfigError(f"`graphs.{name}` in {path} has a `path` and a `url`; it must have one of them")
    if fault := fault_of(url):
        # It may have a password in it.
        raise ConfigError(f"`graphs.{name}.url` in {path} {fault}")
    if not isinstance(graph_id, str) or not graph_id.strip():
        raise ConfigError(f"`graphs.{name}.graph_id` in {path} is {graph_id!r}; it must be the graph's name there")
    if not isinstance(key, str) or (key and not re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII)):
        # Whoever writes the key itself there does not find it in a message.
        raise ConfigError(f"`graphs.{name}.api_key_env` in {path} must be the name of a variable, which has the key")
    return Place(str(url).rstrip("/"), graph_id.strip(), key)


def _directories(path: Path, content: Mapping[str, object]) -> tuple[Path, ...]:
    dependencies = content.get("dependencies") or []
    if not isinstance(dependencies, list) or not all(isinstance(each, str) for each in dependencies):
        raise ConfigError(f"`dependencies` in {path} is {dependencies!r}; it must be a list of texts")
    root = path.parent
    # LangGraph's own server takes any that is a directory, with or without a dot before it.
    local = [root / each for each in dependencies if each.startswith(".") or is_directory(root / each)]
    return tuple(dict.fromkeys(each.resolve() for folder in (root, *local) for each in _sources_of(folder)))


def _sources_of(folder: Path) -> list[Path]:
    """Return what installing the folder would make importable: itself, and its `src` where it keeps packages there."""
    packed = any((folder / name).is_file() for name in ("pyproject.toml", "setup.py", "setup.cfg"))
    source = folder / "src"
    return [folder, source] if packed and is_directory(source) and not (source / "__init__.py").exists() else [folder]


def is_directory(path: Path) -> bool:
    """Whether it is one; what cannot be a path is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _store(path: Path, content: Mapping[str, object]) -> Mapping[str, object]:
    store = content.get("store") or {}
    if not isinstance(store, dict) or not all(isinstance(store.get(key) or {}, dict) for key in ("index", "ttl")):
        raise ConfigError(f"`store` in {path} is {store!r}; it must be a table with `index` and `ttl`")
    if index := store.get("index"):
        _check_index(path, index)
    return store


def _check_index(path: Path, index: Mapping[str, object]) -> None:
    embed, dims, fields = index.get("embed"), index.get("dims"), index.get("fields")
    if not isinstance(embed, str) or not re.fullmatch(r"\s*\S.*:\s*\S.*", embed):
        allowed = '"./path.py:function" or "provider:model"'
        raise ConfigError(f"`store.index.embed` in {path} is {embed!r}; it must be {allowed}")
    if dims is not None and (not isinstance(dims, int) or dims < 1):
        raise ConfigError(f"`store.index.dims` in {path} is {dims!r}; it must be how many numbers a vector has")
    if fields is not None and not (isinstance(fields, list) and all(isinstance(each, str) for each in fields)):
        raise ConfigError(f"`store.index.fields` in {path} is {fields!r}; it must be a list of texts")


def _env(path: Path, content: Mapping[str, object]) -> Path | Mapping[str, str]:
    env = content.get("env") or {}
    if isinstance(env, str):
        return path.parent / env
    if not isinstance(env, dict) or not all(isinstance(value, str | int | float) for value in env.values()):
        raise ConfigError(f"`env` in {path} must be the path of a file, or a table of variables and their texts")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in env.items()}
