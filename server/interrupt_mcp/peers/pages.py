"""Who serves a project's pages: one process for all that share the database, known to all by its address.

A process that serves HTTP anyway goes before one that was started for its own client. It does not know what pages are.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from interrupt_mcp import private
from interrupt_mcp.peers import telling
from interrupt_mcp.peers.owner import alive, lock_of

if TYPE_CHECKING:
    from filelock import BaseFileLock

_SUFFIX = ".address"
_LONGEST = 1000


class Rank(StrEnum):
    """Who goes before whom, the first before the others."""

    HTTP = "http"
    """A server over HTTP, which serves the pages beside its tools."""
    ANY = "any"
    """Any other process of the project."""


class PagesOf:
    """Whoever serves the pages of one project, as one process sees it, which may become that one."""

    def __init__(self, directory: Path, project: str) -> None:
        """`directory` is where the processes that share the database keep their files."""
        self._directory = directory
        self._name = f"pages-{hashlib.sha256(project.encode()).hexdigest()[:16]}"
        self._held: dict[Rank, BaseFileLock] = {}

    @property
    def address(self) -> str:
        """Where processes of this machine find them, up to `/inbox`; empty where no process that lives serves them."""
        return next((found for rank in Rank if (found := self._told(rank))), "")

    @property
    def url(self) -> str:
        """Where people find them, up to `/inbox`: the address, unless the server is called by another one."""
        told = next((each for rank in Rank if (each := self._read(rank)).get("address")), {})
        url = told.get("url") or told.get("address")
        return url if isinstance(url, str) else ""

    def served_by_http(self) -> bool:
        """Whether a server over HTTP serves them, so that nobody else need."""
        return bool(self._told(Rank.HTTP))

    @property
    def process(self) -> int | None:
        """The number of the process that serves them; `None` where none does, or it does not tell."""
        number = next((found.get("process") for rank in Rank if (found := self._read(rank)).get("address")), None)
        return number if isinstance(number, int) else None

    def take(self, rank: Rank) -> bool:
        """Be the one of that rank, unless another process is; return whether this one is.

        Raises:
            OSError: there can be no files in the directory.
        """
        if rank not in self._held:
            try:
                self._held[rank] = lock_of(self._directory, self._named(rank))
            except TimeoutError:
                return False
            # Of whoever was it before, and could not take it away.
            telling.take_back(self._told_at(rank))
        return True

    def tell(self, rank: Rank, address: str, url: str = "") -> None:
        """Have all others know where this process, which took that rank, serves them; `url` is for people, if another.

        Raises:
            OSError: there can be no files in the directory.
        """
        telling.tell(self._told_at(rank), json.dumps({"address": address, "url": url, "process": os.getpid()}))

    def leave(self) -> None:
        """Serve them no longer."""
        for rank in list(self._held):
            self.give_up(rank)

    def give_up(self, rank: Rank) -> None:
        """Be the one of that rank no longer, so that another process can be."""
        if (lock := self._held.pop(rank, None)) is not None:
            with suppress(OSError):
                telling.take_back(self._told_at(rank))
            lock.release()

    def _told_at(self, rank: Rank) -> Path:
        """Return the file that says where the process of that rank serves them."""
        return self._directory / f"{self._named(rank)}{_SUFFIX}"

    def _named(self, rank: Rank) -> str:
        return f"{self._name}-{rank}"

    def _told(self, rank: Rank) -> str:
        """Return the address that the process of that rank told, if it lives."""
        address = self._read(rank).get("address")
        return address if isinstance(address, str) else ""

    def _read(self, rank: Rank) -> Mapping[str, object]:
        """Return what the process of that rank told, if it lives."""
        name = self._named(rank)
        path = self._told_at(rank)
        if not private.belongs(path) or not (rank in self._held or alive(self._directory, name)):
            return {}
        with suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
            told = json.loads(file.read(_LONGEST))
            return told if isinstance(told, dict) else {}
        return {}
