"""Ten thousand headers and tokens at random, at the real door and a real store: none is let through or repeated."""

import base64
import json
import logging
import random
import secrets
from pathlib import Path

import anyio
import httpx2
import pytest
from starlette.responses import PlainTextResponse

from interrupt_mcp.http.bearer import Door
from interrupt_mcp.http.doorway import Doorway
from interrupt_mcp.identity.tokens import TokenBearers, new_token
from interrupt_mcp.model import Scope
from interrupt_mcp.secret import hash_of
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import NOBODY, Reach
from tests.database import address_of

pytestmark = pytest.mark.anyio
MANY, AT_ONCE = 10_000, 300
SCHEMES = ["Bearer", "bearer", "BEARER", "Basic", "Digest", "Token", "", "Bearer:", "Bearer,", "\tBearer"]


def altered(chance: random.Random, token: str) -> str:
    """The token with something of it changed, or something that looks like one."""
    at = chance.randrange(len(token))
    other = chance.choice("abcXYZ019-_.~+/=")
    return chance.choice(
        [
            token[:at] + (other if other != token[at] else "!") + token[at + 1 :],
            token[:at],
            token + other,
            f"{token} ",
            f" {token}",
            f'"{token}"',
            token.swapcase(),
            f"{token},{token}",
            new_token(),
            hash_of(token),
            jwt(chance),
            "x" * chance.choice([1, 100, 17_000]),
            "".join(chr(chance.randrange(32, 256)) for _ in range(chance.randrange(60))),
        ]
    )


def jwt(chance: random.Random) -> str:
    head = {"alg": chance.choice(["none", "HS256", "RS256"]), "kid": "' OR 1=1 --"}
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in (head, {"sub": "x"})]
    return ".".join([*parts, chance.choice(["", "AAAA"])])


def at_random(chance: random.Random, token: str) -> tuple[list[tuple[bytes, bytes]], str]:
    """Headers and a query, none of which is to be let through."""
    wrong = altered(chance, token)
    right = f"Bearer {token}"
    sent = chance.choice(
        [
            [f"{chance.choice(SCHEMES)} {wrong}"],
            [wrong],
            [f"{chance.choice(SCHEMES[3:])} {token}"],
            [right, right],
            [right, f"Bearer {wrong}"],
            [f"Bearer  {token}"],
            [],
        ]
    )
    query = "" if sent or chance.random() < 0.5 else f"access_token={token}"
    headers = [(b"Authorization", each.encode("latin-1", "replace")) for each in sent]
    origin = ".".join(str(chance.randrange(256)) for _ in range(4))
    return [*headers, (b"X-Forwarded-For", origin.encode())], query


async def test_no_header_and_no_token_at_random_is_let_through_or_repeated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seed = secrets.randbelow(1 << 32)
    print("seed", seed)
    chance, token, passed = random.Random(seed), new_token(), 0
    caplog.set_level(logging.DEBUG)

    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        nonlocal passed
        passed += 1
        await PlainTextResponse("let through")(scope, receive, send)

    database = open_database(address_of(tmp_path))
    try:
        tokens = database.store(Reach("fuzz"), NOBODY).tokens
        await tokens.make(hash_of(token), "right", frozenset(Scope), None)
        door = Doorway(TokenBearers(tokens), "http://127.0.0.1:1").door(app)
        await tried(door, [at_random(chance, token) for _ in range(MANY)], token)
        assert passed == 0
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(door), base_url="http://x") as http:
            answer = await http.post("/mcp", headers={"Authorization": f"Bearer {token}"})
            assert answer.text == "let through"
    finally:
        database.close()
    # The client that the test itself uses logs where it sends something.
    said = [each.getMessage() for each in caplog.records if each.name.split(".")[0] not in ("httpx2", "httpcore2")]
    assert not any(token[5:25] in each for each in said)


async def tried(door: Door, requests: list[tuple[list[tuple[bytes, bytes]], str]], token: str) -> None:
    """Send them all, so many at once, and look at each answer."""
    left = iter(requests)

    async def sender() -> None:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(door), base_url="http://x") as http:
            for headers, query in left:
                answer = await http.post(f"/mcp?{query}", headers=headers)
                assert answer.status_code in (400, 401, 429), headers
                assert token not in answer.text + str(answer.headers)

    async with anyio.create_task_group() as tasks:
        for _ in range(AT_ONCE):
            tasks.start_soon(sender)
