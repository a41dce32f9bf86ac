"""Calling a person: their browser is opened, signed in, at what waits; at most once a minute, whoever of all calls.

The secret that signs them in goes into a file of their own, and only once whoever listens at the pages' address has
proved to be a process of this store: another user's program may have taken the port.
"""

import http.client
import logging
import os
import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.authority import this_user
from interrupt_mcp.channels.keys import Keys
from interrupt_mcp.errors import Error
from interrupt_mcp.model import Filters
from interrupt_mcp.presence.browser import opened
from interrupt_mcp.presence.desktop import Desktop
from interrupt_mcp.presence.handing_over import handed_over
from interrupt_mcp.runs.queries import Queries
from interrupt_mcp.secret import hash_of, new_secret, same
from interrupt_mcp.store.port import Sessions

log = logging.getLogger(__name__)
SECRET_SECONDS = 60.0
"""For how long a secret signs in."""
_SPARE_SECONDS = 2.0
"""So long before its end a secret that nobody used is taken back."""
_PAUSE_SECONDS = 60.0
"""Between two openings."""
_PROOF_SECONDS = 5.0
_PROOF_BYTES = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is called to."""

    folder: Path
    """For the file that is handed to the browser; of this user's own."""
    address: Callable[[], str]
    """Where processes of this machine find the pages now, up to `/inbox`; empty where they are not served."""
    keys: Keys
    sessions: Sessions
    url: Callable[[], str]
    """Where people find them, up to `/inbox`."""


def handing_folder(database: Path, snaps: Path = Path("/snap/bin")) -> Path:
    """Return the folder for files that are handed to the browser: beside the database.

    A browser that is a snap can open no hidden folder, as that of the user's data is: there it is in their home.
    """
    return Path.home() / "interrupt-mcp-sign-in" if snaps.is_dir() else Path(f"{os.path.realpath(database)}-sign-in")


class Calls:
    """The calls that one process makes, one after the other: the page shows all that waits."""

    def __init__(self, tasks: TaskGroup, place: Place, desktop: Desktop | None, queries: Queries) -> None:
        """One of `tasks` makes them, at this desktop."""
        self._tasks = tasks
        self._place = place
        self._desktop = desktop
        self._queries = queries
        self._next = ""
        self._calling = False

    def begin(self, code: str) -> None:
        """Call the person, some time soon, to the interrupt of that code."""
        self._next = code
        if not self._calling and self._desktop is not None:
            self._calling = True
            self._tasks.start_soon(self._call_all, self._desktop)

    async def _call_all(self, desktop: Desktop) -> None:
        try:
            while self._next:
                code, self._next = self._next, ""
                await self._call(desktop, code)
        except (OSError, Error) as error:
            log.warning("The browser could not be opened: %s", error)
        finally:
            self._calling = False

    async def _call(self, desktop: Desktop, code: str) -> None:
        """Open the browser at what waits, unless a page of theirs is open, which shows it by itself."""
        secret, sessions = new_secret(), self._place.sessions
        while (code := await self._waiting(code)) and not await sessions.page_is_open():
            left = await sessions.offer_opening(hash_of(secret), this_user().principal, SECRET_SECONDS, _PAUSE_SECONDS)
            if not left:
                if not await open_signed_in(self._place, desktop, secret, f"/inbox/interrupts/{code}"):
                    log.warning("%s waits, and no browser was signed in: `interrupt-mcp inbox` in a terminal", code)
                return
            await anyio.sleep(left)

    async def _waiting(self, code: str) -> str:
        """Return the code of what waits: this one, else the oldest that waits; empty where nothing does."""
        if (await self._queries.interrupt(code)).undecided:
            return code
        found, _ = await self._queries.list_interrupts(Filters(), "", 1)
        return found[0].code if found else ""


async def open_signed_in(place: Place, desktop: Desktop, secret: str, then: str) -> bool:
    """Open the browser at a page of the inbox, signed in by a secret that was offered; return whether somebody was.

    It returns once the secret counts no more: a browser that was started may still show something else.
    """
    address = place.address()
    if not address or not await proven(place.keys, address):
        return False
    async with handed_over(place.folder, place.url(), secret, then) as page:
        if not await opened(page, desktop):
            return False
        await anyio.sleep(SECRET_SECONDS - _SPARE_SECONDS)
        return await place.sessions.take(hash_of(secret)) is None


async def proven(keys: Keys, address: str) -> bool:
    """Whether whoever listens at the address is a process of this store."""
    nonce = secrets.token_hex(16)
    answer = await anyio.to_thread.run_sync(_asked, address, f"/inbox/proof?nonce={quote(nonce)}")
    if not same(answer, keys.proof(address, nonce)):
        log.error("Another program listens on %s, where the pages should be: nobody is signed in there", address)
        return False
    return True


def _asked(address: str, path: str) -> str:
    """Return what is answered to a request, empty where nothing is."""
    at = urlsplit(address)
    connection = _connection(at.scheme, at.hostname or "", at.port)
    try:
        connection.request("GET", at.path + path)
        return connection.getresponse().read(_PROOF_BYTES).decode("ascii", "replace")
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=_PROOF_SECONDS)
    # Who answers is proved by the answer; a certificate for this machine is mostly one's own.
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=_PROOF_SECONDS, context=unverified)
