"""People as they are written in the file: principals, and groups of them by name.

It does not know who is in a group by a provider's word, nor what whoever is named may do.
"""

from collections.abc import Mapping

from interrupt_mcp.access import Principal, names_principal
from interrupt_mcp.config.given import Given
from interrupt_mcp.errors import ConfigError

_LONGEST = 200
_A_PRINCIPAL = "os:USER, token:NAME or oidc:ISSUER#SUBJECT"
_A_GROUP = f"the name of a group: 1 to {_LONGEST} characters that can be seen, without white space around them"


def some_people(given: Given) -> tuple[str, ...]:
    """Return the principals and groups that are listed, each once, as they are written."""
    found = tuple(_somebody(each) for each in _listed(given, f"a list of principals ({_A_PRINCIPAL}) and of groups"))
    if not found:
        raise given.wrong("a list of somebody; leave it out where the owner of a run decides")
    return tuple(dict.fromkeys(found))


def groups_of(table: Given) -> Mapping[str, tuple[str, ...]]:
    """Return the groups, each with the principals in it.

    Raises:
        ConfigError: a name is that of no group, or something listed is no principal.
    """
    found = {}
    for name, given in table.entries(quoted=True).items():
        if names_principal(name) or not _is_group(name):
            raise ConfigError(f"{given.place} must be {_A_GROUP}, and none that begins as a principal does")
        members = _listed(given, f"a list of principals: {_A_PRINCIPAL}")
        found[name] = tuple(dict.fromkeys(_principal(each) for each in members))
    return found


def _listed(given: Given, allowed: str) -> list[Given]:
    if not isinstance(given.value, list) or not all(isinstance(each, str) for each in given.value):
        raise given.wrong(allowed)
    return [Given(given.name, each, given.base, given.file) for each in given.value]


def _somebody(given: Given) -> str:
    text = str(given.value)
    if names_principal(text):
        return _principal(given)
    if not _is_group(text):
        raise given.wrong(f"{_A_PRINCIPAL}, or {_A_GROUP}", _shown(text))
    return text


def _principal(given: Given) -> str:
    text = str(given.value)
    try:
        return str(Principal.read(text))
    except ValueError as error:
        raise given.wrong(str(error), _shown(text)) from error


def _is_group(name: str) -> bool:
    return 0 < len(name) <= _LONGEST and name.isprintable() and name.strip() == name


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
