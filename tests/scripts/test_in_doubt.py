"""A decision that is sent once more, as after a lost answer, says nothing about an outcome that is in doubt since."""

from pathlib import Path

import pytest

from interrupt_mcp.client import Runs, RunsError
from tests.conftest import Project, Serve

pytestmark = pytest.mark.anyio
AGENT = """
    from pathlib import Path

    from interrupt_mcp import sensitive
    from interrupt_mcp_agents.offline import Rule, model
    from langchain.agents import create_agent
    from langchain.tools import tool


    @tool
    @sensitive
    def pay(amount: int) -> str:
        \"\"\"Pay.\"\"\"
        with Path(__file__).with_name("paid.txt").open("a") as paid:
            paid.write(f"{amount}\\n")
        raise ConnectionError("the bank hung up")


    graph = create_agent(model([Rule("pay 5", r"pay (?P<amount>\\d+)", tool="pay")]), [pay])
"""


async def test_the_same_accept_again_pays_nothing_twice(serve: Serve, project: Project, era: str) -> None:
    config = project(bank=AGENT)
    paid: Path = config.with_name("paid.txt")
    async with serve(config, mode=era) as door:
        runs = Runs(door.client)
        asked = await runs.start("bank", "pay 5")
        doubted = await runs.accept(asked)
        assert (doubted.status, doubted.interrupts[0].status) == ("interrupted", "unknown_outcome")
        with pytest.raises(RunsError) as late:
            await runs.accept(asked)
        assert paid.read_text() == "5\n"
        again = await runs.get(asked.run_id)
        assert late.value.code in ("stale_digest", "already_decided")
        assert again.interrupts[0].status == "unknown_outcome"
        await runs.reject(again, "Leave it.")
    assert paid.read_text() == "5\n"
