"""The settings: what a person chose, from arguments, variables and `interrupt-mcp.toml`, checked once at the start.

It reads one small file and nothing else. It does not know what `langgraph.json` says, nor whether it is there.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from interrupt_mcp import private
from interrupt_mcp.config.policy import APPROVERS, ApproverName, Policy, read_policy
from interrupt_mcp.config.values import PREFIX, Given, Sources, count, positive, switch
from interrupt_mcp.errors import ConfigError

SETTINGS_FILE = "interrupt-mcp.toml"
_KEYS = (
    *("project", "database", "run_timeout", "max_runs", "keep_checkpoints", "keep_threads"),
    *("model", "approver", "elicitation", "secret"),
)
_TABLES = ("policy", "agents")
_OTHER_VARIABLES = ("config", "log", "hotel_ledger")
"""Of the command line and of a bundled agent."""
_ALMOST = 0.75
"""How alike two names are, of 1, of which one may be the other mistyped."""
_SQLITE = "sqlite:///"
_SECRET_BYTES = 32
"""The fewest that the MCP library takes for sealing request state."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen. Paths are absolute."""

    config_path: Path
    project: str
    database_path: Path
    config_found: bool = field(default=False, compare=False)
    """Whether the file was found in the working directory, where nobody named one."""
    run_timeout: float | None = None
    max_runs: int = 2000
    """How many runs one process drives at once; what goes on beyond that waits, and nothing more is started."""
    keep_checkpoints: int = 10
    """Of how many of a thread's last runs the checkpoints are kept; 0 keeps all."""
    keep_threads: float | None = None
    """Days after which a thread is deleted on which nothing is open and nothing happened; none deletes none."""
    model: str = "offline"
    approver: ApproverName = "auto"
    approver_varies: bool = False
    """Whether a variable says the approver, so that the file does not."""
    elicitation: bool = True
    secret: str | None = field(default=None, repr=False)
    """As it was given: one, or a list by commas."""
    policy: Policy = field(default_factory=Policy)
    """As the file has it."""

    @property
    def rules(self) -> Policy:
        """The policy that holds: its approver for all is the one above."""
        return _approved(self.policy, self.approver)

    @property
    def policy_file(self) -> Path:
        return self.config_path.parent / SETTINGS_FILE

    @property
    def secrets(self) -> tuple[str, ...]:
        """The first seals, and each of them opens what it sealed before."""
        return () if self.secret is None else _ring(self.secret)


def read_settings(
    environ: Mapping[str, str], *, config: str | None = None, database: str | None = None, cwd: Path
) -> Settings:
    """The settings as they stand; a bad value raises `ConfigError` with its name and what is allowed."""
    _check_variables(environ)
    cwd = Path(os.path.abspath(cwd))
    named = Sources({"config": config}, environ, cwd, cwd, {}).get("config")
    config_path = _config_path(named, cwd)
    file = config_path.parent / SETTINGS_FILE
    found = named is None and config_path.parent == cwd
    _check_owner(config_path, file, found=found)
    sources = Sources({"database": database}, environ, cwd, file, _read_file(file))
    project = _project(sources.table, file, config_path)
    policy = _policy(sources.table, file)
    return Settings(
        config_path=config_path,
        config_found=found,
        project=project,
        database_path=_database_path(sources.get("database"), project),
        run_timeout=positive(sources.get("run_timeout"), "seconds"),
        max_runs=count(sources.get("max_runs"), 2000, 1),
        keep_checkpoints=count(sources.get("keep_checkpoints"), 10),
        keep_threads=positive(sources.get("keep_threads"), "days"),
        model=given.text() if (given := sources.get("model")) else "offline",
        approver=_approver(sources, policy),
        approver_varies=sources.varies("approver"),
        elicitation=switch(sources.get("elicitation")),
        secret=_secret(sources.get("secret")),
        policy=policy,
    )


def policy_again(settings: Settings) -> Policy:
    """The policy that the file says by now, with the approver for all; what a variable said at the start holds.

    Raises:
        ConfigError: a name or a value in the file is none.
    """
    file = settings.policy_file
    sources = Sources({}, {}, file.parent, file, _read_file(file))
    policy = _policy(sources.table, file)
    return _approved(policy, settings.approver if settings.approver_varies else _approver(sources, policy))


def _policy(table: Mapping[str, object], file: Path) -> Policy:
    return read_policy(table.get("policy", {}), table.get("agents", {}), str(file))


def _approved(policy: Policy, approver: ApproverName) -> Policy:
    return replace(policy, rule=replace(policy.rule, approver=approver))


