"""Forms that a server puts to a client in requests of its own: one after another, and each at most once at a time.

A form stays open when the call that led to it has returned, and an answer that comes later is a decision like any
other. It does not know the protocol: whoever opens a form gives the way to show it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.channels.elicitation import Answer, Asked, Elicitation, FormOutcome, Proposed
from interrupt_mcp.forms import Form
from interrupt_mcp.model import Run
from interrupt_mcp.runs.caller import Actor
from interrupt_mcp.runs.runs import Runs

Show: TypeAlias = Callable[[Form], Awaitable[Answer]]
"""Shows a form to the person at a client, and gives what comes back of it."""


@dataclass(slots=True)
class Round:
    """The forms of one pause of a run, put to one client."""

    forms: list[Form]
    done: anyio.Event = field(default_factory=anyio.Event)
    """Set once no more of them is shown."""
    outcomes: list[FormOutcome] = field(default_factory=list)
    """What became of those that came back so far."""
    showing: str = ""
    """Code of the interrupt whose form is open now."""

    @property
    def asked(self) -> Asked:
        """Its forms as they were shown."""
        return {form.key: form.interrupt.digest for form in self.forms}


class OpenForms:
    """The rounds that are open, by client and run. Its task group ends them."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._rounds: dict[tuple[str, str], Round] = {}

    async def ask(
        self, client: str, runs: Runs, run: Run, proposed: Proposed, asked: Asked, show: Show, actor: Actor
    ) -> Round:
        """Show the forms that are not shown yet; return the round that is open already where there is one."""
        key = (client, run.run_id)
        elicitation = Elicitation(runs)
        made = Round(await elicitation.forms(run, proposed, asked))
        if (open_already := self._rounds.get(key)) is not None:
            return open_already
        if made.forms:
            self._rounds[key] = made
            self._tasks.start_soon(self._carry, key, made, runs, elicitation, proposed, show, actor)
        else:
            made.done.set()
        return made

    async def _carry(
        self,
        key: tuple[str, str],
        made: Round,
        runs: Runs,
        elicitation: Elicitation,
        proposed: Proposed,
        show: Show,
        actor: Actor,
    ) -> None:
        """Show one form after another, until one could not be shown, and take each answer as it comes."""
        try:
            for form in made.forms:
                made.showing = form.interrupt.code
                answer = await _shown(runs, form, show)
                if answer is None:
                    continue
                asked = {form.key: form.interrupt.digest}
                made.outcomes += await elicitation.take(key[1], asked, {form.key: answer}, proposed, actor)
                if answer.action == "error":
                    break
        finally:
            del self._rounds[key]
            made.done.set()


async def _shown(runs: Runs, form: Form, show: Show) -> Answer | None:
    """Return what comes back of the form; none where it was decided elsewhere first, and then take the form back."""
    answer: Answer | None = None
    async with anyio.create_task_group() as tasks:

        async def withdraw() -> None:
            await runs.until_decided(form.interrupt, form.request.index)
            tasks.cancel_scope.cancel()

        tasks.start_soon(withdraw)
        answer = await show(form)
        tasks.cancel_scope.cancel()
    return answer
