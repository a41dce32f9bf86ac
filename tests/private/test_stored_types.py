"""A value of a type of the agent's own is itself in the next process; a row that names anything else runs nothing."""

import json
import os
import pickle
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import ormsgpack
import pytest
import zstandard
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from interrupt_mcp.store.compression import Compressed
from tests.conftest import Door
from tests.processes import over_stdio

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]
ROOT = Path(__file__).parents[2]
ACCEPT = {"decisions": [{"type": "accept"}]}
RESPOND = {"decisions": [{"type": "respond", "value": "yes"}]}
PLAIN = JsonPlusSerializer(allowed_msgpack_modules=None)


AGENTS = ("keeps", "sends", "records", "charges", "remembers")
KINDS = ("pickle", "json", "json+zstd")
"""Those that are never written."""


def variables(home: Path) -> dict[str, str]:
    """The variables of a server process of the shop."""
    return {
        "INTERRUPT_MCP_CONFIG": str(ROOT / "tests" / "private" / "shop" / "langgraph.json"),
        "INTERRUPT_MCP_APPROVER": "client",
        "TOUCHED": str(home / "touched"),
    }


@dataclass(frozen=True)
class Left:
    """A database, and the runs in it that wait, by agent, and for each kind: the process that began them has ended."""

    database: Path
    runs: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    home = tmp_path_factory.mktemp("left")
    runs = {}
    async with over_stdio(home, environ=variables(home)) as door:
        for kind in KINDS:
            runs[kind] = await paused(door, "keeps")
        for agent in AGENTS:
            runs[agent] = await paused(door, agent)
            if agent in ("records", "charges"):
                runs[agent] = await go_on(door, runs[agent], ACCEPT)
                assert runs[agent]["status"] == "interrupted", runs[agent]
    assert not (home / "state.db-wal").exists()
    return Left(home / "state.db", runs)


