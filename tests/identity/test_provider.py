"""A provider is found, and its keys are those that it has now, without being asked more often than is good for it."""

import time
from collections.abc import Callable
from typing import Any

import anyio
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from interrupt_mcp.config.oauth import OAuth
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.identity.access_tokens import ProviderBearers
from interrupt_mcp.identity.cached import PAUSE_SECONDS
from interrupt_mcp.identity.jwks import MOST_KEYS
from interrupt_mcp.identity.provider import KEYS_AGES, METADATA_AGES, Provider
from tests.identity.issuer import AUDIENCE, Issuer

pytestmark = pytest.mark.anyio
OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


class Seconds:
    """A clock that goes on when it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def bearers(issuer: Issuer, clock: Callable[[], float] = time.monotonic, **oauth: Any) -> ProviderBearers:
    return ProviderBearers(Provider(issuer.oauth(**oauth), clock), AUDIENCE)


async def test_a_provider_is_asked_once_for_many_tokens_that_come_together(issuer: Issuer) -> None:
    found, token = [], issuer.token()
    many = bearers(issuer)

    async def look() -> None:
        found.append(await many.known(token))

    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(look)
    assert None not in found
    assert issuer.asked == [OPENID, "/keys"]


async def test_a_key_that_is_new_counts_at_once_and_one_that_is_gone_no_more_in_time(issuer: Issuer) -> None:
    clock = Seconds()
    many = bearers(issuer, clock)
    old = issuer.token()
    assert await many.known(old)
    clock.now += PAUSE_SECONDS
    issuer.rotate("two")
    assert await many.known(issuer.token("two"))
    assert await many.known(old) is None


async def test_a_key_that_is_gone_counts_no_more_after_minutes_though_no_new_one_is_seen(issuer: Issuer) -> None:
    clock = Seconds()
    many = bearers(issuer, clock)
    old = issuer.token()
    assert await many.known(old)
    issuer.rotate("two")
    clock.now += KEYS_AGES.fresh
    assert await many.known(old) is None


async def test_a_flood_of_tokens_with_keys_that_there_are_not_has_the_provider_asked_once(issuer: Issuer) -> None:
    clock = Seconds()
    many = bearers(issuer, clock)
    assert await many.known(issuer.token())
    issuer.asked.clear()
    clock.now += PAUSE_SECONDS

    async def forged(number: int) -> None:
        assert await many.known(issuer.token(header={"kid": f"forged {number}"})) is None

    async with anyio.create_task_group() as tasks:
        for number in range(200):
            tasks.start_soon(forged, number)
    assert issuer.asked == ["/keys"]
    clock.now += PAUSE_SECONDS - 1
    await forged(200)
    assert issuer.asked == ["/keys"]
    clock.now += 1
    await forged(201)
    assert issuer.asked == ["/keys", "/keys"]
    assert await many.known(issuer.token())


async def test_keys_go_on_to_count_for_an_hour_while_the_provider_does_not_answer(issuer: Issuer) -> None:
    clock = Seconds()
    many = bearers(issuer, clock)
    assert await many.known(issuer.token())
    issuer.answers["/keys"] = 500, {}
    clock.now += KEYS_AGES.fresh
    assert await many.known(issuer.token())
    assert await many.known(issuer.token(header={"kid": "two"})) is None
    clock.now += KEYS_AGES.kept - KEYS_AGES.fresh - 1
    assert await many.known(issuer.token())
    clock.now += 1
    with pytest.raises(Unavailable, match=r"The OpenID provider 127\.0\.0\.1:\d+ gives no keys, but status 500"):
        await many.known(issuer.token())
    issuer.asked.clear()
    with pytest.raises(Unavailable):
        await many.known(issuer.token())
    assert issuer.asked == []
    del issuer.answers["/keys"]
    clock.now += PAUSE_SECONDS
    assert await many.known(issuer.token())


async def test_what_was_asked_for_by_somebody_who_left_is_asked_for_again(issuer: Issuer) -> None:
    asked, go_on = anyio.Event(), anyio.Event()
    many = bearers(issuer)
    loop_token = anyio.lowlevel.current_token()

    def slow() -> tuple[int, Any]:
        anyio.from_thread.run_sync(asked.set, token=loop_token)
        anyio.from_thread.run(go_on.wait, token=loop_token)
        return 200, {"keys": issuer.keys()}

    issuer.answers["/keys"] = slow
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(many.known, issuer.token())
        await asked.wait()
        tasks.cancel_scope.cancel()
    go_on.set()
    del issuer.answers["/keys"]
    assert await many.known(issuer.token())


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/tenant", f"/tenant{OPENID}"),
        ("/tenant/", f"/tenant{OPENID}"),
        ("/tenant", f"{OAUTH}/tenant"),
        ("/tenant", f"{OPENID}/tenant"),
        ("", OAUTH),
        ("/", OPENID),
    ],
)
async def test_metadata_are_where_openid_or_oauth_has_them(issuer: Issuer, path: str, place: str) -> None:
    named = f"{issuer.url}{path}"
    issuer.answers[OPENID] = 404, {}
    issuer.answers[place] = 200, {"issuer": named, "jwks_uri": f"{issuer.url}/keys"}
    found = await ProviderBearers(Provider(OAuth(named)), AUDIENCE).known(issuer.token(iss=named))
    assert found is not None
    assert str(found.access.principal) == f"oidc:{named}#ann"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"issuer": "http://127.0.0.1:1"}, "calls itself http://127.0.0.1:1, and not as `auth.issuer` has it"),
        ({"issuer": None}, "calls itself None"),
        ({"issuer": "\x1b[2J" + "x" * 9000}, "calls itself \\u{1b}[2J"),
        ({"jwks_uri": None}, "does not say where its keys are"),
        ({"jwks_uri": 7}, "jwks_uri at which it cannot be trusted"),
        ({"jwks_uri": ""}, "does not say where its keys are"),
        ({"jwks_uri": "http://keys.example/"}, "jwks_uri at which it cannot be trusted"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri at which it cannot be trusted"),
        ({"token_endpoint": ["https://a.example"]}, "token_endpoint at which it cannot be trusted"),
        (b"no JSON", "has no metadata"),
        (b"[]", "has no metadata"),
        (b"{" * 100_000, "has no metadata"),
        (b" " * 600_000, "answers with more than is read"),
        ((302, "/elsewhere"), "has no metadata"),
        ((503, {}), "has no metadata"),
    ],
)
async def test_a_provider_that_is_not_as_it_should_be_is_none_and_why_is_said(
    issuer: Issuer, answers: Any, said: str
) -> None:
    if isinstance(answers, dict):
        issuer.metadata = answers
    else:
        issuer.answers[OPENID] = answers
    issuer.answers["/elsewhere"] = 200, {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"}
    with pytest.raises(Unavailable) as raised:
        await bearers(issuer).known(issuer.token())
    assert said in str(raised.value)
    assert len(str(raised.value)) < 500
    assert "/elsewhere" not in issuer.asked


async def test_a_provider_that_does_not_answer_is_not_asked_for_each_token(issuer: Issuer) -> None:
    clock = Seconds()
    nobody = "http://127.0.0.1:9"
    many = ProviderBearers(Provider(OAuth(nobody), clock), AUDIENCE)
    for _ in range(3):
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9 does not answer; try again later"):
            await many.known(issuer.token(iss=nobody))


async def test_where_keys_are_may_change_and_is_known_for_a_day_at_most_while_nobody_answers(issuer: Issuer) -> None:
    clock = Seconds()
    many = bearers(issuer, clock)
    assert await many.known(issuer.token())
    clock.now += METADATA_AGES.fresh
    issuer.metadata["jwks_uri"] = f"{issuer.url}/moved"
    issuer.answers["/moved"] = 200, {"keys": issuer.keys()}
    assert await many.known(issuer.token())
    assert issuer.asked[-1] == "/moved"
    issuer.answers[OPENID] = 500, {}
    clock.now += METADATA_AGES.kept - 1
    assert await many.known(issuer.token())
    clock.now += KEYS_AGES.kept
    with pytest.raises(Unavailable):
        await many.known(issuer.token())


async def test_only_public_keys_that_are_for_signatures_and_strong_enough_count(issuer: Issuer) -> None:
    (right,) = issuer.keys()
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    rs256: Any = jwt.get_algorithm_by_name("RS256")
    issuer.private["weak"] = weak, "RS256"
    wrong = [
        *({**right, "use": "enc"}, {**right, "key_ops": ["sign"]}, {**right, "key_ops": "verify"}),
        *({**right, "d": "AA"}, {**right, "alg": "ES384"}, {**right, "alg": "HS256"}, {**right, "kty": "RSA"}),
        *({**right, "crv": "P-521"}, {**right, "x": 7}, {**right, "kid": 7}, {**right, "x": "AA"}, None, [], "key", 7),
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "one", "alg": "HS256"},
    ]
    for each in wrong:
        issuer.answers["/keys"] = 200, {"keys": [each]}
        assert await bearers(issuer).known(issuer.token()) is None, each
    issuer.answers["/keys"] = 200, {"keys": [{**rs256.to_jwk(weak.public_key(), as_dict=True), "kid": "weak"}]}
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = issuer.token("weak")
    assert await bearers(issuer).known(token) is None
    issuer.answers["/keys"] = 200, {"keys": [*wrong, {**right, "key_ops": ["verify"], "alg": "ES256"}]}
    assert await bearers(issuer).known(issuer.token())
    issuer.answers["/keys"] = 200, {"keys": [*[None] * MOST_KEYS, right]}
    assert await bearers(issuer).known(issuer.token()) is None


async def test_a_token_that_names_no_key_is_looked_at_with_the_only_one_that_there_is(issuer: Issuer) -> None:
    private, algorithm = issuer.private["one"]
    token = jwt.encode(issuer.claims(), private, algorithm)
    assert await bearers(issuer).known(token)
    issuer.rotate("one", "two")
    assert await bearers(issuer).known(token) is None
