"""One shared server, those who share it, and the tokens that they bring."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.identity.tokens import new_token
from interrupt_mcp.model import Scope
from interrupt_mcp.secret import hash_of
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import NOBODY, Reach
from tests.effects import Effects
from tests.pages.safety.visitors import aside, offered
from tests.processes import CHECKOUT, HttpServer, http_server, surroundings
from tests.projects import offering

AGENTS: dict[str, Any] = {
    "free": "tests.authority.agents.asking:by_policy",
    "four": "tests.authority.agents.asking:by_policy",
    "tool": "tests.authority.agents.asking:asks_in_tool",
    "middle": "tests.authority.agents.asking:middleware",
    "node": "tests.authority.agents.asking:yes_or_no",
    "calls": "tests.shared.agents:calls",
}
POLICY = """
proxies = ["127.0.0.1"]
[auth]
mode = "token"
[limits]
requests = 60
[groups]
ops = ["token:member"]
[agents.free.tools.plain]
sensitive = true
[agents.four]
deciders = ["token:decider", "ops"]
require_other_person = true
[agents.four.tools.plain]
sensitive = true
"""
R, L, D, A = Scope.RUN, Scope.READ, Scope.DECIDE, Scope.ADMIN


@dataclass(frozen=True)
class Shared:
    """The server, and whoever operates it."""

    server: HttpServer
    home: Path
    environ: dict[str, str]
    made: dict[tuple[str, tuple[Scope, ...]], str] = field(default_factory=dict)

    @property
    def effects(self) -> Effects:
        return Effects(self.home / "effects")

    def token(self, name: str, *scopes: Scope) -> str:
        """A token of that name with those scopes, made when it is first asked for."""
        if (name, scopes) not in self.made:
            self.made[name, scopes] = self.new_token(name, *scopes)
        return self.made[name, scopes]

    def new_token(self, name: str, *scopes: Scope, until: timedelta | None = None) -> str:
        token = new_token()
        expires_at = None if until is None else datetime.now(UTC) + until
        self._ask("make", hash_of(token), name, frozenset(scopes), expires_at)
        return token

    def revoke(self, name: str) -> None:
        self._ask("revoke", name)

    def one_time_code(self) -> str:
        """What signs the system's user in, once."""
        return offered(self.home, project=self.settings.project)

    @property
    def settings(self) -> Settings:
        """As the server has them."""
        return read_settings(surroundings(self.home, **self.environ), cwd=self.home)

    def _ask(self, what: str, *given: object) -> None:
        settings = self.settings
        with closing(open_database(settings.database)) as database:
            tokens = database.store(Reach(settings.project), NOBODY).tokens
            aside(getattr(tokens, what), *given)

    def record(self) -> str:
        """All that is on record, as JSON."""
        from interrupt_mcp.store.records import Position

        settings = self.settings
        with closing(open_database(settings.database)) as database:
            audit = database.store(Reach(settings.project), NOBODY).audit
            return json.dumps([dict(each) for each in aside(audit.listed, Position(0), 100_000)], default=str)


@contextmanager
def shared(home: Path, policy: str = POLICY, **environ: str) -> Iterator[Shared]:
    """A server of all agents under that policy."""
    offering(home, home, policy=policy, **AGENTS)
    surrounding: dict[str, Any] = {
        "INTERRUPT_MCP_CONFIG": str(home / "langgraph.json"),
        "INTERRUPT_MCP_INBOX": "on",
        "EFFECTS": str(home / "effects"),
        "PYTHONPATH": CHECKOUT,
        **environ,
    }
    with http_server(home, **surrounding) as server:
        yield Shared(server, home, surrounding)
