"""Addresses of pages, within the site. What an agent or a client named leads nowhere but to its own page."""

from urllib.parse import quote

_STEPS = (".", "..")
"""Parts of a path that browsers take for a way up, however they are written."""


def at(*parts: str) -> str:
    """Return the path of a page within the inbox."""
    return "/".join(("/inbox", *(quote(part, safe="") for part in parts)))


def thread_page(thread_id: str) -> str:
    """Return the address of a thread's page."""
    return f"{at('threads')}/?id={thread_id}" if thread_id in _STEPS else at("threads", thread_id)


def query(**asked: str) -> str:
    """Return what comes after an address, of all that is not empty; nothing where all is."""
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items() if value)
    return f"?{said}" if said else ""
