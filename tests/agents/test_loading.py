"""Loading agents from the files that a user wrote.

Where a file is, and what it does while it is imported, is what most of these tests vary: those files are written here.
"""

import os
import sys
import threading

import anyio
import anyio.to_thread
import pytest

from interrupt_mcp.agents import Agents
from tests.agents.shouts import GRAPH, SHOUTING, counted, imports, run
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio
AGENTS = SHOUTING.parent


@pytest.mark.parametrize("attribute", ["graph", "builder", "make", "make_later", "make_with", "make_annotated", "Made"])
async def test_a_graph_a_builder_and_every_kind_of_function_make_an_agent(project, attribute):
    config = project({"shouter": f"{AGENTS / 'making.py'}:{attribute}"}, {})

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"


async def test_an_entrypoint_makes_an_agent_that_is_described_by_its_function(project):
    config = project({"double": f"{AGENTS / 'doubling.py'}:double"}, {})

    async with Agents(config) as agents:
        agent = await agents.load("double")

        assert agent.description == "Doubles a number."
        assert await agent.graph.ainvoke(4) == 8


async def test_a_dotted_name_is_found_in_the_directories_named_as_dependencies(project):
    config = project(
        {"shouter": "loud_package.shouting:graph"},
        {"src/loud_package/__init__.py": "", "src/loud_package/shouting.py": GRAPH},
        dependencies=["./src", "langchain-openai"],
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"


async def test_a_file_is_found_from_the_config_file_whatever_the_working_directory(project, tmp_path, monkeypatch):
    config = project({"shouter": "./deep/agent.py:graph"}, {"deep/agent.py": GRAPH, "deep/other/x": ""})
    monkeypatch.chdir(tmp_path / "deep" / "other")

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"


async def test_two_files_of_one_name_do_not_clash(project):
    whisper = GRAPH.replace("upper", "lower")
    config = project(
        {"shouter": "./a/agent.py:graph", "whisperer": "./b/agent.py:graph"},
        {"a/agent.py": GRAPH, "b/agent.py": whisper},
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter"), "Hello") == "HELLO"
        assert run(await agents.load("whisperer"), "Hello") == "hello"


async def test_two_agents_of_one_file_share_its_module(project):
    config = project(
        {"one": "./agent.py:graph", "two": "agent.py:builder"},
        {"agent.py": GRAPH + "print('imported')\n"},
    )

    async with Agents(config) as agents:
        one, two = await agents.load("one"), await agents.load("two")

        assert one.graph.builder is two.graph.builder


async def test_classes_of_a_file_can_be_pickled(project):
    config = project({"picky": f"{AGENTS / 'picky.py'}:make"}, {})

    async with Agents(config) as agents:
        assert run(await agents.load("picky")) == "HELLO"


async def test_the_directory_of_the_config_file_can_be_imported_from(project):
    config = project(
        {"shouter": "./agent.py:graph"},
        {"agent.py": "from loud_sibling import graph\n", "loud_sibling.py": GRAPH},
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"


async def test_a_file_of_the_user_does_not_hide_a_library(project):
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": GRAPH, "tenacity.py": "raise SystemExit"})

    async with Agents(config) as agents:
        await agents.load("shouter")

    assert sys.path[-1] == str(config.parent.resolve())


@pytest.mark.parametrize("as_file", [True, False])
async def test_variables_of_the_config_are_set_but_never_over_those_of_the_client(project, monkeypatch, as_file):
    monkeypatch.setenv("GIVEN_BY_CLIENT", "client")
    variables = {"GIVEN_BY_CLIENT": "file", "GIVEN_BY_FILE": "file"}
    text = "".join(f"{name}={value}\n" for name, value in variables.items())
    config = project(
        {"shouter": "./agent.py:graph"},
        {"agent.py": "import os\nseen = os.environ['GIVEN_BY_FILE']\n" + GRAPH, ".env": text},
        env=".env" if as_file else variables,
    )

    async with Agents(config) as agents:
        agents.names()
        assert "GIVEN_BY_FILE" not in os.environ
        await agents.load("shouter")

    assert (os.environ["GIVEN_BY_CLIENT"], os.environ["GIVEN_BY_FILE"]) == ("client", "file")


async def test_a_missing_env_file_is_no_mistake(project):
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": GRAPH}, env="./.env")

    async with Agents(config) as agents:
        await agents.load("shouter")


@pytest.mark.filterwarnings("ignore")
async def test_an_agent_may_print_and_warn_while_it_is_loaded(project):
    noise = "import sys, warnings\nprint('noise')\nsys.stderr.write('noise')\nwarnings.warn('noise')\n"
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": noise + GRAPH})

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"


async def test_an_agent_is_loaded_once_however_many_want_it(project, tmp_path):
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": counted(tmp_path) + GRAPH})
    loaded = []

    async with Agents(config) as agents:

        async def load():
            loaded.append(await agents.load("shouter"))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(load)

    assert imports(tmp_path) == 1
    assert len(loaded) == 5
    assert all(agent is loaded[0] for agent in loaded)


async def test_the_event_loop_goes_on_while_an_agent_is_imported(project, tmp_path, monkeypatch):
    config = project(
        {"slow": "./agent.py:graph"},
        {
            "doors.py": "import threading\nentered, opened = threading.Event(), threading.Event()\n",
            "agent.py": "import doors\ndoors.entered.set()\nassert doors.opened.wait(60)\n" + GRAPH,
        },
    )
    monkeypatch.syspath_prepend(tmp_path)
    import doors

    entered: threading.Event = doors.entered
    async with Agents(config) as agents, anyio.create_task_group() as tasks:
        tasks.start_soon(agents.load, "slow")
        assert await anyio.to_thread.run_sync(entered.wait, PATIENCE)
        doors.opened.set()


async def test_the_users_graph_is_left_as_it_is(project):
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": GRAPH + "before = dict(vars(graph))\n"})

    async with Agents(config) as agents:
        agent = await agents.load("shouter")

    module = sys.modules[next(name for name in sys.modules if name.startswith("agent_"))]
    assert agent.graph is module.graph
    assert dict(vars(agent.graph)) == module.before
