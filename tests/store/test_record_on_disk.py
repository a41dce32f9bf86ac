"""The record as SQLite keeps it: an entry that somebody changed is found."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import Reach
from tests.store.conftest import started

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]
CHANGES = {
    "an entry says something else": "UPDATE audit SET detail = '{}' WHERE seq = 2",
    "an entry is another project's": "UPDATE audit SET project = 'theirs' WHERE seq = 2",
    "an entry is gone": "DELETE FROM audit WHERE seq = 2",
    "an entry is in another place": "UPDATE audit SET seq = 13 WHERE seq = 2",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_entry_is_found(tmp_path: Path, change: str) -> None:
    path = tmp_path / "state.db"
    database = open_database(SqliteFile(path))
    store = database.store(Reach("project", this_user().principal), "one")
    try:
        for number in range(3):
            await started(store, f"run {number}", f"thread {number}")
        whole = await store.audit.verify()
        assert (whole.entries, whole.broken_at) == (3, None)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            with pytest.raises(sqlite3.IntegrityError, match="append only"):
                connection.execute(CHANGES[change])
            for trigger in ("update", "delete"):
                connection.execute(f"DROP TRIGGER audit_is_append_only_{trigger}")
            connection.execute(CHANGES[change])
        chain = await store.audit.verify()
        assert chain.entries == 1
        assert chain.broken_at is not None
    finally:
        database.close()
