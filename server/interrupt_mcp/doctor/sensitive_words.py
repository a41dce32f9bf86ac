"""Words that name what people may want to be asked about. They are a guess, from names and descriptions alone."""

import re

_SENSITIVE = frozenset(
    """
    approve archive ban bash block book buy cancel charge checkout commit debit delete deploy destroy disable
    drop edit email erase eval exec execute grant insert install kill merge modify move order overwrite pay post
    publish purchase purge push reboot refund release remove rename replace reset restart revoke send shell
    shutdown submit suspend terminate transfer truncate uninstall unsubscribe update upload upsert wipe wire
    withdraw write
    """.split()  # noqa: SIM905
)
_LOOKS_UP = frozenset(
    """
    calculate check compare count describe detect estimate explain fetch find get has inspect is list load look
    lookup monitor peek preview query read retrieve return search see select show status summarize tell validate
    verify view
    """.split()  # noqa: SIM905
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def sensitive_word(name: str, about: str) -> str:
    """Return the word for which a tool looks sensitive, in its name or the first line about it; empty if none does.

    A tool that begins by looking something up is none, whatever it looks up.
    """
    for text in (name, about):
        words = [each.lower() for each in _PARTS.findall(text)]
        if words and _known(words[0], _LOOKS_UP):
            return ""
        if found := next((each for each in words if _known(each, _SENSITIVE)), ""):
            return found
    return ""


def _known(word: str, words: frozenset[str]) -> bool:
    """Whether it is one of the words, as it is or as in `Sends a message`."""
    return word in words or word.removesuffix("s") in words or (word.endswith("es") and word[:-2] in words)
