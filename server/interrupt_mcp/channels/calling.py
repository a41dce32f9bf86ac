"""Calling a person: their browser is opened, signed in, at what waits; at most once a minute, whoever of all calls.

The secret that signs them in goes into a file of their own, and only once whoever listens at the pages' address has
proved to be a process of this store: another user's program may have taken the port.
"""

import http.client
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import anyio
import anyio.to_thread

from interrupt_mcp.channels.inbox import principal
from interrupt_mcp.channels.keys import Keys, hash_of, new_secret, same
from interrupt_mcp.presence.browser import opened
from interrupt_mcp.presence.desktop import Desktop
from interrupt_mcp.presence.handing_over import clear, hand_over
from interrupt_mcp.store.port import Sessions

log = logging.getLogger(__name__)
SECRET_SECONDS = 60.0
"""For how long a secret signs in."""
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
    """Where the pages are served now, without a path; empty where they are not."""
    keys: Keys
    sessions: Sessions


def handed_over(database: Path) -> Path:
    """Return the folder, beside the database, for files that are handed to the browser."""
    return Path(f"{os.path.realpath(database)}-sign-in")


async def call(place: Place, desktop: Desktop, code: str, waiting: Callable[[str], Awaitable[str]]) -> None:
    """Open the person's browser at the interrupt, unless a page of theirs is open, which shows it by itself.

    `waiting` tells what to open it at after a pause, where that was decided meanwhile; nothing where nothing waits.
    """
    secret = new_secret()
    while not await place.sessions.page_is_open():
        left = await place.sessions.offer_opening(hash_of(secret), principal(), SECRET_SECONDS, _PAUSE_SECONDS)
        if not left:
            if not await open_signed_in(place, desktop, secret, f"/inbox/interrupts/{code}"):
                log.warning("%s waits for a person: `interrupt-mcp inbox` in a terminal", code)
            return
        await anyio.sleep(left)
        if not (code := await waiting(code)):
            return


async def open_signed_in(place: Place, desktop: Desktop, secret: str, then: str) -> bool:
    """Open the browser at a page of the inbox, signed in by a secret that was offered; return whether it was.

    It returns once the browser had the time to read the file that it is handed.
    """
    address = place.address()
    if not address or not await proven(place.keys, address):
        return False
    await anyio.to_thread.run_sync(clear, place.folder)
    page = await anyio.to_thread.run_sync(hand_over, place.folder, address, secret, then)
    try:
        if not await opened(page, desktop):
            return False
        await anyio.sleep(SECRET_SECONDS)
        return True
    finally:
        with suppress(OSError):
            page.unlink(missing_ok=True)


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
    connection = http.client.HTTPConnection(at.hostname or "", at.port or 80, timeout=_PROOF_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().read(_PROOF_BYTES).decode("ascii", "replace")
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()
