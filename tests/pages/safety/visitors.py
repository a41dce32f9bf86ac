"""Visitors of the pages, without a browser: what they send is what a test says, and nothing is followed by itself."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx

from interrupt_mcp.authority import this_user
from interrupt_mcp.secret import hash_of, new_secret
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Position, Reach
from tests.database import address_of
from tests.patience import PATIENCE

PROJECT = "bundled"
T = TypeVar("T")


@contextmanager
def store_in(home: Path, project: str = PROJECT) -> Iterator[Store]:
    """The store of the servers whose database is in that folder."""
    with closing(open_database(address_of(home))) as database:
        yield database.store(Reach(project), "test")


def aside(asked: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """What comes of it, on an event loop of its own: the test may have one."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(anyio.run, asked, *arguments).result(PATIENCE)


def offered(home: Path, seconds: float = PATIENCE, project: str = PROJECT) -> str:
    """A secret that signs in once within so many seconds, as a process of this user offers one."""
    secret = new_secret()
    with store_in(home, project) as store:
        aside(store.sessions.offer, hash_of(secret), this_user().principal, seconds)
    return secret


def on_record(home: Path) -> list[Any]:
    """All that is on record."""
    with store_in(home) as store:
        return list(aside(store.audit.listed, Position(0), 100_000))


@dataclass
class Visitor:
    """Somebody who sends requests to the pages, with the cookies they were given."""

    base: str
    client: httpx.Client
    token: str = ""
    """What the forms of their session carry."""

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(f"{self.base}{path}", headers=headers)

    def post(self, path: str, fields: Mapping[str, str] = {}, **headers: str) -> httpx.Response:
        """Send a form as a page of ours does; `headers` are others than a browser would send."""
        given = {"origin": self.base, **headers}
        body = {"token": self.token, **fields}
        return self.client.post(f"{self.base}{path}", data=body, headers={k: v for k, v in given.items() if v})

    def sign_in(self, secret: str, **headers: str) -> httpx.Response:
        answer = self.post("/inbox/sign-in", {"secret": secret, "then": "/inbox"}, **headers)
        if answer.status_code == 200:
            self.token = token_in(self.get("/inbox/sessions").text)
        return answer


@contextmanager
def visiting(base: str) -> Iterator[Visitor]:
    """Somebody who is not signed in."""
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        yield Visitor(base, client)


@contextmanager
def signed_in(base: str, home: Path, project: str = PROJECT) -> Iterator[Visitor]:
    """Somebody who is signed in."""
    with visiting(base) as visitor:
        assert visitor.sign_in(offered(home, project=project)).status_code == 200
        yield visitor


def token_in(page: str) -> str:
    """The token that the forms of a page carry."""
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def decision_on(page: str, kind: str, index: str = "0") -> dict[str, str]:
    """The fields with which the page of an interrupt has one of its requests decided so."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return {"digest": fields["digest"], "round": fields["round"], "index": index, "decision": kind}
