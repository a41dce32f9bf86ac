"""The settings: what a person chose, from arguments, variables and `interrupt-mcp.toml`, checked once at the start.

It reads one small file and nothing else. It does not know what `langgraph.json` says, nor whether it is there.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from interrupt_mcp.config import kinds, project_files
from interrupt_mcp.config.declared import Key, declared, refuse_unknown
from interrupt_mcp.config.given import Given
from interrupt_mcp.config.kinds import (
    above_zero,
    on_or_off,
    one_of,
    port,
    project_name,
    python_file,
    random_secret,
    secrets_of,
    server_url,
    text,
    whole_number,
)
from interrupt_mcp.config.limits import Limits, limits_table
from interrupt_mcp.config.oauth import TABLE as OAUTH
from interrupt_mcp.config.oauth import OAuth, read_oauth
from interrupt_mcp.config.offers import Offer, read_offers
from interrupt_mcp.config.policy import TABLES, Policy, read_policy
from interrupt_mcp.config.project_files import SETTINGS_FILE
from interrupt_mcp.config.reaching import Network, auth_mode, networks, public_url
from interrupt_mcp.config.sources import Sources, refuse_mistyped
from interrupt_mcp.database import DatabaseAddress, PostgresServer, SqliteFile
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.words import Approver, AuthMode, InboxMode

_OTHER_VARIABLES = ("config", "log", "hotel_ledger")
"""Of the command line and of a bundled agent."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen. Paths are absolute.

    A field that names a kind is a setting: its name is the key in the file, and in capitals that of the variable.
    """

    config_path: Path
    """The `langgraph.json`. It says where the file lies that holds the rest, so an argument or a variable names it."""
    project: Annotated[str, project_name, Key(variable=False)]
    database: Annotated[DatabaseAddress, kinds.database]
    config_found: bool = field(default=False, compare=False)
    """Whether the `langgraph.json` was found in the working directory, where nobody named one."""
    database_direct: Annotated[str, server_url] = field(default="", repr=False)
    """The server itself, where `database` leads through a pooler that keeps no session."""
    lease: Annotated[float, above_zero("seconds")] = 10.0
    """Seconds for which a process counts as alive after it last said so, where processes share a PostgreSQL server."""
    run_timeout: Annotated[float | None, above_zero("seconds")] = None
    """Seconds of driving after which a run ends in an error; none is no bound."""
    max_runs: Annotated[int, whole_number(1)] = 2000
    """How many runs one process drives at once; what goes on beyond that waits, and nothing more is started."""
    workers: Annotated[int, whole_number(0, 256)] = 0
    """How many processes drive runs for each environment that agents need; 0 is as few as it takes."""
    python: Annotated[Path | None, python_file] = None
    """The Python whose environment the agents need; none is the one that runs this."""
    worker_memory: Annotated[int | None, whole_number(256)] = None
    """Megabytes that each of those processes may take, where the system can hold it to that; none is no bound."""
    keep_checkpoints: Annotated[int, whole_number(0)] = 10
    """Of how many of a thread's last runs the checkpoints are kept; 0 keeps all."""
    keep_threads: Annotated[float | None, above_zero("days")] = None
    """Days after which a thread is deleted on which nothing is open and nothing happened; none deletes none."""
    model: Annotated[str, text] = "offline"
    """The model of the bundled agents, as LangChain names models."""
    approver: Annotated[Approver, one_of(Approver)] = Approver.AUTO
    approver_varies: bool = False
    """Whether a variable says the approver, so that the file does not."""
    elicitation: Annotated[bool, on_or_off] = True
    """Whether people are asked by forms, through clients that show them."""
    inbox: Annotated[InboxMode, one_of(InboxMode)] = InboxMode.AUTO
    """Whether pages for people are served, and a browser is opened when something waits."""
    inbox_port: Annotated[int | None, port] = None
    """Where a process that serves no HTTP serves them; none is 8322, or any free one."""
    secret: Annotated[str | None, random_secret] = field(default=None, repr=False)
    """As it was given: one, or a list by commas."""
    auth: Annotated[AuthMode, auth_mode] = AuthMode.NONE
    """How whoever calls over HTTP proves who they are."""
    drain: Annotated[int, whole_number(0, 3600)] = 0
    """Seconds for which a server over HTTP goes on after SIGTERM, and says that it is not ready, before it leaves."""
    url: Annotated[str, public_url] = ""
    """What people and links call the server over HTTP, without a path; empty where that is where it listens."""
    proxies: Annotated[tuple[Network, ...], networks] = ()
    """From whose connections it is believed whose request they pass on."""
    limits: Annotated[Limits, limits_table, Key(variable=False)] = field(default_factory=Limits)
    """How much one principal may take, where it is known who calls."""
    policy: Policy = field(default_factory=Policy)
    """As the file has it."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    """What the file says of agents besides policy, by name."""
    oauth: OAuth | None = None
    """The OpenID provider that the file names, if any."""

    @property
    def shared(self) -> bool:
        """Whether whoever calls over HTTP proves who they are, since several people do."""
        return self.auth is not AuthMode.NONE

    @property
    def rules(self) -> Policy:
        """The policy that holds: its approver for all is the one above."""
        return _approved(self.policy, self.approver)

    @property
    def agent_variables(self) -> Mapping[str, str]:
        """The variables that the bundled agents read, since they know no settings."""
        return {} if self.model == "offline" else {"INTERRUPT_MCP_MODEL": self.model}

    @property
    def policy_file(self) -> Path:
        """The file that says policy, whether it is there or not."""
        return self.config_path.parent / SETTINGS_FILE

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets: the first seals, and each of them opens what it sealed before."""
        return () if self.secret is None else secrets_of(self.secret)


