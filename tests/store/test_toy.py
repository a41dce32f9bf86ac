"""The toy is a store, as the type checker sees it: the port asks nothing that is not in it."""

import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.store.port import Audit, Checkpoints, Database, Interrupts, Journal, Runs, Store, Threads, Tokens
from interrupt_mcp.store.records import Reach
from tests.store.conftest import started
from tests.store.toy import ToyDatabase


@pytest.mark.anyio
async def test_the_toy_is_a_store() -> None:
    """Types are checked by hand: `mypy tests/store`."""
    database: Database = ToyDatabase()
    store: Store = database.store(Reach("project", this_user().principal), "one")
    runs: Runs = store.runs
    interrupts: Interrupts = store.interrupts
    threads: Threads = store.threads
    audit: Audit = store.audit
    tokens: Tokens = store.tokens
    journal: Journal = store.journal(await started(store))
    checkpoints: Checkpoints = store.checkpoints(journal)
    assert None not in (runs, interrupts, threads, audit, tokens, journal, checkpoints)
