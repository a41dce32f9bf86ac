"""A browser that runs no script, and sends each request to whichever replica a test says, as a balancer would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from tests.pages.safety.visitors import token_in


@dataclass
class Browser:
    """One browser. Its cookies are for the one name that all replicas are called by, which TLS comes to."""

    http: httpx.Client
    replicas: Sequence[str]
    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, number: int, path: str) -> httpx.Response:
        return self._kept(self.http.get(f"{self.replicas[number]}{path}", headers=self._headers()))

    def post(self, number: int, path: str, fields: Mapping[str, str]) -> httpx.Response:
        headers = {**self._headers(), "origin": self.url}
        return self._kept(self.http.post(f"{self.replicas[number]}{path}", data=dict(fields), headers=headers))

    def sign_in(self, number: int, secret: str) -> int:
        return self.post(number, "/inbox/sign-in", {"secret": secret, "then": "/inbox"}).status_code

    def token(self, number: int) -> str:
        """What forms carry on a page of that replica's."""
        return token_in(self.get(number, "/inbox/sessions").text)

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"host": urlsplit(self.url).netloc, **({"cookie": cookies} if cookies else {})}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for each in answer.headers.get_list("set-cookie"):
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value.strip('"') and "Max-Age=0" not in each:
                self.cookies[name] = value
        return answer
