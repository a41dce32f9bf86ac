"""Wrong secrets are answered later each time, by where they come from; nobody else waits for that."""

from ipaddress import ip_network
from typing import Any

import anyio
import anyio.lowlevel
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from interrupt_mcp.http.doorway import Doorway
from interrupt_mcp.http.proxies import Proxies
from interrupt_mcp.identity import Bearer
from interrupt_mcp.model import Access, Principal, Scope
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio


class OneToken:
    """Whose token is `right`."""

    async def known(self, token: str) -> Bearer | None:
        access = Access(Principal.read("token:one"), frozenset(Scope))
        return Bearer(access, "key", None) if token == "right" else None


def caller(doorway: Doorway, app: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x", timeout=PATIENCE)


async def test_a_right_token_does_not_wait_for_wrong_ones_of_its_address() -> None:
    doorway = Doorway(OneToken(), "http://x")
    async with caller(doorway, doorway.door(PlainTextResponse("in"))) as http:
        answers: list[int] = []

        async def wrong() -> None:
            answers.append((await http.post("/mcp", headers={"Authorization": "Bearer wrong"})).status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(130):
                tasks.start_soon(wrong)
            # Those for which there is no place are told so at once, while all others are held back.
            with anyio.fail_after(PATIENCE):
                while answers.count(429) < 30:
                    await anyio.lowlevel.checkpoint()
            assert 401 not in answers
            for _ in range(3):
                answer = await http.post("/mcp", headers={"Authorization": "Bearer right"})
                assert answer.text == "in"
            assert len(answers) < 130
            tasks.cancel_scope.cancel()


async def test_wrong_codes_at_the_pages_are_held_back_with_wrong_tokens() -> None:
    doorway = Doorway(OneToken(), "http://x")
    pages = doorway.slowed(PlainTextResponse("wrong", 403))
    answers: list[int] = []
    async with caller(doorway, pages) as http, anyio.create_task_group() as tasks:

        async def wrong() -> None:
            answers.append((await http.post("/inbox/sign-in")).status_code)

        for _ in range(120):
            tasks.start_soon(wrong)
        with anyio.fail_after(PATIENCE):
            while answers.count(429) < 20:
                await anyio.lowlevel.checkpoint()
        assert 403 not in answers
        # Another page is another matter.
        assert (await http.post("/inbox/other")).status_code == 403
        assert (await http.get("/inbox/sign-in")).status_code == 403
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("connected", "forwarded", "origin"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.2", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.2", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1, 198.51.100.1, 10.0.0.3"], "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["198.51.100.1, nonsense"], "10.0.0.2"),
        ("10.0.0.2", ["10.0.0.3"], "10.0.0.3"),
        ("10.0.0.2", [], "10.0.0.2"),
        ("2001:db8:1:2:3::4", [], "2001:db8:1:2::/64"),
        ("10.0.0.2", ["2001:db8:1:2:9::9"], "2001:db8:1:2::/64"),
        ("", [], ""),
    ],
)
def test_only_named_proxies_say_whose_request_they_pass_on(connected: str, forwarded: list[str], origin: str) -> None:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    scope = {"type": "http", "client": (connected, 1) if connected else None, "headers": headers}
    assert Proxies([ip_network("10.0.0.0/8")]).origin(scope) == origin


async def test_a_provider_is_told_to_clients_as_the_standard_has_it() -> None:
    doorway = Doorway(OneToken(), "https://agents.example", "https://login.example")
    app = doorway.door(Starlette(routes=doorway.metadata_routes()))
    async with caller(doorway, app) as http:
        refused = await http.post("/mcp")
        said = refused.headers["www-authenticate"]
        where = "https://agents.example/.well-known/oauth-protected-resource/mcp"
        assert said == f'Bearer scope="run read", resource_metadata="{where}"'
        for path in ("/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"):
            assert (await http.get(path)).json() == {
                "resource": "https://agents.example/mcp",
                "authorization_servers": ["https://login.example"],
                "scopes_supported": ["run", "read", "decide", "admin"],
                "bearer_methods_supported": ["header"],
                "resource_name": "interrupt-mcp",
            }
