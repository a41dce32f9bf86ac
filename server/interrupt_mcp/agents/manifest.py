"""The manifest: what `langgraph.json` says, as plain values. It imports nobody's code and knows no LangGraph."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interrupt_mcp.errors import ConfigError
from interrupt_mcp.model import JsonObject


@dataclass(frozen=True, slots=True)
class Entry:
    """One agent as the file names it."""

    name: str
    target: str
    """`./path.py:attribute` or `module:attribute`."""
    description: str = ""
    example: JsonObject | None = None
    """Arguments for `start_run`, where the file has some."""
    graph: str = ""
    """The graph's name in the file, which is the agent's own unless the graph is offered under another one."""
    context: JsonObject = field(default_factory=dict)
    """What each run of it has in its context."""

    @property
    def location(self) -> str:
        """The file or module."""
        return self.target.rpartition(":")[0].strip()

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
    """Those of its dependencies that are to be importable; the others are for pip."""
    env: Path | Mapping[str, str]
    """Variables, or the file that has them."""
    store: Mapping[str, object]
    """How LangGraph's store is to be: `index` and `ttl`, in LangGraph's own words."""


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
    if not isinstance(graphs, dict):
        raise ConfigError(f'{path} names no agents; it must be like {{"graphs": {{"name": "./path.py:attribute"}}}}')
    entries = {name: _entry(path, name, value) for name, value in graphs.items()}
    return Manifest(path, entries, _directories(path, content), _env(path, content), _store(path, content))


def _entry(path: Path, name: str, value: object) -> Entry:
    said = value if isinstance(value, dict) else {"path": value}
    target, description, example = said.get("path"), said.get("description") or "", said.get("example")
    if not isinstance(target, str) or not re.fullmatch(r"\s*\S.*:\s*\w+\s*", target):
        allowed = '"./path.py:attribute" or "module:attribute"'
        raise ConfigError(f"`graphs.{name}` in {path} is {value!r}; it must be {allowed}")
    if not isinstance(description, str):
        raise ConfigError(f"`graphs.{name}.description` in {path} is {description!r}; it must be text")
    if example is not None and not isinstance(example, dict):
        raise ConfigError(f"`graphs.{name}.example` in {path} is {example!r}; it must be arguments for start_run")
    return Entry(name, target.strip(), description, example, graph=name)


def _directories(path: Path, content: Mapping[str, object]) -> tuple[Path, ...]:
    dependencies = content.get("dependencies", ["."])
    if not isinstance(dependencies, list) or not all(isinstance(each, str) for each in dependencies):
        raise ConfigError(f"`dependencies` in {path} is {dependencies!r}; it must be a list of texts")
    return tuple((path.parent / each).resolve() for each in dependencies if each.startswith("."))


def _store(path: Path, content: Mapping[str, object]) -> Mapping[str, object]:
    store = content.get("store") or {}
    if not isinstance(store, dict) or not all(isinstance(store.get(key, {}), dict) for key in ("index", "ttl")):
        raise ConfigError(f"`store` in {path} is {store!r}; it must be a table with `index` and `ttl`")
    return store


def _env(path: Path, content: Mapping[str, object]) -> Path | Mapping[str, str]:
    env = content.get("env") or {}
    if isinstance(env, str):
        return path.parent / env
    if not isinstance(env, dict) or not all(isinstance(value, str | int | float) for value in env.values()):
        raise ConfigError(f"`env` in {path} must be the path of a file, or a table of variables and their texts")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in env.items()}
