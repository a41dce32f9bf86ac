"""The support desk's own SQLite file: customers, their orders, what was refunded and what was written to them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from platformdirs import user_data_path

SCHEMA = (
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE)",
    """CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,
        item TEXT NOT NULL,
        cents INTEGER NOT NULL
    )""",
    """CREATE TABLE refunds (
        id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
        cents INTEGER NOT NULL CHECK (cents > 0),
        reason TEXT NOT NULL
    )""",
    "CREATE TABLE messages (id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, body TEXT NOT NULL)",
    """INSERT INTO customers VALUES
        (1, 'Ada Lovelace', 'ada@example.com'),
        (2, 'Grace Hopper', 'grace@example.com'),
        (3, 'Alan Turing', 'alan@example.com')""",
    """INSERT INTO orders VALUES
        (1001, 1, 'Noise-cancelling headphones', 14900),
        (1002, 1, 'Desk lamp', 3990),
        (1003, 2, 'Mechanical keyboard', 8900),
        (1004, 3, 'Set of three notebooks', 1250)""",
    "PRAGMA user_version = 1",
)


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    """Open a transaction: all that happens inside is kept, or nothing; nobody else writes in between."""
    path = Path(os.environ.get("DESK_DATABASE") or user_data_path("interrupt-mcp", appauthor=False) / "desk.db")
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        # It holds customers' addresses: SQLite alone would let every user of the machine read it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    # sqlite3 would begin a transaction of its own only at the first change, after what it was based on was read.
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection, connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in SCHEMA:
                connection.execute(statement)
            connection.commit()
            connection.execute("BEGIN IMMEDIATE")
        yield connection
