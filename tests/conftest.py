"""What all tests share: a server over a database of its own, reached by a real client in either protocol era."""

import json
import os
import signal
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from interrupt_mcp.app import VERSION, App, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.mcp import build_server
from interrupt_mcp.store.records import Position
from tests import database
from tests.effects import Effects
from tests.ledger import Ledger
from tests.packages import PGBOUNCER, POSTGRES
from tests.patience import PATIENCE
from tests.portability import importable_on_windows
from tests.projects import offering

ERAS = {"2026-07-28": "auto", "2025-11-25": "legacy"}

# A shell that has the tests run in the background has them, and all their processes, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


ELSEWHERE = {"posix": sys.platform == "win32", "linux": sys.platform != "linux"}
"""Whether tests with such a marker are for another system than this one."""

POSTGRES_IS_HERE = sys.platform != "win32" and all(each.folder() for each in (POSTGRES, PGBOUNCER))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=database.STORES, default="sqlite", help="where the tests' databases are")
    parser.addoption(
        "--newest-era", action="store_true", help="leave out what only the era of the protocol tells apart"
    )


def pytest_configure(config: pytest.Config) -> None:
    database.choose(config.getoption("--store"))
    if database.on_postgres():
        # Where a server in memory keeps its own files: those of one on SQLite are beside the database.
        data = tempfile.TemporaryDirectory()
        config.add_cleanup(data.cleanup)
        os.environ["XDG_DATA_HOME"] = data.name
    if database.on_postgres() and not POSTGRES_IS_HERE:
        raise pytest.UsageError("PostgreSQL is not on this machine: `python -m tests.postgres` installs it")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Have half as many workers again as there are cores: tests often wait for a disk, or for a server to start."""
    cores = yield
    return cores + (cores + 1) // 2


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Keep out what cannot even be imported here; a folder is not, where what its tests share is not."""
    module = collection_path / "conftest.py" if collection_path.is_dir() else collection_path
    if sys.platform != "win32" or module.suffix != ".py" or not module.exists():
        return None
    return None if importable_on_windows(module) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that are for other systems, or another store; pytest says how many they are."""
    elsewhere = {**ELSEWHERE, "sqlite": database.on_postgres(), "postgres": not POSTGRES_IS_HERE}
    apart = [each for each in items if any(elsewhere.get(mark.name) for mark in each.iter_markers())]
    if config.getoption("--newest-era"):
        apart += [each for each in items if each not in apart and not _of_the_newest(each)]
    if apart:
        items[:] = [each for each in items if each not in apart]
        config.hook.pytest_deselected(items=apart)


def _of_the_newest(item: pytest.Item) -> bool:
    """Whether it is of the newest era of the protocol, or of none."""
    given = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    return not {"2025-11-25", "legacy"}.intersection(each for each in given if isinstance(each, str))


def pytest_report_header() -> list[str]:
    """Say, where not all tests are for this system, how many of its modules are kept out besides."""
    said = [] if POSTGRES_IS_HERE else ["NOT TESTED ON POSTGRESQL: `python -m tests.postgres` says why"]
    if not any(ELSEWHERE.values()):
        return said
    marks = " and ".join(name for name, elsewhere in ELSEWHERE.items() if elsewhere)
    modules = [*Path(__file__).parent.rglob("test_*.py")]
    out = sum(ELSEWHERE["posix"] and not importable_on_windows(each.resolve()) for each in modules)
    return [*said, f"deselected on {sys.platform}: tests marked {marks}; {out} modules of them are not imported"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Take the test's databases away that are on a server: a folder of SQLite's is pytest's to delete."""
    yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if database.on_postgres() and folder is not None:
        database.forget(folder)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=list(ERAS))
def era(request: pytest.FixtureRequest) -> str:
    """The client's `mode`, once for each protocol era."""
    return ERAS[request.param]


WAITING = ("start_run", "resume_run", "rewind_thread")
"""Tools whose calls wait for a run, for twenty seconds where nothing else is said."""


@dataclass(frozen=True)
class Door:
    """A client of a running server, as a test uses it."""

    client: Client
    app: App | None = None

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The tool's structured result; an error result fails the test with its text.

        Where nothing is said of how long a call waits for its run, it is for as long as a slow machine may need.
        """
        body = await self._result(tool, arguments)
        if tool in WAITING and "wait_seconds" not in arguments:
            with anyio.fail_after(PATIENCE):
                while body["status"] in ("pending", "running"):
                    body = await self._result("get_run", {"run_id": body["run_id"], "wait_seconds": 25})
        return body

    async def _result(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, result.content[0].text  # type: ignore[union-attr]
        assert result.structured_content is not None
        return result.structured_content

    async def record(self) -> list[dict[str, Any]]:
        """All that is on record in the server's store, oldest first."""
        assert self.app is not None
        entries = await (await self.app.store()).audit.listed(Position(0), 100_000)
        return [dict(entry) for entry in entries]

    async def error(self, tool: str, **arguments: Any) -> str:
        """The text of the tool's error result."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, result.structured_content
        text: str = result.content[0].text  # type: ignore[union-attr]
        return text

    async def text(self, tool: str, **arguments: Any) -> str:
        """The tool's text, error or not."""
        result = await self.client.call_tool(tool, arguments)
        return str(result.content[0].text)  # type: ignore[union-attr]


Serve = Callable[..., AbstractAsyncContextManager[Door]]


@asynccontextmanager
async def serving(
    home: Path, config: Path | None = None, mode: str = "auto", environ: Mapping[str, str] = {}, **client: Any
) -> AsyncIterator[Door]:
    """Serve in memory, with the database of `home`, and connect a client with these options."""
    variables = {"HOME": str(home), "PATH": os.environ["PATH"], **database.variables_of(home)}
    variables["INTERRUPT_MCP_INBOX"] = "off"
    settings = read_settings({**variables, **environ}, config=str(config) if config else None, cwd=home)
    async with running(settings) as app:
        server = build_server(app.runs_of, app.agents, VERSION, settings)
        async with Client(server, mode=mode, **client) as connected:
            yield Door(connected, app)


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """`async with serve(config=..., mode=...) as door`: a server in memory, and a client of it.

    The database is that of `tmp_path`, so that a second `serve` of the same test goes on with it.
    """
    return partial(serving, tmp_path)


@pytest.fixture
def ledger(home: Path) -> Ledger:
    """What was really booked in this test by servers whose ledger is in the room's `home`."""
    file = home / "ledger.txt"
    file.unlink(missing_ok=True)
    return Ledger(file)


Offer = Callable[..., Path]
Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """`project(name="source of agent file", ...)`: a `langgraph.json` whose agents are `graph` in those files.

    For agents whose source is itself what is tested; those that are always the same are modules, which `offer` names.
    """

    def make(**sources: str) -> Path:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        for name, source in sources.items():
            (folder / f"{name}.py").write_text(textwrap.dedent(source))
        graphs = {name: f"./{name}.py:graph" for name in sources}
        config = folder / "langgraph.json"
        config.write_text(json.dumps({"graphs": graphs}))
        return config

    return make


@pytest.fixture
def offer(request: pytest.FixtureRequest, tmp_path: Path) -> Offer:
    """`offer("module:graph", name="module:graph", ...)`: a `langgraph.json` of graphs of the modules in `agents/`.

    That folder is beside the test. All else, such as `policy="..."`, is as `offering` takes it.
    """
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    return partial(offering, folder, request.path.with_name("agents"))


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Effects:
    """What agents of `tests.scripted` did in this test."""
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    return Effects(tmp_path / "effects")
