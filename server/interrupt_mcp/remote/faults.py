"""Faults: what can go wrong with a server elsewhere, each as one sentence without a key."""

from typing import ClassVar

from interrupt_mcp.text.redaction import line_of

_LONGEST = 300
"""Characters of the server's own words."""


class RemoteFault(Exception):
    """The argument is the sentence."""

    code: ClassVar[str] = "remote_error"


class Rejected(RemoteFault):
    """A person did not let it go on."""

    code: ClassVar[str] = "rejected"


class Passing(RemoteFault):
    """It may be over when it is tried again."""

    def __init__(self, sentence: str, seconds: float | None = None) -> None:
        """`seconds` is after which time the server says it is worth another try."""
        super().__init__(sentence)
        self.seconds = seconds


class Taken(RemoteFault):
    """The thread there has a run that goes on."""


class Absent(RemoteFault):
    """The server has nothing of that name."""


def of_status(where: str, status: int, told: str, key_env: str, seconds: float | None) -> RemoteFault:
    """Return the fault of an answer with that HTTP status; `told` is what the server says."""
    words = f" ({said(told)})" if told.strip() else ""
    match status:
        case 401:
            asks = f"did not accept the key in {key_env}" if key_env else "wants a key: name its variable, api_key_env"
            return RemoteFault(f"{where} {asks} (HTTP 401)")
        case 403:
            return RemoteFault(f"{where} refuses what this key asks for (HTTP 403)")
        case 404:
            return Absent(f"{where} does not know what it was asked for{words or ' (HTTP 404)'}")
        case 409:
            return Taken(f"{where} has another run going on on this thread, which was not started here")
        case 429:
            return Passing(f"{where} takes no more requests for now (HTTP 429)", seconds)
        case _ if status >= 500:
            return Passing(f"{where} failed (HTTP {status})", seconds)
        case _ if 300 <= status < 400:
            return RemoteFault(f"{where} answers with a redirect (HTTP {status}), and none is followed: correct `url`")
        case _:
            return RemoteFault(f"{where} could not use the request (HTTP {status}){words}")


def said(told: str) -> str:
    """Return what a server says as a part of a sentence, without what looks like a secret."""
    line = line_of(told).rstrip(".")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
