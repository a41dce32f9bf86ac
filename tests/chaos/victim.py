"""A server or worker process as chaos starts it. All that tells it from any other is here, by what its variables say.

`CHAOS` is a directory: the process says there under which name it owns runs, and how many of its writes were refused.
`KILL_AT` has it die, as `kill -9` does it, before or after its so-manieth transaction, or act of its agents;
`KILL_WORKERS` is how probable that is of each of its workers. `ALONE` has it be a worker without a server. `CLOCK` is
by how many seconds its clock is wrong. `SERVE` are the arguments with which it serves, `VERSION` is what it takes
itself for, `DEAF` how many of a database server's notifications it does not get. It may write only where permissions
say so, even where root started it.
"""

import ctypes
import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from itertools import count
from pathlib import Path
from typing import Any

from interrupt_mcp.cli import main
from interrupt_mcp.peers.owner import Owner
from interrupt_mcp.store.records import Fenced
from interrupt_mcp.store.sql import rows
from interrupt_mcp.workers import child
from interrupt_mcp.workers.keeping import Backoff
from interrupt_mcp.workers.launch import Launch
from tests.chaos import agents
from tests.chaos.nursery import Forked, Nursery
from tests.chaos.workers import put_down
from tests.processes import CHECKOUT
from tests.transactions import die_at

_CAP_DAC_OVERRIDE = 1
_IN_ADVANCE = 10
"""Workers that a server has in store for each that it is to have; it seldom lives for more of them."""
_LONGEST_REST = 0.3


def say(name: str, text: str) -> None:
    """Add to a file of the driver's; where this process's disk is full, it stays asked_inside."""
    with suppress(OSError), Path(os.environ["CHAOS"], name).open("a") as file:
        file.write(text)


def run() -> None:
    alone = os.environ.pop("ALONE", "")
    if alone:
        run_worker([])
    if number := int(os.environ.get("INTERRUPT_MCP_WORKERS", "0")):
        have_workers(Nursery(_IN_ADVANCE * number, run_worker))
    # What is for the server alone.
    live(os.environ.pop("KILL_AT", ""))
    sys.exit(main(["serve", *os.environ.pop("SERVE", "").split()]))


def run_worker(arguments: list[str]) -> None:
    """Be a worker, and end with it."""
    put_down(Path(os.environ["CHAOS"]), os.getppid() if arguments else 0)
    os.environ["WORKS"] = "1"
    # The disk may have been full when the server forked it.
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    live(drawn(float(os.environ.get("KILL_WORKERS", "0")), random))
    sys.exit(main(["worker", *arguments]))


def drawn(odds: float, rng: Any, *, within: bool = False) -> str:
    """When a process is to kill itself, at random; empty where it is not."""
    moments = ["before", "after"]
    if rng.random() >= odds:
        return ""
    # A process lives for some hundred transactions at most, and for some acts.
    what, most = rng.choice([("transaction", 200), ("act", 6)])
    when = rng.choice([*moments, "within"] if within and what == "transaction" else moments)
    return f"{when} {what} {int(most ** rng.uniform(0.3, 1))}"


def live(at: str) -> None:
    """Be told from other processes by this."""
    name_owner()
    tell_refusals()
    if at:
        when, what, number = at.split()
        (die_at_transaction if what == "transaction" else die_at_act)(when, int(number))
    if os.environ.get("INTERRUPT_MCP_DATABASE", "").startswith("postgres"):
        suffer_from_server()
    if off := float(os.environ.get("CLOCK", "0")):
        turn_clock(off)
    obey()


def suffer_from_server() -> None:
    """What happens where the database is a server's."""
    from tests.chaos import afflictions

    afflictions.name_owner()
    if deaf := os.environ.get("DEAF"):
        afflictions.be_deaf(float(deaf))
    if version := os.environ.get("VERSION"):
        afflictions.claim_version(version)


def have_workers(nursery: Nursery) -> None:
    """Have workers come from there, and soon after others were killed."""

    def spawned(launch: Launch) -> Forked | subprocess.Popen[bytes]:
        command = launch.arguments.index("worker")
        return nursery.worker(list(launch.arguments[command + 1 :]), {**launch.environ, "PYTHONPATH": CHECKOUT})

    child._spawned = spawned  # type: ignore[assignment]
    rest = Backoff.seconds.fget  # type: ignore[attr-defined]
    Backoff.seconds = property(lambda self: min(rest(self), _LONGEST_REST))  # type: ignore[assignment, method-assign]


def name_owner() -> None:
    hold = Owner.hold
    # Another process had the same number.
    Path(os.environ["CHAOS"], f"{os.getpid()}.owner").unlink(missing_ok=True)

    def told(self: Owner) -> None:
        Path(os.environ["CHAOS"], f"{os.getpid()}.owner").write_text(self.name)
        hold(self)

    Owner.hold = told  # type: ignore[method-assign]


def tell_refusals() -> None:
    """Each write that the fence refuses leaves a line."""

    def told(self: Fenced, *args: object) -> None:
        Exception.__init__(self, *args)
        say("refused", f"{os.getpid()} {args}\n")

    Fenced.__init__ = told  # type: ignore[method-assign]


def die() -> None:
    if os.environ.get("WORKS"):
        say("suicides", f"{os.getpid()}\n")
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_transaction(when: str, number: int) -> None:
    if when == "within":
        from tests.chaos.afflictions import die_within

        die_within(number, die)
        return
    made = count(1)
    die_at(lambda _: when if next(made) == number else "", die)


def die_at_act(when: str, number: int) -> None:
    made, did = count(1), agents.did

    def armed(key: str, amount: int) -> str:
        hit = next(made) == number
        if hit and when == "before":
            die()
        said = did(key, amount)
        if hit:
            die()
        return said

    agents.did = armed


def turn_clock(seconds: float) -> None:
    """For ids that are made from the time, and for what is written as time."""
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + seconds
    time.time_ns = lambda: real_ns() + int(seconds * 10**9)

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=seconds)

    rows.datetime = Wrong  # type: ignore[attr-defined]


def obey() -> None:
    """Give up root's right to write where permissions forbid it, where the system knows such rights."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "capget"):
        return
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    rights = (ctypes.c_uint32 * 6)()
    if libc.capget(header, rights) == 0:
        rights[0] &= ~(1 << _CAP_DAC_OVERRIDE)
        libc.capset(header, rights)


if __name__ == "__main__":
    run_worker(sys.argv[1:])