@pytest.fixture(scope="module")
async def after(left: Left, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """A client of the next process on that database."""
    home = tmp_path_factory.mktemp("after")
    shutil.copy(left.database, home)
    async with over_stdio(home, environ=variables(home)) as door:
        yield door


@pytest.fixture
def database(left: Left, tmp_path: Path) -> Path:
    """That database, for a test to change."""
    return Path(shutil.copy(left.database, tmp_path))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return variables(tmp_path)


async def paused(door: Door, agent: str) -> dict[str, Any]:
    start = {"message": "go"} if agent == "records" else {"input": {"told": None}}
    run = await door.call("start_run", agent=agent, **start, wait_seconds=25)
    assert run["status"] == "interrupted", run
    return run


async def go_on(door: Door, run: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    return await door.call("resume_run", run_id=run["run_id"], **decision, wait_seconds=25)


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
async def test_types_of_the_agents_own_are_themselves_after_a_restart(
    tmp_path: Path, environ: dict[str, str], database: Path, left: Left, version: str
) -> None:
    async with over_stdio(tmp_path, version, environ) as door:
        ended = await go_on(door, left.runs["keeps"], RESPOND)
    assert ended["status"] == "success", ended
    assert ended["output"]["told"] == {
        "anything": {
            "plan": "Plan",
            "parts": ["Part", {"deep": "Part"}],
            "size": "Size",
            "colour": "Colour",
            "tags": "Tags",
            "made": "Made",
            "late": "Late",
            "secret": "SecretStr",
            "prompt": "StringPromptValue",
        },
        "actions": ["AgentAction"],
        "first": ["Part", "Size"],
    }
    assert "Blocked" not in (tmp_path / "stderr.txt").read_text()


async def test_so_are_those_that_are_sent_to_a_node(after: Door, left: Left) -> None:
    ended = await go_on(after, left.runs["sends"], RESPOND)
    assert ended["output"]["told"] == {"part": "Part"}


async def test_so_are_those_in_the_recorded_result_of_a_call(after: Door, left: Left) -> None:
    ended = await go_on(after, left.runs["records"], RESPOND)
    assert ended["status"] == "success", ended
    assert ended["output"]["told"] == "Part"


async def test_so_are_those_that_a_sensitive_function_gave(after: Door, left: Left) -> None:
    ended = await go_on(after, left.runs["charges"], RESPOND)
    assert ended["output"]["told"] == "Part"


FORGED: dict[str, Callable[[str], ormsgpack.Ext]] = {
    "a call with one argument": lambda path: ext(0, "os", "system", f"touch '{path}'"),
    "a call with several": lambda path: ext(1, "subprocess", "Popen", (["touch", path],)),
    "a call with names": lambda path: ext(2, "subprocess", "run", {"args": ["touch", path]}),
    "a method": lambda path: ext(3, "subprocess", "Popen", ["touch", path], "__call__"),
    "a class method": lambda path: ext(3, "pathlib", "Path", path, "touch"),
    "an old model": lambda path: ext(4, "subprocess", "Popen", {"args": ["touch", path]}, "construct"),
    "a model": lambda path: ext(5, "subprocess", "Popen", {"args": ["touch", path]}, "model_validate"),
    "a function of the agent's own": lambda path: ext(0, "shop_models", "touch", path),
    "a class of its own that is no data": lambda path: ext(0, "shop_models", "Toucher", path),
    "a function that its module imports": lambda path: ext(0, "shop_models", "create_model", path),
    "a module of its folder that nothing imports": lambda path: ext(2, "shop_never", "Never", {"x": 1}),
    "a name with a dot": lambda path: ext(0, "shop_models", "os.system", f"touch '{path}'"),
    "no name at all": lambda path: ext(0, ["os"], {"system": 1}, f"touch '{path}'"),
}


def ext(code: int, *said: Any) -> ormsgpack.Ext:
    return ormsgpack.Ext(code, ormsgpack.packb(said))


def forge(database: Path, value: object) -> int:
    """Put the value where the database keeps values of agents; into how many rows."""
    kept = Compressed(PLAIN)
    changed = 0
    with closing(sqlite3.connect(database)) as conn, conn:
        for rowid, kind, blob in conn.execute("SELECT rowid, type, checkpoint FROM checkpoints").fetchall():
            checkpoint = kept.loads_typed((kind, blob))
            checkpoint["channel_values"]["anything"] = value
            checkpoint["channel_values"]["bought"] = value
            forged = ormsgpack.packb(checkpoint, default=lambda _: None, option=ormsgpack.OPT_NON_STR_KEYS)
            conn.execute("UPDATE checkpoints SET type = 'msgpack', checkpoint = ? WHERE rowid = ?", (forged, rowid))
            changed += 1
        forged = ormsgpack.packb(value)
        for table, column, kind in (("writes", "value", "type"), ("effects", "result", "result_type")):
            where = "channel NOT LIKE '\\_\\_%' ESCAPE '\\'" if table == "writes" else "result IS NOT NULL"
            update = f"UPDATE {table} SET {kind} = 'msgpack', {column} = ? WHERE {where}"
            changed += conn.execute(update, (forged,)).rowcount
    return changed


@pytest.mark.parametrize("agent", ["keeps", "records"])
async def test_a_row_runs_and_imports_nothing(
    tmp_path: Path, environ: dict[str, str], database: Path, left: Left, agent: str
) -> None:
    run = left.runs[agent]
    touched = {what: tmp_path / f"touched {number}" for number, what in enumerate(FORGED)}
    environ["TOUCHED"] = str(touched["a module of its folder that nothing imports"])
    assert forge(database, [FORGED[what](str(path)) for what, path in touched.items()]) > 1
    async with over_stdio(tmp_path, environ=environ) as door:
        await door.text("get_thread", thread_id=run["thread_id"])
        await door.text("resume_run", run_id=run["run_id"], **RESPOND, wait_seconds=25)
        await door.text("fork_thread", thread_id=run["thread_id"])
        assert (await door.call("list_agents"))["agents"]
    assert [what for what, path in touched.items() if path.exists()] == []


async def test_what_stands_in_the_agents_memory_is_plain_data(
    tmp_path: Path, environ: dict[str, str], database: Path, left: Left
) -> None:
    run = left.runs["remembers"]
    forged = [
        {
            "lc": lc,
            "type": "constructor",
            "id": ["os", "system"],
            "kwargs": {"command": f"touch '{environ['TOUCHED']}'"},
        }
        for lc in (1, 2)
    ]
    with closing(sqlite3.connect(database)) as conn, conn:
        assert conn.execute("UPDATE store SET value = ?", (json.dumps({"name": forged}),)).rowcount == 1
    async with over_stdio(tmp_path, environ=environ) as door:
        ended = await go_on(door, run, RESPOND)
    assert ended["output"]["told"] == {"name": forged}
    assert not Path(environ["TOUCHED"]).exists()


class Touching:
    """A pickle that runs a program."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


async def test_rows_of_kinds_that_are_never_written_are_not_read(
    tmp_path: Path, environ: dict[str, str], database: Path, left: Left
) -> None:
    told = {"lc": 2, "type": "constructor", "id": ["os", "system"], "args": [f"touch '{environ['TOUCHED']}'"]}
    as_json = json.dumps(told).encode()
    forged = {
        "pickle": pickle.dumps(Touching(environ["TOUCHED"])),
        "json": as_json,
        "json+zstd": zstandard.ZstdCompressor().compress(as_json),
    }
    with closing(sqlite3.connect(database)) as conn, conn:
        for kind in KINDS:
            update = "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE thread_id = ?"
            assert conn.execute(update, (kind, forged[kind], left.runs[kind]["thread_id"])).rowcount > 0
    async with over_stdio(tmp_path, environ=environ) as door, anyio.create_task_group() as at_once:
        for kind in KINDS:
            refused = await door.error("get_thread", thread_id=left.runs[kind]["thread_id"])
            assert refused.startswith("unavailable: "), refused
            assert f"'{kind.partition('+')[0]}'" in refused
            # The server tries for some seconds.
            resume = partial(door.text, run_id=left.runs[kind]["run_id"], **RESPOND, wait_seconds=25)
            at_once.start_soon(resume, "resume_run")
    assert not Path(environ["TOUCHED"]).exists()
