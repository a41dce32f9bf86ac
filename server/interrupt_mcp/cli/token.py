"""`token`: what lets somebody in over HTTP, made, listed and revoked by the operator. A token is printed once."""

import re
import sys
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from interrupt_mcp.access import is_token_name
from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import Listing, local_time, show, with_store, write, write_json
from interrupt_mcp.errors import UnknownToken
from interrupt_mcp.process.arguments import add_common, settings_of
from interrupt_mcp.words import Scope

if TYPE_CHECKING:
    from interrupt_mcp.config import Settings
    from interrupt_mcp.store.known import Token
    from interrupt_mcp.store.port import Store

_HEADS = ("NAME", "SCOPES", "STATE", "MADE", "LAST USED", "EXPIRES")
_WORDS = "create | list | revoke"
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_ON_PAGES = "It signs a person in at the pages: /inbox/sign-in takes it."
_BOTH = (
    "With run and decide it does not sign in at the pages, and a client that has it decides itself where policy lets"
    " clients decide. Give the client and the person a token each."
)
_BLIND = "Without read it looks at nothing, not even at what it starts or is to decide."


def _run(args: Namespace) -> int:
    what: Callable[[Namespace], int] = args.token_command
    return what(args)


def _create(args: Namespace) -> int:
    import asyncio

    from interrupt_mcp.identity.tokens import new_token

    settings, token = settings_of(args), new_token()
    made = asyncio.run(_made(settings, token, args))
    if args.json:
        write_json({"token": token, **_granted(made)}, sys.stdout)
    else:
        write([token], sys.stdout)
    write(_explained(made, settings.project), sys.stderr)
    return 0


async def _made(settings: "Settings", token: str, args: Namespace) -> "Token":
    from interrupt_mcp.secret import hash_of
    from interrupt_mcp.store.opening import open_database
    from interrupt_mcp.store.records import NOBODY, Reach

    with closing(open_database(settings.database)) as database:
        tokens = database.store(Reach(settings.project), NOBODY).tokens
        expires_at = None if args.expires is None else datetime.now(UTC) + args.expires
        return await tokens.make(hash_of(token), args.name, args.scopes, expires_at)


def _explained(token: "Token", project: str) -> list[str]:
    """Return what the operator should know of a token that was just made."""
    may, until = ", ".join(_words(token.scopes)), token.expires_at
    ends = "it never expires (--expires 30d)" if until is None else f"until {local_time(until)}"
    lines = [
        f"A token of {token.principal} in the project {project}: {may}; {ends}.",
        "It is shown this once: only its hash is kept. A client sends it as `Authorization: Bearer`, where"
        " INTERRUPT_MCP_AUTH is token.",
    ]
    decides, runs = Scope.DECIDE in token.scopes, Scope.RUN in token.scopes
    lines += [_BOTH if runs else _ON_PAGES] if decides else []
    return lines if Scope.READ in token.scopes else [*lines, _BLIND]


def _list(args: Namespace) -> int:
    show(with_store(_found, args), args)
    return 0


async def _found(store: "Store | None", _args: Namespace) -> Listing:
    tokens = [] if store is None else await store.tokens.listed()
    rows = [
        (
            *(each.name, ",".join(_words(each.scopes)), _state(each), local_time(each.made_at)),
            *("never" if at is None else local_time(at) for at in (each.used_at, each.expires_at)),
        )
        for each in tokens
    ]
    return Listing({"tokens": [_body(each) for each in tokens]}, _HEADS, rows, "No tokens.", firm=3)


def _revoke(args: Namespace) -> int:
    revoked = with_store(_revoked, args)
    said = f"{revoked} token{'s' if revoked > 1 else ''} of {args.name} revoked, with the sessions that began so."
    if not revoked:
        said = f"All tokens of {args.name} were revoked before."
    show(Listing({"name": args.name, "revoked": revoked}, (), (), said), args)
    return 0


async def _revoked(store: "Store | None", args: Namespace) -> int:
    if store is None or args.name not in {each.name for each in await store.tokens.listed()}:
        raise UnknownToken(f"There is no token {args.name!r}")
    return await store.tokens.revoke(args.name)


def _granted(token: "Token") -> dict[str, Any]:
    return {
        "name": token.name,
        "principal": str(token.principal),
        "scopes": _words(token.scopes),
        "expires_at": _moment(token.expires_at),
    }


def _body(token: "Token") -> dict[str, Any]:
    times = {"made_at": _moment(token.made_at), "used_at": _moment(token.used_at)}
    return {**_granted(token), **times, "revoked_at": _moment(token.revoked_at), "state": _state(token)}


def _state(token: "Token") -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "active" if token.expires_at is None or token.expires_at > datetime.now(UTC) else "expired"


def _words(scopes: frozenset[Scope]) -> list[str]:
    return [scope.value for scope in Scope if scope in scopes]


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _name(text: str) -> str:
    if not is_token_name(text):
        raise ArgumentTypeError(f"{text!r} is not a name of at most 64 letters, digits, dots, - and _")
    return text


def _scopes(text: str) -> frozenset[Scope]:
    words = {word.strip() for word in text.split(",")}
    if not words <= set(Scope):
        raise ArgumentTypeError(f"{text!r} is not a list of {', '.join(Scope)}, with commas between them")
    if Scope.ADMIN in words and Scope.READ not in words:
        raise ArgumentTypeError("admin counts only together with read: it is to look at what is everybody's")
    return frozenset(Scope(word) for word in words)


def _lifetime(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9][0-9]{0,4})([dhm])", text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a time like 30d, 12h or 90m")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _arguments(parser: ArgumentParser) -> None:
    commands = parser.add_subparsers(prog=parser.prog, title="what to do", metavar=_WORDS, required=True)

    def add(name: str, help_: str, run: Callable[[Namespace], int]) -> ArgumentParser:
        one: ArgumentParser = commands.add_parser(name, help=help_, description=f"{help_}.", allow_abbrev=False)
        add_common(one, SUPPRESS)
        one.add_argument("--json", action="store_true", help="print JSON")
        one.set_defaults(token_command=run)
        return one

    create = add("create", "Make a token and print it, this once", _create)
    create.add_argument("name", type=_name, metavar="NAME", help="whose it is: token:NAME, who may have several")
    create.add_argument(
        "--scopes",
        type=_scopes,
        required=True,
        metavar="SCOPES",
        help="what it lets them do, with commas: run (start, cancel, rewind), read, decide, admin (read everybody's)",
    )
    create.add_argument("--expires", type=_lifetime, metavar="TIME", help="after 30d, 12h or 90m (default: never)")
    add("list", "List the tokens, revoked ones too", _list)
    revoke = add("revoke", "Revoke all tokens of a name, and end what began with them", _revoke)
    revoke.add_argument("name", type=_name, metavar="NAME", help="whose tokens")


COMMAND = Command("token", "make, list and revoke tokens for clients and people over HTTP", _run, _arguments)
