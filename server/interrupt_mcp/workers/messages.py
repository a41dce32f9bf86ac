"""Messages between a front and one of its workers: each a line of JSON on a pipe. They know nothing of processes."""

import json
from dataclasses import dataclass
from typing import TypeAlias

from interrupt_mcp.access import Access
from interrupt_mcp.model import Json, RunId
from interrupt_mcp.workers.codec import made, plain


@dataclass(frozen=True, slots=True)
class Welcome:
    """It fits: it may open the store."""

    policy: str
    """The file with the policy as the front had it when it started: nothing looser holds before that starts anew."""


@dataclass(frozen=True, slots=True)
class Drive:
    """Claim the run and drive it, in its turn; where its last drive is about to end, after that."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class Stop:
    """Drive the run no longer: it was cancelled."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class Yield:
    """Let go of the run, if it only waits there until another one got on: another worker may drive it now."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class Listen:
    """From here on tell, or no longer tell, what the run tells while it works."""

    run_id: RunId
    on: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Look into the store for what changed, and answer `Looked`."""

    number: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Answer an inquiry, for whoever calls with that access."""

    number: int
    access: Access
    inquiry: Json


@dataclass(frozen=True, slots=True)
class Forget:
    """Nobody waits for the answer any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The first a worker says: which version of this software it is, and of the store."""

    version: str
    store_version: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The store is open, and runs may come."""


@dataclass(frozen=True, slots=True)
class Cannot:
    """It cannot serve, as it has told on stderr; it ends."""

    why: str


@dataclass(frozen=True, slots=True)
class Leaves:
    """It lets go of its runs and ends, and does nothing more that it is told."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The run is driven there, or waits for its turn; or no longer is."""

    run_id: RunId
    on: bool


@dataclass(frozen=True, slots=True)
class Held:
    """The run waits there until another one got on: processes may have died of either."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class Changed:
    """The run may have another status, which is on disk."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class Doing:
    """The node or tool of the run that runs now."""

    run_id: RunId
    what: str


@dataclass(frozen=True, slots=True)
class Tells:
    """What the run tells while it works, as lines for a person."""

    run_id: RunId
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """It has looked, so its event loop is not blocked."""

    number: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """What is done now for an inquiry."""

    number: int
    doing: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an inquiry."""

    number: int
    answer: Json


@dataclass(frozen=True, slots=True)
class Refused:
    """An inquiry came to an error: its class in `errors`, and what happened."""

    number: int
    error: str
    happened: str


FromFront: TypeAlias = Welcome | Drive | Stop | Yield | Listen | Look | Ask | Forget
FromWorker: TypeAlias = (
    Hello | Ready | Cannot | Leaves | Taken | Held | Changed | Doing | Tells | Looked | Progressed | Answered | Refused
)


def line_of(message: FromFront | FromWorker) -> bytes:
    """Return the message as a line, with its end."""
    return json.dumps(plain(message), separators=(",", ":")).encode("ascii") + b"\n"


def from_front(line: bytes) -> FromFront:
    """Return the message of a front.

    Raises:
        ValueError: the line is none.
    """
    message: FromFront = made(FromFront, _read(line))
    return message


def from_worker(line: bytes) -> FromWorker:
    """Return the message of a worker.

    Raises:
        ValueError: the line is none.
    """
    message: FromWorker = made(FromWorker, _read(line))
    return message


def _read(line: bytes) -> Json:
    try:
        message: Json = json.loads(line)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return message
