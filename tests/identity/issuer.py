"""An issuer of a test's own, on loopback: metadata, keys and tokens, each as right or as wrong as a test wants it."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from interrupt_mcp.config.oauth import OAuth
from tests.patience import PATIENCE

AUDIENCE = "http://127.0.0.1:1/mcp"
CLIENT = "the inbox"
_KINDS = {"ES256": "EC", "RS256": "RSA", "PS512": "RSA", "EdDSA": "OKP"}
Answer = tuple[int, Any]


class Issuer:
    """What it answers, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.private: dict[str, tuple[Any, str]] = {}
        self.asked: list[str] = []
        self.exchanged: list[tuple[dict[str, str], str]] = []
        """The forms that were sent for a token, with the header that says who sends it."""
        self.answers: dict[str, Answer | bytes | Callable[[], Answer]] = {}
        """What it answers at a path in the place of what would be right."""
        self.metadata: dict[str, Any] = {}
        """What it says of itself besides, or differently."""
        self.gives: Callable[[dict[str, str]], Answer] = lambda form: (400, {"error": "invalid_grant"})
        self.shows: dict[str, Callable[[dict[str, str]], Answer]] = {}
        """What it answers at a path to what is asked there behind a question mark."""
        self.takes: dict[str, Callable[[Any], Answer]] = {}
        """What it answers at a path to JSON."""
        self.rotate("one")

    def rotate(self, *kids: str, algorithm: str = "ES256") -> None:
        """Have these keys alone, of which the new ones are made."""
        kept = {kid: self.private[kid] for kid in kids if kid in self.private}
        self.private = {kid: kept.get(kid) or (_key(algorithm), algorithm) for kid in kids}

    def oauth(self, **more: Any) -> OAuth:
        return OAuth(**{"issuer": self.url, **more})

    def claims(self, **more: Any) -> dict[str, Any]:
        """Claims that count; those that are to be `None` are left out."""
        now = int(time.time())
        whole = {"iss": self.url, "sub": "ann", "aud": AUDIENCE, "exp": now + 300, "iat": now, "scope": "run read"}
        return {name: value for name, value in {**whole, **more}.items() if value is not None}

    def token(self, kid: str = "one", header: Mapping[str, Any] = {}, **claims: Any) -> str:
        private, algorithm = self.private[kid]
        return jwt.encode(self.claims(**claims), private, algorithm, {"kid": kid, **header})

    def keys(self) -> list[dict[str, Any]]:
        """Its public keys as JWKs."""
        return [
            {**_jwk(private, algorithm), "kid": kid, "use": "sig"} for kid, (private, algorithm) in self.private.items()
        ]

    def answer(self, path: str) -> Answer | bytes:
        self.asked.append(path)
        given = self.answers.get(path)
        if given is not None:
            return given() if callable(given) else given
        place, _, query = path.partition("?")
        if place in self.shows:
            return self.shows[place](dict(parse_qsl(query)))
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "authorization_endpoint": f"{self.url}/authorize?tenant=a",
                "token_endpoint": f"{self.url}/token",
                **self.metadata,
            }
        return (200, {"keys": self.keys()}) if path == "/keys" else (404, {})

    def signs_in(self, asked: Mapping[str, str], **more: Any) -> None:
        """Give a token for the code, as it is right after this was asked of the browser."""

        def give(form: dict[str, str]) -> Answer:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
                return 400, {"error": "invalid_grant"}
            token = self.token(**{"aud": CLIENT, "nonce": asked["nonce"], "scope": None, **more})
            return 200, {"token_type": "Bearer", "access_token": "opaque", "id_token": token}

        self.gives = give

    def well(self) -> None:
        """Forget all that a test had it do."""
        self.answers, self.metadata, self.shows, self.takes = {}, {}, {}, {}
        self.asked.clear()
        self.exchanged.clear()
        self.gives = lambda form: (400, {"error": "invalid_grant"})
        self.rotate("one")


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer at a port of its own, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        wbufsize = -1

        def do_GET(self) -> None:
            self._send(issuer.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            if self.path in issuer.takes:
                self._send(issuer.takes[self.path](json.loads(body)))
                return
            issuer.exchanged.append((dict(parse_qsl(body)), self.headers.get("authorization", "")))
            given = issuer.answers.get(self.path) or issuer.gives(issuer.exchanged[-1][0])
            self._send(given() if callable(given) else given)

        def _send(self, answer: Answer | bytes) -> None:
            status, body = (200, answer) if isinstance(answer, bytes) else (answer[0], json.dumps(answer[1]).encode())
            self.send_response(status)
            self.close_connection = True
            if isinstance(answer, tuple) and status in (301, 302, 307):
                self.send_header("location", answer[1])
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    issuer = Issuer(server.server_port)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever asked stopped listening, as where an answer is too large."""


def _key(algorithm: str) -> Any:
    if _KINDS[algorithm] == "EC":
        return ec.generate_private_key(ec.SECP256R1())
    if _KINDS[algorithm] == "OKP":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _jwk(private: Any, algorithm: str) -> dict[str, Any]:
    made: Any = jwt.get_algorithm_by_name(algorithm)
    found: dict[str, Any] = made.to_jwk(private.public_key(), as_dict=True)
    found.pop("key_ops", None)
    return found
