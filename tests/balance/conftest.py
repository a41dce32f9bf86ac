"""Two replicas that share a database, called by one name, and those who come to either."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interrupt_mcp.model import Scope
from tests.balance.balancers import Front
from tests.balance.replicas import Replicas
from tests.deploy.ports import free_port
from tests.identity.issuer import CLIENT, Issuer, issuing
from tests.processes import CHECKOUT
from tests.shared.served import Shared

AGENTS = {"hotel": "interrupt_mcp_agents.hotel:graph", "slow": "tests.waiting:graph"}
POLICY = '[agents.hotel.tools.book_hotel]\npreview = "tests.balance.previews:of_booking"\n'
DRAIN_SECONDS = 2


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("balance")


@pytest.fixture(scope="package")
def front(home: Path) -> Front:
    front = Front(home, free_port())
    front.certify()
    return front


@pytest.fixture(scope="package")
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture(scope="package")
def environ(home: Path, front: Front, issuer: Issuer) -> dict[str, str]:
    """The variables of every replica, and of the operator's commands beside them."""
    (home / "langgraph.json").write_text(json.dumps({"graphs": AGENTS}))
    told = f'[auth]\nissuer = "{issuer.url}"\nclient_id = "{CLIENT}"\n'
    (home / "interrupt-mcp.toml").write_text(f'project = "shared"\n{told}{POLICY}')
    return {
        "INTERRUPT_MCP_CONFIG": str(home / "langgraph.json"),
        "INTERRUPT_MCP_AUTH": "token",
        "INTERRUPT_MCP_URL": front.url,
        "INTERRUPT_MCP_PROXIES": "127.0.0.1",
        "INTERRUPT_MCP_INBOX": "on",
        "INTERRUPT_MCP_DRAIN": str(DRAIN_SECONDS),
        "INTERRUPT_MCP_HOTEL_LEDGER": str(home / "ledger.txt"),
        "GO": str(home / "go"),
        "PYTHONPATH": CHECKOUT,
    }


@pytest.fixture(scope="package")
def replicas(home: Path, environ: dict[str, str]) -> Iterator[Replicas]:
    with Replicas(home, environ) as replicas:
        with ThreadPoolExecutor(2) as both:
            list(both.map(replicas.start, (0, 1)))
        yield replicas


@pytest.fixture(scope="package")
def operated(home: Path, environ: dict[str, str], replicas: Replicas) -> Shared:
    """What the replicas share, as whoever operates them sees it."""
    return Shared(replicas.living[0], home, environ)


@pytest.fixture(scope="package")
def token(operated: Shared) -> str:
    """A client's, whose forms count."""
    return operated.token("ana", Scope.RUN, Scope.READ, Scope.DECIDE)


@pytest.fixture(scope="package")
def persons(operated: Shared) -> str:
    """With which somebody signs in at the pages."""
    return operated.token("ana", Scope.READ, Scope.DECIDE)


@pytest.fixture
def go(home: Path) -> Path:
    """The file that the slow agent waits for."""
    go = home / "go"
    go.unlink(missing_ok=True)
    return go
