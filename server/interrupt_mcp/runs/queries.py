"""What is there to be looked at: runs, and what they ask, as it may be decided now. It changes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from interrupt_mcp import authority
from interrupt_mcp.config.policy import Policy, PolicyNow
from interrupt_mcp.model import Approver, Filters, Interrupt, Run, RunStatus
from interrupt_mcp.runs.cursors import cursor_of, place, position
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Made
from interrupt_mcp.views.ways_to_decide import Ways


class Queries:
    """The runs of one project, as policy stands."""

    def __init__(self, store: Store, policy: PolicyNow, ways: Callable[[], Ways]) -> None:
        """`ways` tells in which ways a person decides, as things stand."""
        self._store = store
        self._policy = policy
        self._ways = ways

    @property
    def policy(self) -> Policy:
        """The policy as it stands now."""
        return self._policy()

    @property
    def ways(self) -> Ways:
        """The ways in which a person decides now."""
        return self._ways()

    async def get(self, run_id: str) -> Run:
        """Return the run with what still wants a decision.

        Raises:
            UnknownRun: the project has no such run.
        """
        return self._run(await self._store.runs.get(run_id))

    async def case(self, run_id: str) -> tuple[Run, tuple[Interrupt, ...]]:
        """Return the run with what still wants a decision, and all its interrupts, oldest first.

        Raises:
            UnknownRun: the project has no such run.
        """
        run, interrupts = await self._store.runs.with_interrupts(run_id)
        now = self._all(interrupts)
        return replace(run, interrupts=tuple(each for each in now if each.status.open)), now

    async def interrupts(self, run_id: str) -> tuple[Interrupt, ...]:
        """Return all interrupts of the run, decided ones too, oldest first."""
        return self._all(await self._store.interrupts.of_run(run_id))

    async def interrupt(self, name: str) -> Interrupt:
        """Return the interrupt with this id, or the latest with this code.

        Raises:
            UnknownInterrupt: there is none.
        """
        return authority.with_policy_now(self._policy(), await self._store.interrupts.get(name))

    async def approver(self, thread_id: str, agent: str) -> Approver:
        """Return who approves on the thread, which is one of the agent."""
        return authority.on_thread(self._policy(), agent, await self._store.threads.approver(thread_id))

    async def waiting_on(self, thread_id: str) -> Run | None:
        """Return the run of the thread that waits for a decision; none where none does."""
        run = await self._store.runs.active_on(await self._store.threads.id_of(thread_id))
        return self._run(run) if run is not None and run.status is RunStatus.INTERRUPTED else None

    async def count_waiting(self, most: int) -> int:
        """Return how many interrupts want a decision, counted to `most`."""
        return await self._store.interrupts.count_open(most)

    async def decided(self, cursor: str, limit: int) -> tuple[Sequence[Made], str | None]:
        """Return decisions that were made, newest first, and the cursor of the next page.

        Raises:
            InvalidInput: no list gave that cursor.
        """
        made, following = await self._store.interrupts.made(place(cursor), limit)
        return made, None if following is None else cursor_of(following)

    async def decided_on(self, agent: str, action: str, limit: int) -> Sequence[Made]:
        """Return the last decisions on an action of the agent, newest first."""
        return await self._store.interrupts.made_on(agent, action, limit)

    async def waiting_elsewhere(self, run: Run, most: int) -> int:
        """Return how many interrupts of other runs want a decision, counted to `most`."""
        return await self._store.interrupts.open_elsewhere(run.run_id, most)

    async def list_runs(self, filters: Filters, cursor: str, limit: int) -> tuple[list[Run], str | None]:
        """Return runs, newest first, and the cursor of the next page; none where this is the last.

        Raises:
            InvalidInput: no list gave the cursor.
        """
        found, last = await self._store.runs.listed(await self._meant(filters), position(cursor), limit)
        return found, None if last is None else str(last)

    async def list_interrupts(self, filters: Filters, cursor: str, limit: int) -> tuple[list[Interrupt], str | None]:
        """Return open interrupts, oldest first, and the cursor of the next page; none where this is the last.

        Raises:
            InvalidInput: no list gave the cursor.
        """
        filters = await self._meant(replace(filters, status=None))
        found, last = await self._store.interrupts.listed(filters, position(cursor), limit)
        return list(self._all(found)), None if last is None else str(last)

    async def _meant(self, filters: Filters) -> Filters:
        """Return the filters with the thread's id, where they have its name."""
        if not filters.thread_id:
            return filters
        return replace(filters, thread_id=await self._store.threads.id_of(filters.thread_id))

    def _run(self, run: Run) -> Run:
        return replace(run, interrupts=self._all(run.interrupts)) if run.interrupts else run

    def _all(self, interrupts: Iterable[Interrupt]) -> tuple[Interrupt, ...]:
        policy = self._policy()
        return tuple(authority.with_policy_now(policy, each) for each in interrupts)
