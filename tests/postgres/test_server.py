"""The servers of the tests: each database is its own, what was kept is there again, and none is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.patience import PATIENCE
from tests.postgres.cluster import cluster
from tests.postgres.pooler import pooled
from tests.postgres.sharing import shared
from tests.processes import CHECKOUT, ran

pytestmark = [pytest.mark.postgres, pytest.mark.posix]
_HAS_ONE = """
import sys
from tests.postgres.cluster import cluster
with cluster() as server:
    print(server.folder, flush=True)
    sys.stdin.read()
"""


def test_databases_of_the_runs_server_are_apart(empty: str) -> None:
    with psycopg.connect(empty) as one, psycopg.connect(shared().make_database()) as other:
        one.execute("CREATE TABLE mine (a int)")
        one.commit()
        assert other.execute("SELECT to_regclass('mine')").fetchone() == (None,)


def test_a_database_is_as_its_template() -> None:
    template = shared().make_database()
    with psycopg.connect(template) as connection:
        connection.execute("CREATE TABLE laid_out (a int)")
    copied = shared().make_database(template.rpartition("/")[2])
    with psycopg.connect(copied) as connection:
        assert connection.execute("SELECT count(*) FROM laid_out").fetchone() == (0,)


def test_what_was_committed_is_there_after_each_way_to_end() -> None:
    with cluster(durable=True) as server:
        url = server.make_database()
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            connection.execute("CREATE TABLE kept (how text)")
        for how in ("fast", "immediate", "kill"):
            with psycopg.connect(url) as connection:
                connection.execute("INSERT INTO kept VALUES (%s)", (how,))
            server.kill() if how == "kill" else server.stop(how)
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url)
            server.start()
        with psycopg.connect(url) as connection:
            assert [row[0] for row in connection.execute("SELECT how FROM kept")] == ["fast", "immediate", "kill"]


def test_a_server_goes_with_the_process_that_had_it_however_that_ended() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _HAS_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    with process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert str(folder) not in ran(["ps", "-o", "command=", "-p", str(server)], PATIENCE).stdout


def test_two_clients_of_the_pooler_are_on_one_connection_by_turns(empty: str) -> None:
    asked = "SELECT pg_backend_pid()"
    with pooled(empty, size=1) as url, psycopg.connect(url) as one, psycopg.connect(url) as other:
        first = one.execute(asked).fetchone()
        one.commit()
        assert other.execute(asked).fetchone() == first
        other.commit()
        assert one.execute(asked).fetchone() == first
