"""The examples of docs/scripts.md run as they are printed."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.pages.signed_in import accepted, signed_in
from tests.patience import PATIENCE
from tests.processes import command, surroundings

pytestmark = pytest.mark.anyio
PAGE = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text("utf-8")


def example(name: str) -> str:
    (found,) = re.findall(rf"```python\n# {name}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_script_that_decides_itself_books_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "decide.py").write_text(example("decide.py"))
    path = os.pathsep.join([str(Path(command()).parent), os.environ["PATH"]])
    ended = subprocess.run(
        [sys.executable, "decide.py"],
        cwd=tmp_path,
        env={**surroundings(tmp_path), "PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "Successfully booked a stay at The Plaza" in ended.stdout, ended.stderr


async def test_the_script_that_asks_goes_on_once_a_person_accepted_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scope: dict[str, Any] = {"__name__": "ask"}
    exec(compile(example("ask.py"), "ask.py", "exec"), scope)
    ledger = tmp_path / "ledger.txt"
    environ = {"INTERRUPT_MCP_APPROVER": "human", "INTERRUPT_MCP_HOTEL_LEDGER": str(ledger)}
    async with signed_in(tmp_path, **environ) as (visitor, door), anyio.create_task_group() as tasks:
        tasks.start_soon(scope["main"], f"{visitor.http.base_url}/mcp")
        with anyio.fail_after(PATIENCE):
            while not (waiting := (await door.call("list_interrupts"))["interrupts"]):
                await anyio.sleep(0.05)
            await accepted(visitor, {"interrupts": waiting})
    assert ledger.read_text() == "McKittrick hotel\n"
    assert "success (offline model) book_hotel: Successfully booked" in capsys.readouterr().out
