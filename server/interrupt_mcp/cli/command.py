"""A command: its name, its arguments, and what it does. It does not know what other commands there are."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `interrupt-mcp`."""

    name: str
    help: str
    """A phrase that says what it does."""
    run: Callable[[Namespace], int]
    """Does it and returns the exit code. What it needs it imports itself, so that others start fast.

    An `Error` that it raises becomes one line on stderr and an exit code.
    """
    add_arguments: Callable[[ArgumentParser], None]