def read_settings(
    environ: Mapping[str, str],
    *,
    config: str | None = None,
    database: str | None = None,
    workers: str | None = None,
    cwd: Path,
) -> Settings:
    """Return the settings as they stand; what is given beside the variables goes before them.

    Raises:
        ConfigError: a name or a value is none, with the place where it was given and what is allowed.
    """
    arguments = {"database": database, "workers": workers}
    config_path, found, sources = _sources(environ, config, arguments, Path(os.path.abspath(cwd)))
    policy = read_policy(sources.file)
    chosen = {"project": project_files.project_of(config_path), **sources.read(Settings)}
    chosen["database"] = _database(chosen)
    chosen["approver"] = _approver(sources, policy)
    varies = sources.varies("approver")
    offers = read_offers(sources.file)
    oauth = read_oauth(sources.file)
    return Settings(
        config_path, config_found=found, approver_varies=varies, policy=policy, offers=offers, oauth=oauth, **chosen
    )


def _database(chosen: Mapping[str, Any]) -> DatabaseAddress:
    """Return the database: the one that was chosen, or a file in the user's data directory.

    Raises:
        ConfigError: a server is named besides a file.
    """
    folder = project_files.folder_of(chosen["project"])
    found: DatabaseAddress = chosen.get("database") or SqliteFile(folder / "state.db")
    direct = chosen.get("database_direct", "")
    if isinstance(found, PostgresServer):
        return replace(found, folder=folder, direct=direct)
    if direct:
        raise ConfigError("database_direct names a PostgreSQL server, and the database is a file; leave it out")
    return found


def places(
    environ: Mapping[str, str], *, config: str | None = None, database: str | None = None, cwd: Path
) -> dict[str, str]:
    """Return where each setting was given, by the name of its field, as far as it was given anywhere.

    Raises:
        ConfigError: as `read_settings` does.
    """
    _, _, sources = _sources(environ, config, {"database": database}, Path(os.path.abspath(cwd)))
    found = {
        each.field: given.place
        for each in declared(Settings).values()
        if (given := sources.get(each.key) if each.variable else sources.file.get(each.key)) is not None
    }
    table = sources.file["policy"].entries() if "policy" in sources.file else {}
    if "approver" in table and not sources.varies("approver"):
        found["approver"] = table["approver"].place
    return found


def _sources(
    environ: Mapping[str, str], config: str | None, arguments: Mapping[str, str | None], cwd: Path
) -> tuple[Path, bool, Sources]:
    """Return the `langgraph.json`, whether it was only found in the working directory, and where values come from."""
    _check_variables(environ)
    named = Sources({"config": config}, environ, cwd, {}).get("config")
    config_path = project_files.langgraph_file(named, cwd)
    found = named is None and config_path.parent == cwd
    file = config_path.parent / SETTINGS_FILE
    project_files.refuse_strangers(config_path, file, found=found)
    return config_path, found, Sources(arguments, environ, cwd, _read_file(file))


def policy_again(settings: Settings) -> Policy:
    """Return the policy that the file says by now, with the approver for all; a variable's at the start holds.

    Raises:
        ConfigError: a name or a value in the file is none.
    """
    sources = Sources({}, {}, settings.policy_file.parent, _read_file(settings.policy_file))
    policy = read_policy(sources.file)
    return _approved(policy, settings.approver if settings.approver_varies else _approver(sources, policy))


def policy_in(settings: Settings, text: str) -> Policy:
    """Return the policy that the text says, as one that the file had at some time.

    Raises:
        ConfigError: it says none.
    """
    try:
        entries = project_files.entries_in(text, settings.policy_file)
    except ValueError as error:
        raise ConfigError(f"What {settings.policy_file} said cannot be read: {error}") from error
    return read_policy(entries)


def _check_variables(environ: Mapping[str, str]) -> None:
    settings = declared(Settings).values()
    variables = [*_OTHER_VARIABLES, *(each.key for each in settings if each.variable)]
    refuse_mistyped(environ, variables, [each.key for each in settings if not each.variable], SETTINGS_FILE)


def _read_file(file: Path) -> Mapping[str, Given]:
    entries = project_files.read_file(file)
    refuse_unknown(entries, [*declared(Settings), *TABLES, OAUTH])
    return entries


def _approver(sources: Sources, policy: Policy) -> Approver:
    """Return the variable's, else that of the file's policy, else the file's own."""
    given = sources.get("approver")
    named = None if given is None else declared(Settings)["approver"].kind(given)
    return (not sources.varies("approver") and policy.rule.approver) or named or Approver.AUTO


def _approved(policy: Policy, approver: Approver) -> Policy:
    return replace(policy, rule=replace(policy.rule, approver=approver))
