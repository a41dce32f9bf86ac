"""`python -m tests.deploy`: the example in `deploy/` is run: nginx with TLS before a server with tokens.

Clients of both protocol eras are asked by forms through it, and a person decides on a page. It needs nginx and openssl.
"""

import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import anyio
import httpx2
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

from tests.conftest import Door
from tests.deploy.ports import free_port
from tests.edge.callers import token_for
from tests.patience import PATIENCE
from tests.processes import HttpServer, connected, http_server

EXAMPLE = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@contextmanager
def nginx(folder: Path, port: int, behind: int) -> Iterator[None]:
    """The example, with another name, these ports and a certificate of its own."""
    certificate = [folder / "fullchain.pem", folder / "privkey.pem"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    named = ["-addext", "subjectAltName=DNS:localhost", "-out", str(certificate[0]), "-keyout", str(certificate[1])]
    subprocess.run([*made, *named], check=True, capture_output=True)
    text = EXAMPLE.read_text().replace("listen 443", f"listen {port}").replace(":8321", f":{behind}")
    text = text.replace("server_name agents.example", "server_name localhost")
    (folder / "site.conf").write_text(text.replace("/etc/ssl/agents.example", str(folder)))
    paths = "".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off; pid {folder}/pid; events {{}} http {{ access_log {folder}/access.log; {paths}"
    (folder / "nginx.conf").write_text(f"{whole} include {folder}/site.conf; }}")
    program = [which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen([*program, "-e", str(folder / "error.log")]) as process:
        try:
            yield
        finally:
            process.terminate()


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


async def begun(url: str, trust: ssl.SSLContext) -> None:
    async with httpx2.AsyncClient(verify=trust) as http:
        with anyio.fail_after(PATIENCE):
            while True:
                try:
                    assert (await http.get(f"{url}/healthz")).status_code == 200
                    return
                except httpx2.TransportError:
                    await anyio.sleep(0.1)


async def asked_by_a_form(url: str, trust: ssl.SSLContext, token: str, version: str) -> None:
    """Start a run whose question comes to the client through the proxy, and is answered there."""
    questions = []

    async def answer(_context: Any, question: Any) -> ElicitResult:
        questions.append(question.message)
        return ElicitResult(action="accept", content={"decision": "accept"})

    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, verify=trust, timeout=PATIENCE) as http,
        connected(
            streamable_http_client(f"{url}/mcp", http_client=http), version, {"elicitation_callback": answer}
        ) as door,
    ):
        run = await Door(door.client).call("start_run", agent="hotel", message="Book the Ritz")
    assert run["status"] == "success", run
    assert len(questions) == 1
    print(f"{version}: asked by a form through the proxy, and went on: {run['answer']}")


async def decided_on_a_page(url: str, trust: ssl.SSLContext, client: str, person: str) -> None:
    headers = {"Authorization": f"Bearer {client}"}
    async with (
        httpx2.AsyncClient(headers=headers, verify=trust, timeout=PATIENCE) as http,
        connected(streamable_http_client(f"{url}/mcp", http_client=http), "2026-07-28", {}) as door,
    ):
        run = await door.call("start_run", agent="hotel", message="Book the Plaza")
    where = run["interrupts"][0]["where_to_decide"]
    code = run["interrupts"][0]["code"]
    assert f"{url}/inbox/interrupts/{code}" in str(where), where
    async with httpx2.AsyncClient(verify=trust, timeout=PATIENCE, headers={"Origin": url}) as browser:
        signed_in = await browser.post(f"{url}/inbox/sign-in", data={"secret": person, "then": "/inbox"})
        assert signed_in.status_code == 200, signed_in.text
        assert "; Secure" in signed_in.headers["set-cookie"]
        page = await browser.get(f"{url}/inbox/interrupts/{code}")
        assert page.status_code == 200
        assert "book_hotel" in page.text
    print(f"a page over TLS: signed in by a token, and {code} is shown at {url}/inbox/interrupts/{code}")


async def tried(folder: Path, server: HttpServer, url: str, client: str, person: str) -> None:
    trust = trusting(folder)
    await begun(url, trust)
    async with httpx2.AsyncClient(verify=trust) as http:
        assert (await http.post(f"{url}/mcp")).status_code == 401
    for version in ("2026-07-28", "2025-11-25"):
        await asked_by_a_form(url, trust, client, version)
    await decided_on_a_page(url, trust, client, person)
    said = "".join(server.said) + (folder / "access.log").read_text() + (folder / "error.log").read_text()
    assert client not in said
    assert person not in said


def main() -> int:
    if not (which("nginx") or Path("/usr/sbin/nginx").exists()):
        print("There is no nginx here: apt-get install nginx-light", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        url = f"https://localhost:{(port := free_port())}"
        environ = {
            "INTERRUPT_MCP_AUTH": "token",
            "INTERRUPT_MCP_URL": url,
            "INTERRUPT_MCP_PROXIES": "127.0.0.1",
            "INTERRUPT_MCP_INBOX": "on",
            "INTERRUPT_MCP_HOTEL_LEDGER": str(folder / "ledger.txt"),
        }
        client = token_for(folder, environ, "ana", "run", "read", "decide")
        person = token_for(folder, environ, "ana", "read", "decide")
        with http_server(folder, **environ) as server, nginx(folder, port, server.port):
            anyio.run(tried, folder, server, url, client, person)
    print("The example in deploy/ works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
