"""What the way to a server can have happen to connections, as a client of PostgreSQL sees it."""

import time

import psycopg
import pytest

from tests.patience import PATIENCE
from tests.postgres.proxy import Proxy

pytestmark = [pytest.mark.postgres, pytest.mark.posix]
_SHORT = 0.3


def asked(connection: "psycopg.Connection[tuple[int]]") -> object:
    return connection.execute("SELECT 1").fetchone()


def test_what_is_cut_fails_and_can_be_had_anew(way: Proxy, empty: str) -> None:
    url = way.url(empty)
    with psycopg.connect(url) as connection:
        assert asked(connection) == (1,)
        way.cut()
        with pytest.raises(psycopg.OperationalError):
            asked(connection)
    with psycopg.connect(url) as connection:
        assert asked(connection) == (1,)
    way.refuse()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=5)
    way.pass_on()
    psycopg.connect(url).close()


def test_nothing_comes_of_what_is_dropped_until_it_passes_again(way: Proxy, empty: str) -> None:
    with psycopg.connect(way.url(empty), autocommit=True) as connection:
        way.drop()
        connection.pgconn.send_query(b"SELECT 1")
        connection.pgconn.flush()
        time.sleep(_SHORT)
        connection.pgconn.consume_input()
        assert connection.pgconn.is_busy()
        way.pass_on()
        deadline = time.monotonic() + PATIENCE
        while connection.pgconn.is_busy():
            assert time.monotonic() < deadline
            time.sleep(0.01)
            connection.pgconn.consume_input()
        while connection.pgconn.get_result() is not None:
            pass


def test_it_can_be_slow(way: Proxy, empty: str) -> None:
    with psycopg.connect(way.url(empty)) as connection:
        way.delay(_SHORT)
        begun = time.monotonic()
        assert asked(connection) == (1,)
        assert time.monotonic() - begun >= 2 * _SHORT


def test_a_server_may_be_heard_no_more_while_it_still_hears(way: Proxy, empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as beside:
        beside.execute("CREATE TABLE heard (a int)")
        with psycopg.connect(way.url(empty), autocommit=True) as connection:
            way.half_close()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("INSERT INTO heard VALUES (1)")
        deadline = time.monotonic() + PATIENCE
        while beside.execute("SELECT count(*) FROM heard").fetchone() != (1,):
            assert time.monotonic() < deadline
            time.sleep(0.01)
