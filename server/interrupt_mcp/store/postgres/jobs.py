"""The queue of runs that are to be driven: jobs in procrastinate's tables, which lie beside ours."""

import hashlib
import re
from collections.abc import Collection, Mapping
from concurrent.futures import Future
from functools import cached_property
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.model import RunId
from interrupt_mcp.store.port import Enqueue
from interrupt_mcp.store.port.queue import Load, QueueNow
from interrupt_mcp.store.postgres.connections import SCHEMA, arguments
from interrupt_mcp.store.sql.transaction import Statement, Transaction

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from interrupt_mcp.store.postgres.scope import Scope

LAST_MIGRATION = "03.04.00_50_post_add_retry_failed_job_procedure"
"""The last of procrastinate's migrations that its tables have in our schema."""
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,24}")
"""A project whose name the queue may have: PostgreSQL cuts the name of a channel at 63 characters."""
_TASK = "drive"
_IN_FLIGHT = "status IN ('pending', 'running')"
_BEHIND = f"SELECT count(*) FROM runs b WHERE b.project = r.project AND b.principal = r.principal AND b.{_IN_FLIGHT}"
"""How many go on of the principal whose run it is: who has fewer comes first."""
_DEFER = f"""
SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
    CAST(:queue AS varchar), '{_TASK}', -({_BEHIND}), r.thread_id, r.run_id,
    jsonb_build_object('run_id', r.run_id), NULL
)::procrastinate_job_to_defer_v1)) AS ids
FROM runs r WHERE r.project = :project
"""
_WAITS = "EXISTS (SELECT 1 FROM procrastinate_jobs w WHERE w.queueing_lock = r.run_id AND w.status = 'todo')"
_TAKEN = """
EXISTS (SELECT 1 FROM procrastinate_jobs t
        WHERE t.lock = r.thread_id AND t.queueing_lock = r.run_id AND t.status = 'doing')
"""
_LACKS = f"r.run_id IN (:run_ids) AND r.{_IN_FLIGHT} AND NOT {_WAITS} AND NOT {_TAKEN}"
_DEAD = """
j.queue_name = :queue AND j.status = 'doing' AND NOT EXISTS (
    SELECT 1 FROM procrastinate_workers w
    WHERE w.id = j.worker_id AND w.last_heartbeat > now() - CAST(:seconds AS double precision) * interval '1 second')
"""
_ADD = Statement(f"{_DEFER} AND r.run_id = :run_id AND NOT {_WAITS} HAVING count(*) > 0", of_everybody=True)
_ADD_MISSING = Statement(f"{_DEFER} AND {_LACKS} HAVING count(*) > 0", of_everybody=True)
_MISSING = Statement(f"SELECT r.run_id FROM runs r WHERE r.project = :project AND {_LACKS}", of_everybody=True)
_REAP = Statement(
    f"""
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT j.id FROM procrastinate_jobs j
    WHERE {_DEAD} AND (SELECT pg_try_advisory_xact_lock(hashtextextended('reap ' || CAST(:queue AS text), 0)))
    FOR UPDATE OF j SKIP LOCKED)
""",
    of_all_projects=True,
)
_PRUNE = Statement(
    "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - interval '10 minutes'", of_all_projects=True
)
_DROP = Statement(
    "DELETE FROM procrastinate_jobs WHERE queueing_lock = :run_id AND status = 'todo' AND queue_name = :queue",
    of_all_projects=True,
)
_NOW = Statement(
    f"""
SELECT count(*) FILTER (WHERE status = 'running') AS driven, count(*) FILTER (WHERE status = 'pending') AS waiting,
       (SELECT count(*) FROM owners WHERE project = :project AND serves AND lives_until > now()) AS processes,
       EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE {_DEAD}) AS dead
FROM runs WHERE project = :project AND {_IN_FLIGHT}
""",
    of_everybody=True,
)
_SESSION = f"SET search_path TO {SCHEMA}; SET synchronous_commit TO off; SET lock_timeout TO '20s'"
"""What becomes of a job may be forgotten with a server that breaks down."""
_MOST_CONNECTIONS = 4
_PATIENCE = 3.0


