"""What can be looked up of one project: each an indexed read, which never waits for a write."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from interrupt_mcp.errors import UnknownInterrupt, UnknownRun
from interrupt_mcp.model import Approver, Interrupt, Run, RunId
from interrupt_mcp.store import asked_calls, audit, interrupts, runs
from interrupt_mcp.store.database import Database
from interrupt_mcp.store.rows import interrupt_of, interrupts_of, load, run_of

NOBODY = ""
"""The owner of a run that waits for any process to go on with it."""


class Lookups:
    """What one process, as `owner`, sees of one project."""

    def __init__(self, database: Database, project: str, owner: str) -> None:
        self.database = database
        self.project = project
        self.owner = owner

    def run(self, run_id: str) -> Run:
        """The run with the interrupts that still want a decision.

        Raises:
            UnknownRun: this project has no such run.
        """
        return self.case(run_id)[0]

    def case(self, run_id: str) -> tuple[Run, tuple[Interrupt, ...]]:
        """The run with the interrupts that still want a decision, and all its interrupts, oldest first.

        Raises:
            UnknownRun: this project has no such run.
        """
        rows = self.database.read(runs.RUN, (self.project, run_id))
        if not rows:
            raise UnknownRun(f"There is no run {run_id!r}")
        found = self.interrupts(run_id)
        return run_of(rows[0], tuple(each for each in found if each.status.open)), found

    def seen_tools(self, agent: str) -> dict[str, bool]:
        """Tools that passed the gate and that the agent does not show, or that ask besides policy: whether they do."""
        return {
            row["tool"]: bool(row["asks_too"]) for row in self.database.read(asked_calls.SEEN, (self.project, agent))
        }

    def same_request(self, new: runs.NewRun) -> RunId | None:
        """The run that the same idempotency key started.

        Raises:
            IdempotencyConflict: with other arguments.
        """
        rows = self.database.read(runs.BY_IDEMPOTENCY_KEY, (self.project, new.idempotency_key))
        return runs.same(rows[0], new) if rows else None

    def interrupts(self, run_id: str) -> tuple[Interrupt, ...]:
        """All interrupts of a run, oldest first."""
        rows = self.database.read(interrupts.OF_RUN, (run_id,))
        return interrupts_of(rows, self.database.read(interrupts.DECISIONS_OF_RUN, (run_id,)) if rows else ())

    def interrupt(self, name: str) -> Interrupt:
        """The interrupt with this id, or the latest with this code.

        Raises:
            UnknownInterrupt: this project has none.
        """
        rows = self.database.read(interrupts.ONE, (self.project, name)) or self.database.read(
            interrupts.BY_CODE, (self.project, name.upper())
        )
        if not rows:
            raise UnknownInterrupt(f"There is no interrupt {name!r}")
        return self._interrupt(rows[0])

    def waiting_elsewhere(self, run_id: RunId, most: int) -> int:
        """How many interrupts of other runs of the project want a decision, counted to `most`."""
        count: int = self.database.read(interrupts.OPEN_ELSEWHERE, (self.project, run_id, most))[0][0]
        return count

    def owner_of(self, run_id: RunId) -> str:
        """The process that drives the run, or drove it last."""
        rows = self.database.read(runs.RUN, (self.project, run_id))
        return str(rows[0]["owner"]) if rows else NOBODY

    def approver(self, thread_id: str) -> Approver:
        """Who approves on the thread; where nothing is known of it, a person."""
        rows = self.database.read(runs.THREAD, (thread_id,))
        return Approver(rows[0]["approver"]) if rows else Approver.HUMAN

    def active_run(self, thread_id: str) -> Run | None:
        """The run of the thread that is not finished."""
        rows = self.database.read(runs.ACTIVE, (thread_id,))
        return self.run(rows[0]["run_id"]) if rows and rows[0]["project"] == self.project else None

    def in_flight(self) -> dict[str, list[RunId]]:
        """All runs that are pending or running, by owner: who drives them, or did before it died."""
        found: dict[str, list[RunId]] = {}
        for row in self.database.read(runs.IN_FLIGHT, (self.project,)):
            found.setdefault(row["owner"], []).append(RunId(row["run_id"]))
        return found

    def not_mine(self, run_ids: Sequence[RunId]) -> list[RunId]:
        """Those of the runs that were cancelled, or that another process took."""
        return [RunId(row["run_id"]) for row in self.database.read(*runs.lost(run_ids, self.owner))] if run_ids else []

    def list_runs(self, filters: dict[str, str], before: int | None, limit: int) -> tuple[list[Run], int | None]:
        """Runs, newest first, and where the next page begins."""
        rows = self.database.read(*_parameters(runs.listed(self.project, filters, before, limit + 1)))
        return [run_of(row) for row in rows[:limit]], rows[limit - 1]["seq"] if len(rows) > limit else None

    def list_interrupts(
        self, filters: dict[str, str], after: int | None, limit: int
    ) -> tuple[list[Interrupt], int | None]:
        """Open interrupts, oldest first, and where the next page begins."""
        rows = self.database.read(*_parameters(interrupts.listed(self.project, filters, after, limit + 1)))
        return [self._interrupt(row) for row in rows[:limit]], rows[limit - 1]["seq"] if len(rows) > limit else None

    def list_audit(self, after: int, limit: int) -> list[dict[str, Any]]:
        """The append-only record, oldest first."""
        rows = self.database.read(audit.LIST, (self.project, after, limit))
        return [{**dict(row), "detail": load(row["detail"])} for row in rows]

    def _interrupt(self, row: sqlite3.Row) -> Interrupt:
        return interrupt_of(row, self.database.read(interrupts.DECISIONS, (row["interrupt_id"],)))


def _parameters(statement: tuple[str, Iterable[object]]) -> tuple[str, Sequence[object]]:
    sql, values = statement
    return sql, list(values)
