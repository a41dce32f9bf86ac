"""One project through all the lives of its process: what is called in them, and that all is as it must be after each.

It does not know what people do, nor when the process dies.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
from anyio.from_thread import start_blocking_portal
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.model.expected import FINISHED, Expected, Request, Run, Word
from tests.model.life import Disk, Life, lived, project_in


class Lives(RuleBasedStateMachine):
    """The process that lives now, and what is expected of the project."""

    def __init__(self) -> None:
        super().__init__()
        self.expected = Expected()
        self._stack = ExitStack()
        self._folder = Path(tempfile.mkdtemp())
        self._stack.callback(shutil.rmtree, self._folder)
        self._config = project_in(self._folder)
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._lives = 0
        self._living = ExitStack()
        self._disk = Disk(self._folder / "0")
        self._disk.path.mkdir()
        self._life: Life
        self._touched = False
        """Whether anybody did anything in this life."""
        self._settled = True
        """Whether all was as expected so far."""

    @initialize()
    def begin(self) -> None:
        self._live(self._disk)

    def _live(self, disk: Disk) -> None:
        self._lives, self._touched = self._lives + 1, False
        self._disk, self._living = disk, ExitStack()
        after = Disk(self._folder / str(self._lives))
        self._life = self._living.enter_context(
            self._portal.wrap_async_context_manager(lived(self._config, disk, after))
        )

    def _end_of_life(self) -> None:
        dead, after = self._life.dead, self._life.after
        self._living.close()
        self._live(after if dead else self._disk)
        if dead:
            for _, request in self.expected.requests():
                request.deaths += 1

    def _picked(self, among: Sequence[tuple[Run, Request]], pick: int) -> tuple[Run, Request]:
        return among[pick % len(among)]

    def _call(self, tool: str, **arguments: Any) -> tuple[Any, bool]:
        self._settled = False
        self._touched = self._touched or tool in ("start_run", "resume_run", "cancel_run")
        call: Callable[[], Any] = lambda: self._life.call(tool, **arguments)  # noqa: E731
        return self._portal.call(call)

    def _heard(self, tool: str, **arguments: Any) -> Any:
        """The result of a call that nobody dies of."""
        result, _ = self._call(tool, **arguments)
        assert not result.is_error, result.content[0].text
        return result.structured_content

    def _refused(self, tool: str, **arguments: Any) -> str:
        result, _ = self._call(tool, **arguments)
        assert result.is_error, result.structured_content
        return str(result.content[0].text)

    async def _record(self) -> defaultdict[tuple[str, int], list[str]]:
        """The types of all decisions that were kept, by what they are on."""
        found = defaultdict(list)
        for entry in await self._life.record():
            if entry["event"] == "decided":
                found[entry["interrupt_id"], entry["detail"]["index"]].append(entry["detail"]["type"])
        return found

    def _start(self, run: Run, wait_seconds: int) -> str | None:
        """The id of the run, if anybody heard it."""
        result, heard = self._call(
            "start_run",
            agent=run.agent,
            message=run.message,
            thread_id=run.thread,
            idempotency_key=run.key,
            wait_seconds=wait_seconds,
        )
        if not heard:
            return None
        assert not result.is_error, result.content[0].text
        return str(result.structured_content["run_id"])

    def _decide(self, run: Run, chosen: dict[int, tuple[Request, Word]], by_code: bool, wait: int = 20) -> None:
        decisions = [
            {"interrupt_id": each.code if by_code else each.interrupt_id, "index": each.index, **said.sent()}
            for each, said in chosen.values()
        ]
        result, heard = self._call("resume_run", run_id=run.run_id, decisions=decisions, wait_seconds=wait)
        if run.agent == "watched" and any(said.type != "reject" for _, said in chosen.values()):
            assert result.is_error, result.structured_content
            assert result.content[0].text.startswith("needs_human: "), result.content[0].text
            return
        if heard:
            assert not result.is_error, result.content[0].text
        for each, said in chosen.values():
            if heard:
                each.keep(said)
            else:
                each.unheard = said

    def _cancel(self, run: Run) -> None:
        was = run.status
        run.to_be_cancelled = run.to_be_cancelled or was not in FINISHED
        result, heard = self._call("cancel_run", run_id=run.run_id)
        if heard:
            assert result.structured_content["status"] == was if was in FINISHED else True, result
            assert result.structured_content["status"] in FINISHED, result

    def _settle(self, begun: Run | None = None) -> None:
        """Everything goes as far as it can, in the next life if this one is over, and is as it must be."""
        for status in ("pending", "running"):
            for going in self._heard("list_runs", status=status)["runs"]:
                self._call("get_run", run_id=going["run_id"], wait_seconds=25)
        if not self._portal.call(self._life.survive):
            self._end_of_life()
        if begun is not None:
            # The same start again is the same run, and where the first was lost unheard it is the first.
            begun.run_id = self._start(begun, wait_seconds=20) or ""
        record = self._portal.call(self._record)
        for _, request in self.expected.requests():
            request.see_record(record[request.interrupt_id, request.index])
        for run in self.expected.runs:
            body = self._heard("get_run", run_id=run.run_id, wait_seconds=25)
            run.see(body)
        listed = self._heard("list_runs", limit=100)["runs"]
        assert sorted(run["run_id"] for run in listed) == sorted(run.run_id for run in self.expected.runs)
        pending = self._heard("list_interrupts", limit=100)["interrupts"]
        assert {each["interrupt_id"] for each in pending} == {each.interrupt_id for _, each in self.expected.open()}
        self.expected.check_effects(self._disk.effects)
        self._settled = True

    async def _at_once(self, tool: str, calls: list[dict[str, Any]]) -> list[Any]:
        results: list[Any] = [None] * len(calls)

        async def one(at: int) -> None:
            results[at], _ = await self._life.call(tool, **calls[at])

        async with anyio.create_task_group() as tasks:
            for at in range(len(calls)):
                tasks.start_soon(one, at)
        return results
