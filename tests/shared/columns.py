"""Those who ask: everybody who shares the server, each with a scope missing, and whoever is nobody there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.shared.asking import Caller, calling
from tests.shared.served import A, D, L, R, Shared

COLUMNS: dict[str, Callable[[Shared], str | None]] = {
    "owner": lambda at: at.token("owner", R, L, D),
    "decider": lambda at: at.token("decider", R, L, D),
    "member": lambda at: at.token("member", R, L, D),
    "other": lambda at: at.token("other", R, L, D),
    "admin": lambda at: at.token("admin", L, A),
    "no run": lambda at: at.token("owner", L, D),
    "no read": lambda at: at.token("owner", R, D),
    "no decide": lambda at: at.token("owner", R, L),
    "no scope of use": lambda at: at.token("owner", A),
    "nobody": lambda _: None,
    "expired": lambda at: at.new_token("owner", R, L, D, until=timedelta(seconds=-1)),
    "revoked": lambda at: revoked(at),
    "never made": lambda _: f"imcp_{'A' * 43}",
}
NOBODY = ("nobody", "expired", "revoked", "never made")


def revoked(at: Shared) -> str:
    token = at.new_token("leaver", R, L, D)
    at.revoke("leaver")
    return token


def by_column(words: str) -> dict[str, str]:
    """What is expected of whom, from one word for each of those who may be somebody; all others are nobody."""
    known = dict(zip([each for each in COLUMNS if each not in NOBODY], words.split(), strict=True))
    return {**known, **dict.fromkeys(NOBODY, "401")}


@dataclass(frozen=True)
class Subject:
    """A run, and what is known of it."""

    run: str
    thread: str
    interrupt: str
    code: str
    checkpoint: str

    def in_place_of(self, never: "Subject", text: str) -> str:
        """The text that was said of another one, as it is said of this."""
        for own, other in zip(vars_of(self), vars_of(never), strict=True):
            text = text.replace(other, own)
        return text


def vars_of(subject: Subject) -> list[str]:
    return [subject.run, subject.thread, subject.interrupt, subject.checkpoint, subject.code]


NEVER = Subject("f" * 32, "no-such-thread", "e" * 32, "ZZ9", "1f1ebe5b-0000-6fe0-8001-000000000000")
"""What never was."""


def started(caller: Caller, agent: str, thread: str) -> Subject:
    """A run of theirs, which waits."""
    run = caller.call("start_run", agent=agent, message="go", thread_id=thread).value
    assert run["status"] == "interrupted"
    (asked,) = run["interrupts"]
    (last, *_) = caller.call("get_thread", thread_id=thread).value["checkpoints"]
    assert run["thread_id"] == thread
    return Subject(run["run_id"], thread, asked["interrupt_id"], asked["code"], last["checkpoint_id"])


@contextmanager
def owner(at: Shared, **capabilities: Any) -> Iterator[Caller]:
    with calling(at.server, at.token("owner", R, L, D), **capabilities) as caller:
        yield caller