def _check_variables(environ: Mapping[str, str]) -> None:
    """A name that is mistyped would leave a default in its place, `approver` among them. Other names may be agents'.

    Raises:
        ConfigError: a variable's name is almost one of ours.
    """
    known = [*_OTHER_VARIABLES, *_KEYS]
    for name in environ:
        key = name.removeprefix(PREFIX).lower()
        if not name.startswith(PREFIX) or (key in known and key != "project"):
            continue
        if key == "project":
            raise ConfigError(f"The variable {name} is not a setting; write project = ... in {SETTINGS_FILE}")
        # Imported for those alone who need it: a client waits for the start.
        from difflib import get_close_matches

        if meant := get_close_matches(key, known, 1, _ALMOST):
            raise ConfigError(f"The variable {name} is not a setting; {PREFIX}{meant[0].upper()} is")


def _config_path(given: Given | None, cwd: Path) -> Path:
    if given is not None:
        return Path(os.path.abspath(cwd / os.path.expanduser(given.text())))
    if (cwd / "langgraph.json").is_file():
        return cwd / "langgraph.json"
    # The package is found, not imported: importing an agent would load LangGraph.
    bundled = find_spec("interrupt_mcp_agents")
    if bundled is None or bundled.origin is None:
        raise ConfigError(f"There is no langgraph.json in {cwd}, and the bundled agents are not installed")
    return Path(bundled.origin).parent / "langgraph.json"


def _check_owner(config_path: Path, file: Path, *, found: bool) -> None:
    """Files that say what code runs, and who decides, are not taken from another user, unless they were named.

    Raises:
        ConfigError: another user could have put them there, or could change them.
    """
    if found:
        other = private.changeable(config_path) or private.changeable(file)
    else:
        other = file if private.planted(file, config_path) else None
    if other is not None:
        raise ConfigError(
            f"{config_path} and {file.name} are not read: another user could change {other}, and so have anything"
            " run as you. If that is right, name the langgraph.json with --config or INTERRUPT_MCP_CONFIG"
        )


def _read_file(file: Path) -> Mapping[str, object]:
    # A link that leads nowhere, or a folder in its place, is a policy that is missing, not one that says nothing.
    if not os.path.lexists(file):
        return {}
    import tomllib

    try:
        if file.exists() and not file.is_file():
            raise ConfigError(f"{file} is no file")
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    for key in table:
        if key not in _KEYS + _TABLES:
            raise ConfigError(f"`{key}` in {file} is not a setting; allowed are {', '.join(_KEYS + _TABLES)}")
    return table


def _project(table: Mapping[str, object], file: Path, config_path: Path) -> str:
    if "project" not in table:
        real = config_path.resolve()
        slug = re.sub(r"[^A-Za-z0-9._-]+", "-", real.parent.name).strip(".-") or "project"
        return f"{slug[:48]}-{hashlib.sha256(str(real).encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    name = table["project"]
    # It becomes a directory's name, and `..` is one already.
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name) or not name.strip("."):
        allowed = "1 to 64 letters, digits, dots, hyphens or underscores, and not dots alone"
        raise Given(f"`project` in {file}", name, file.parent).wrong(allowed)
    return name


def _database_path(given: Given | None, project: str) -> Path:
    if given is None:
        from platformdirs import user_data_path

        return user_data_path("interrupt-mcp", appauthor=False) / project / "state.db"
    url = given.text()
    path = url.removeprefix(_SQLITE)
    if path == url or not path or path.startswith(":memory:") or "?" in path:
        # A URL of another kind may hold a password, so it is not repeated.
        scheme, separator, _ = url.partition("://")
        shown = url if scheme == "sqlite" or not separator else f"{scheme}://…"
        raise given.wrong("sqlite:///relative.db or sqlite:////absolute/path.db", shown=shown)
    return Path(os.path.abspath(given.base / path))


def _approver(sources: Sources, policy: Policy) -> ApproverName:
    """The variable's, else that of the file's policy, else the file's own."""
    given = sources.get("approver")
    name = next((name for name in APPROVERS if given is not None and given.value == name), None)
    if given is not None and name is None:
        raise given.wrong(f"one of {', '.join(APPROVERS)}")
    if not sources.varies("approver") and policy.rule.approver is not None:
        return policy.rule.approver
    return name or "auto"


def _secret(given: Given | None) -> str | None:
    if given is None:
        return None
    secrets = _ring(given.value) if isinstance(given.value, str) else ()
    if not secrets or any(len(each.encode("utf-8", "surrogateescape")) < _SECRET_BYTES for each in secrets):
        raise ConfigError(
            f"{given.place} is too short or no text; it must be at least {_SECRET_BYTES} random bytes,"
            " or several such secrets with commas between them"
        )
    return str(given.value)


def _ring(text: str) -> tuple[str, ...]:
    """The secrets of a list by commas; one that has none is taken as it is."""
    if "," not in text:
        return (text,)
    return tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
