"""Fetching: JSON of a provider's, within a bound of time and size, and from nowhere else than was asked.

It does not know what the JSON means.
"""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import anyio
from anyio import to_thread

from interrupt_mcp.errors import Unavailable

log = logging.getLogger(__name__)
_SECONDS = 10.0
_LARGEST = 512 * 1024
"""Bytes of an answer."""
# What is compressed can be far larger than what is counted.
_HEADERS = {"accept": "application/json", "accept-encoding": "identity"}
Answer = tuple[int, Mapping[str, Any]]
"""The status, and the object; an empty one where the answer is no JSON object."""


async def fetched(address: str, form: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None) -> Answer:
    """Return what is answered at the address, to a form if one is sent. A redirect is an answer, and not followed.

    Raises:
        Unavailable: nothing is answered, or not soon enough, or too much.
    """
    # Imported for those alone who have a provider.
    import httpx2

    try:
        with anyio.fail_after(_SECONDS):
            # Whom to trust is read from files; on loopback there is nobody in between.
            trusted = await to_thread.run_sync(httpx2.create_ssl_context) if address[:6] == "https:" else False
            async with httpx2.AsyncClient(verify=trusted, timeout=_SECONDS, follow_redirects=False) as http:
                method = "GET" if form is None else "POST"
                async with http.stream(method, address, data=form, auth=auth, headers=_HEADERS) as answer:
                    return answer.status_code, _object(await _body(answer.aiter_raw(), address))
    except (httpx2.HTTPError, httpx2.StreamError, TimeoutError, OSError, ValueError) as error:
        # What it says may hold what was sent, which may be a secret.
        log.warning("the OpenID provider %s does not answer: %s", host_of(address), type(error).__name__)
        raise Unavailable(f"The OpenID provider {host_of(address)} does not answer; try again later") from None


async def _body(parts: AsyncIterator[bytes], address: str) -> bytes:
    body = b""
    async for part in parts:
        body += part
        if len(body) > _LARGEST:
            log.warning("the OpenID provider %s answers with more than %d bytes", host_of(address), _LARGEST)
            raise Unavailable(f"The OpenID provider {host_of(address)} answers with more than is read")
    return body


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def host_of(address: str) -> str:
    """Return the host of an address, with its port, as people know it."""
    return urlsplit(address).netloc
