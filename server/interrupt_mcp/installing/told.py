"""What a person is told of a client's file: what is to be in it, and what came of a change. It changes nothing."""

import sys
from collections.abc import Iterator

from interrupt_mcp.installing.changing import Configuration, Done, Outcome
from interrupt_mcp.installing.clients import Client
from interrupt_mcp.installing.entries import Entry


def printed(client: Client, configuration: Configuration, entry: Entry) -> Iterator[str]:
    """Give what is to be in the file, and where that is."""
    yield f"{client.title} reads {configuration.file.shown}. This is to be in it:"
    yield ""
    yield from configuration.snippet(entry).rstrip("\n").split("\n")
    yield ""
    if client.by_command is not None:
        yield "This does the same:"
        yield ""
        yield client.by_command(entry, sys.platform == "win32")
        yield ""


def would(outcome: Outcome) -> str:
    """Return what `--write` would do."""
    match outcome:
        case Outcome.SAME:
            return "It is there already."
        case Outcome.UPDATED:
            return "There is another there. With --write it is brought up to date, and all else stays as it is."
        case _:
            return "With --write it is put there, and all else in the file stays as it is."


def written(client: Client, configuration: Configuration, entry: Entry, done: Done) -> Iterator[str]:
    """Give what came of putting the entry in."""
    file = configuration.file.shown
    if done.outcome is Outcome.SAME:
        yield f"{entry.name} is in {file} already; nothing was changed."
        return
    yield f"{entry.name} is {'in' if done.outcome is Outcome.ADDED else 'up to date in'} {file} now."
    yield from _kept(done)
    yield f"{client.title} starts it when it is opened the next time."


def removed(client: Client, configuration: Configuration, entry: Entry, done: Done) -> Iterator[str]:
    """Give what came of taking the entry out."""
    file = configuration.file.shown
    if done.outcome is Outcome.SAME:
        yield f"{entry.name} is not in {file}; nothing was changed."
        return
    yield f"{entry.name} is no longer in {file}."
    if done.gone:
        yield "Nothing else was in the file, so it is gone."
    yield from _kept(done)
    yield f"{client.title} does not start it when it is opened the next time."


def _kept(done: Done) -> Iterator[str]:
    if done.backup is not None:
        yield f"What was in the file is kept in {done.backup}."