class Jobs:
    """See `store.port.queue.Queue`."""

    task = _TASK

    def __init__(self, scope: "Scope", address: PostgresServer) -> None:
        self._scope = scope
        self._address = address
        self.name = queue_name(scope.reach.project)

    @cached_property
    def pool(self) -> Mapping[str, Any]:
        known = arguments(self._address.straight)
        return {
            "kwargs": {key: known[key] for key in known if key not in ("autocommit", "row_factory")},
            "configure": _configure,
            "min_size": 1,
            "max_size": _MOST_CONNECTIONS,
            "timeout": _PATIENCE,
            "reconnect_timeout": 1.0,
            "name": "interrupt-mcp-jobs",
        }

    def check(self) -> None:
        check_installed()

    def add(self, run_id: RunId) -> Enqueue:
        def unit(tx: Transaction) -> None:
            tx.one(_ADD, run_id=run_id, queue=self.name)

        return unit

    async def now(self, run_ids: Collection[RunId], seconds: float) -> QueueNow:
        row = await self._scope.one(_NOW, queue=self.name, seconds=seconds)
        assert row is not None, "it counts"
        lacking = await self._scope.all(_MISSING, run_ids=tuple(run_ids)) if run_ids else ()
        load = Load(row["driven"], row["waiting"], row["processes"])
        return QueueNow(load, row["dead"], [RunId(each["run_id"]) for each in lacking])

    async def mend(self, run_ids: Collection[RunId], seconds: float) -> int:
        def unit(tx: Transaction) -> int:
            tx.do(_REAP, queue=self.name, seconds=seconds)
            tx.do(_PRUNE)
            added = tx.one(_ADD_MISSING, run_ids=tuple(run_ids), queue=self.name) if run_ids else None
            return len(added["ids"]) if added else 0

        return await self._scope.write(unit)

    def drop(self, run_id: RunId) -> Future[None]:
        def unit(tx: Transaction) -> None:
            tx.do(_DROP, run_id=run_id, queue=self.name)

        return self._scope.submit(unit, soon=False)


def queue_name(project: str) -> str:
    """Return the name of a project's queue, which also names the channel on which its jobs are told."""
    plain = _PLAIN.fullmatch(project) is not None
    return f"interrupt_mcp:{project if plain else '~' + hashlib.sha256(project.encode()).hexdigest()[:20]}"


def schema() -> str:
    """Return the SQL that makes procrastinate's tables.

    Raises:
        Unavailable: what is installed would make others than this version works with.
    """
    check_installed()
    # Read as a file, since importing procrastinate takes a second.
    theirs = (_folder() / "schema.sql").read_text("utf-8")
    return theirs + files("interrupt_mcp.store.postgres").joinpath("jobs.sql").read_text("utf-8")


def check_installed() -> None:
    """Check that the installed procrastinate works with its tables as they are here.

    Raises:
        Unavailable: it does not.
    """
    last = max((file.stem for file in (_folder() / "migrations").glob("*.sql")), default="")
    if last != LAST_MIGRATION:
        raise Unavailable(
            "The installed procrastinate has other tables than this interrupt-mcp works with;"
            ' install what it asks for: pip install "interrupt-mcp[postgres]"'
        )


def _folder() -> Path:
    found = find_spec("procrastinate")
    if found is None or not found.submodule_search_locations:
        raise Unavailable('PostgreSQL takes procrastinate: pip install "interrupt-mcp[postgres]"')
    return Path(found.submodule_search_locations[0]) / "sql"


async def _configure(connection: "AsyncConnection[Any]") -> None:
    await connection.set_autocommit(True)
    await connection.execute(_SESSION)
