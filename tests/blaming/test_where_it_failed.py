"""A run that fails says what was raised, and in which node, tool and line of the agent's own code."""

from pathlib import Path

import pytest

from tests.blaming.agents.failing import SECRET
from tests.conftest import Offer, Project, Serve
from tests.models.provider import provider

pytestmark = pytest.mark.anyio
FILE = Path(__file__).with_name("agents") / "failing.py"
ZERO = "ZeroDivisionError: integer division or modulo by zero"
DIVISION = "ZeroDivisionError: division by zero"


def here(agent: str) -> str:
    """The line that is named, as FILE:LINE: of a file outside of the project's folder, the whole path."""
    lines = FILE.read_text().splitlines()
    return f"{FILE}:{next(n for n, line in enumerate(lines, 1) if line.endswith(f'# here: {agent}'))}"


FAILURES = {
    "in_node": f"{DIVISION} (node 'works', {here('in_node')})",
    "in_async_node": f"{DIVISION} (node 'works', {here('in_async_node')})",
    "in_function": f"{ZERO} (node 'works', {here('in_function')})",
    "in_library": "JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    f" (node 'works', {here('in_library')})",
    "from_another": f"ValueError: no such share (node 'works', {here('from_another')})",
    "in_thread": f"{DIVISION} (node 'works', {here('in_thread')})",
    "in_task_group": f"ValueError: the line went dead (node 'works', {here('in_task_group')})",
    "in_made_code": f"{DIVISION} (node 'works', {here('in_made_code')})",
    "in_subgraph": f"{DIVISION} (node 'inner', {here('in_node')})",
    "in_tool": f"{ZERO} (node 'tools', tool 'divide', {here('in_tool')})",
    "in_async_tool": f"{ZERO} (node 'tools', tool 'divide', {here('in_async_tool')})",
    "in_agent_in_tool": f"{ZERO} (node 'tools', tool 'divide', {here('in_tool')})",
    "by_code": f"{ZERO} (node 'works', tool 'divide', {here('in_tool')})",
    "in_middleware": f"KeyError: 'nothing' (node 'Careless.before_model', {here('in_middleware')})",
}


@pytest.mark.parametrize("agent", FAILURES)
async def test_it_names_the_node_the_tool_and_the_line_of_the_agents_own_code(
    serve: Serve, offer: Offer, agent: str
) -> None:
    async with serve(offer(f"failing:{agent}")) as door:
        run = await door.call("start_run", agent=agent, message="go")
    assert run["error"] == {"code": "agent_error", "message": FAILURES[agent]}


async def test_a_line_in_the_projects_folder_is_named_from_there(serve: Serve, project: Project) -> None:
    config = project(share="from parts.maths import graph")
    maths = config.parent / "parts" / "maths.py"
    maths.parent.mkdir()
    maths.write_text(
        "from langgraph.graph import START, MessagesState, StateGraph\n"
        "def share(_):\n"
        "    return 1 / 0\n"
        "graph = StateGraph(MessagesState).add_node('share', share).add_edge(START, 'share').compile()\n"
    )
    async with serve(config) as door:
        run = await door.call("start_run", agent="share", message="go")
    assert run["error"]["message"] == f"{DIVISION} (node 'share', parts/maths.py:3)"


async def test_where_no_line_of_the_agents_own_is_to_blame_the_node_is_named(serve: Serve, offer: Offer) -> None:
    async with serve(offer("failing:nonsense")) as door:
        run = await door.call("start_run", agent="nonsense", message="go")
    assert run["error"]["message"].endswith("(node 'works')")


@pytest.mark.parametrize(
    ("agent", "end"), [("says_much", f"(node 'works', {here('says_much')})"), ("odd_name", f", {here('in_node')})")]
)
async def test_a_long_error_keeps_its_place_and_no_secret(serve: Serve, offer: Offer, agent: str, end: str) -> None:
    async with serve(offer(f"failing:{agent}")) as door:
        run = await door.call("start_run", agent=agent, message="go")
    message = run["error"]["message"]
    assert message.endswith(end)
    assert len(message) <= 600
    assert SECRET not in message
    assert "***" in message


NO_SERVER = (
    "There is no LangGraph server in this process, which is where get_client() looks for one: give the address of one,"
    " as in get_client(url=...)"
)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("in_node", f"{NO_SERVER} (node 'asks', "),
        ("in_stream", f"{NO_SERVER} (node 'asks', "),
        ("in_tool", f"{NO_SERVER} (node 'tools', tool 'schedule', "),
        (
            "in_sync_node",
            "There is no LangGraph server that answers at http://localhost:1: give the address of one, as in"
            " get_client(url=...) (node 'asks', ",
        ),
        ("another", "TypeError: 'NoneType' object is not callable (node 'asks', "),
    ],
)
async def test_langgraphs_client_says_that_there_is_no_server_for_it_here(
    serve: Serve, offer: Offer, agent: str, said: str
) -> None:
    async with serve(offer(f"without_server:{agent}")) as door:
        run = await door.call("start_run", agent=agent, message="go")
    assert run["error"]["code"] == "agent_error"
    assert run["error"]["message"].startswith(said), run["error"]


async def test_what_a_langgraph_server_answers_is_not_taken_for_a_models_provider(
    serve: Serve, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider() as another:
        monkeypatch.setenv("ANOTHER_SERVER", another.url)
        async with serve(offer("without_server:of_another")) as door:
            run = await door.call("start_run", agent="of_another", message="go")
    assert run["error"]["code"] == "agent_error"
    assert run["error"]["message"].startswith("NotFoundError: ")
