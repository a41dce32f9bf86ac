"""Handing over: a page on disk that only this user can open, and that signs whoever opens it in to the inbox.

It sends its secret in the body of a request, so that it stands in no command, no address and no history. Browsers send
that with the origin `null`. It does not know what the secret is good for, nor for how long.
"""

import html
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import anyio

from interrupt_mcp import private

_PATH = "/inbox/sign-in"
_OLD = 120.0
"""Seconds after which a page was left behind by a process that could not remove it."""
_PREFIX, _SUFFIX = "sign-in-", ".html"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>interrupt-mcp</title>
</head>
<body>
<p>Opening the inbox of interrupt-mcp…</p>
<form method="post" action="{action}" autocomplete="off">
<input type="hidden" name="secret" value="{secret}">
<input type="hidden" name="then" value="{then}">
<button>Open the inbox</button>
</form>
<script>document.forms[0].submit();</script>
</body>
</html>
"""


def hand_over(folder: Path, address: str, secret: str, then: str) -> Path:
    """Make a page that posts `secret` and `then` to the sign-in of the inbox at `address`, and return its path.

    The folder is for such pages alone: it is made private, and pages that were left in it are removed.

    Raises:
        OSError: there can be no such file.
        Unavailable: the folder is another user's.
    """
    private.make_folder(folder)
    private.make_private(folder, folder=True)
    clear(folder)
    page = _PAGE.format(
        action=html.escape(address.rstrip("/") + _PATH), secret=html.escape(secret), then=html.escape(then)
    )
    path = folder / f"{_PREFIX}{secrets.token_hex(16)}{_SUFFIX}"
    # It fails where there is anything of that name, a link too.
    with open(path, "x", encoding="utf-8", opener=private.opener) as file:
        file.write(page)
    return path


def clear(folder: Path) -> None:
    """Remove the pages in the folder that are older than two minutes."""
    now = time.time()
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            # One from the future was made before the clock was set back.
            if abs(now - path.lstat().st_mtime) > _OLD:
                path.unlink()


@asynccontextmanager
async def handed_over(folder: Path, address: str, secret: str, then: str) -> AsyncIterator[Path]:
    """Have such a page as `hand_over` makes, until the end of the block.

    Raises:
        OSError: there can be no such file.
        Unavailable: the folder is another user's.
    """
    path = await anyio.to_thread.run_sync(partial(hand_over, folder, address, secret, then))
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink()
