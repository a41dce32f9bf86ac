"""The inbox channel: pages on which a person decides, as one process of the project sees them.

It knows who serves them, whether a person can be reached there, and when to call one. It knows no HTTP and no HTML.
"""

import logging
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

from interrupt_mcp import authority
from interrupt_mcp.authority import Decider, this_user
from interrupt_mcp.channels.keys import Keys
from interrupt_mcp.errors import Error
from interrupt_mcp.model import Access, Approver, Channel, Filters, Principal, Run, RunId, RunStatus
from interrupt_mcp.runs.caller import Actor
from interrupt_mcp.runs.queries import Queries
from interrupt_mcp.store.port import Sessions, Tokens
from interrupt_mcp.views.ways_to_decide import Ways, for_people
from interrupt_mcp.words import InboxMode

log = logging.getLogger(__name__)
_SAID_SECONDS = 60.0
"""How often at most the log says that something waits."""
_MOST_NOTED = 10_000
"""Runs of which it is known whether their clients show forms."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How people are reached by pages in this process."""

    mode: InboxMode
    at_desktop: bool
    """Whether a browser can be opened for them here."""
    shared: bool
    """Whether several people use the server, and each signs in at the pages."""
    address: Callable[[], str]
    """Where people find the pages now, up to `/inbox`; empty where no process serves them."""

    @property
    def opens(self) -> bool:
        """Whether a browser is opened when something waits."""
        return self.mode is InboxMode.AUTO and self.at_desktop

    def ways(self) -> Ways:
        """Return the ways in which a person decides, as things stand."""
        pages = self.mode is not InboxMode.OFF
        return Ways(pages, self.address() if pages else "", opened=self.opens)


class Inbox:
    """The pages of one project, as one process reaches people by them."""

    def __init__(
        self,
        reached: Reached,
        keys: Keys,
        sessions: Sessions,
        tokens: Tokens,
        queries: Queries,
        serve: Callable[[], Awaitable[None]] | None,
        call: Callable[[str], None],
    ) -> None:
        """`serve` has the pages served, here unless another process does; without it this process serves none.

        `call` opens the browser, some time soon, at the interrupt of that code.
        """
        self.keys = keys
        self.sessions = sessions
        self.tokens = tokens
        self._reached = reached
        self._queries = queries
        self._serve = serve
        self._call = call
        self._by_forms: OrderedDict[RunId, Access | None] = OrderedDict()
        self._told: set[tuple[str, int]] = set()
        self._said_at = -math.inf
        self._turn = anyio.Lock()
        self._served = False

    def ways(self) -> Ways:
        return self._reached.ways()

    @property
    def address(self) -> str:
        """Where people find the pages now, up to `/inbox`; empty where they are not served."""
        return self._reached.ways().address

    async def can_be_reached(self) -> bool:
        match self._reached.mode:
            case InboxMode.OFF:
                return False
            case InboxMode.ON:
                return True
            case InboxMode.AUTO:
                return self._reached.shared or self._reached.at_desktop or bool(await self.sessions.listed())

    def note(self, run_id: RunId, by_forms: Access | None) -> None:
        self._by_forms[run_id] = by_forms
        self._by_forms.move_to_end(run_id)
        while len(self._by_forms) > _MOST_NOTED:
            self._by_forms.popitem(last=False)

    async def expect(self, run: Run) -> bool:
        if self._serve is None or run.status is not RunStatus.INTERRUPTED:
            return False
        approver = await self._queries.approver(run.thread_id, run.agent)
        if self._reached.mode is InboxMode.OFF or not self._wanted(run, approver):
            return False
        if not await self.ready():
            return False
        opens = self._opens_for(run)
        self._tell(run, opens=opens)
        return opens or await self.sessions.page_is_open()

    def _opens_for(self, run: Run) -> bool:
        """Whether a browser is opened here for what the run asks: it signs in this system's user, and nobody else."""
        return self._reached.opens and run.principal == this_user().principal

    def _tell(self, run: Run, *, opens: bool) -> None:
        """Have a person called, or told by the log, of what they were not told of before."""
        new = [each for each in run.interrupts if (each.interrupt_id, each.round) not in self._told]
        if not new:
            return
        if len(self._told) > _MOST_NOTED:
            self._told.clear()
        self._told.update((each.interrupt_id, each.round) for each in new)
        if opens:
            self._call(new[0].code)
        elif anyio.current_time() > self._said_at + _SAID_SECONDS:
            self._said_at = anyio.current_time()
            log.warning("%s waits for a person: `interrupt-mcp inbox` in a terminal", new[0].code)

    async def driven(self, run_id: RunId) -> None:
        """Look at a run that is driven no longer, here: it may wait for a person by now."""
        if self._serve is None or self._reached.mode is InboxMode.OFF:
            return
        try:
            await self.expect(await self._queries.get(run_id))
        except Error as error:
            log.warning("%s", error)

    async def ready(self) -> str:
        """Have the pages served, and return where; empty where that cannot be."""
        async with self._turn:
            if self._serve is not None and not self.address:
                await self._serve()
            address = self.address
            self._served = self._served or bool(address)
            return address

    async def look_again(self) -> None:
        """Serve the pages where the process is gone that did, and something waits or somebody is signed in."""
        if self.address:
            self._served = True
        elif self._served and self._serve is not None and await self._needed():
            await self.ready()

    def _wanted(self, run: Run, approver: Approver) -> bool:
        """Whether a person decides some of it on a page, and no form asks about it."""
        asked = self._by_forms.get(run.run_id)
        decider = None if asked is None else Decider.by(self._queries.policy, asked, run.principal)
        return any(
            Channel.INBOX in authority.reached_through(request)
            and not (decider is not None and authority.asked_by_form(request, approver, decider))
            for request in for_people(run.interrupts, approver)
        )

    async def _needed(self) -> bool:
        found, _ = await self._queries.list_interrupts(Filters(), "", 1)
        return bool(found) or bool(await self.sessions.listed())


def actor(principal: Principal) -> Actor:
    """Return somebody at the pages."""
    return Actor(Channel.INBOX, principal)
