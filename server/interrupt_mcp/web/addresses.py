"""Addresses of pages, within the site. What an agent or a client named leads nowhere but to its own page."""

from urllib.parse import quote, unquote, urlsplit

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


def within(then: str) -> str:
    """Return the page to go on with; the inbox, where it would lead elsewhere."""
    try:
        parts = urlsplit(then)
    except ValueError:
        return "/inbox"
    inside = not parts.scheme and not parts.netloc and f"{parts.path}/".startswith("/inbox/") and "\\" not in then
    # Browsers go up for these, escaped ones too.
    inside = inside and not {".", ".."} & set(unquote(parts.path).split("/"))
    signs_in = f"{parts.path}/".startswith("/inbox/sign-in/")
    return then if inside and not signs_in and then.isprintable() else "/inbox"
