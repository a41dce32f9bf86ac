"""What an agent's code can import: the project's own modules, wherever it keeps them.

Where the files are is what varies, so they are written here.
"""

import sys

import pytest

from interrupt_mcp.agents import Agents
from interrupt_mcp.errors import AgentError
from tests.agents.shouts import GRAPH, run

pytestmark = pytest.mark.anyio
WHISPER = GRAPH.replace("upper", "lower")


@pytest.mark.parametrize("dependencies", [[], ["./src"], ["src"], ["langchain-openai", "./src"], None])
async def test_the_files_own_folder_is_importable_whatever_its_dependencies_are(project, dependencies):
    config = project(
        {"shouter": "./agents/agent.py:graph", "packaged": "top_folder.inner:graph"},
        {
            "agents/agent.py": "from top_level_module import graph\n",
            "top_level_module.py": GRAPH,
            "top_folder/inner.py": GRAPH,
            "src/x": "",
        },
        dependencies=dependencies,
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"
        assert run(await agents.load("packaged")) == "HELLO"


@pytest.mark.parametrize("named", ["./src", "src"])
async def test_a_folder_that_is_a_dependency_is_importable_with_or_without_a_dot(project, named):
    config = project(
        {"shouter": "in_source_folder:graph"}, {"src/in_source_folder.py": GRAPH}, dependencies=["langgraph", named]
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"


async def test_what_is_beside_an_agents_file_is_importable_also_when_the_graph_runs(project):
    late = GRAPH + "def node(state):\n    from beside_it_late import loud\n    return loud(state)\n"
    late += "graph = StateGraph(dict).add_node('node', node).add_edge('__start__', 'node').compile()\n"
    config = project(
        {"shouter": "./deep/down/agent.py:graph", "late": "./deep/down/late.py:graph"},
        {
            "deep/down/agent.py": "from beside_it import graph\n",
            "deep/down/beside_it.py": GRAPH,
            "deep/down/late.py": "from langgraph.graph import StateGraph\n" + late,
            "deep/down/beside_it_late.py": "def loud(state): return {'text': state['text'].upper()}\n",
        },
        dependencies=["langgraph"],
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"
        assert (await (await agents.load("late")).graph.ainvoke({"text": "hello"}))["text"] == "HELLO"


@pytest.mark.parametrize("through", ["agent", "another module of its own"])
async def test_a_module_of_another_agents_folder_is_never_taken_for_ones_own(project, through):
    """Both are called `voices`. Which is imported first would decide what the other agent does."""
    second = "from voices import graph\n" if through == "agent" else "from second_only import graph\n"
    config = project(
        {
            "shouter": "./first/agent.py:graph",
            "whisperer": "./second/agent.py:graph",
            "loner": "./third/agent.py:graph",
        },
        {
            "first/agent.py": "from voices import graph\n",
            "first/voices.py": GRAPH,
            "second/agent.py": second,
            "second/second_only.py": "from voices import graph\n",
            "second/voices.py": WHISPER,
            "third/agent.py": GRAPH,
            "third/voices.py": WHISPER,
        },
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"
        for _ in range(2):
            with pytest.raises(AgentError, match=r"voices is .*first.voices\.py here, .*rename one of the two"):
                await agents.load("whisperer")
        assert run(await agents.load("loner")) == "HELLO"


@pytest.mark.parametrize("init", ["__init__.py", "not_a_module.txt"])
async def test_which_of_two_packages_of_one_name_is_taken_does_not_depend_on_who_is_loaded_first(project, init):
    config = project(
        {"shouter": "./first/agent.py:graph", "whisperer": "./second/agent.py:graph"},
        {
            "first/agent.py": "from voice_pack.sound import graph\n",
            f"first/voice_pack/{init}": "",
            "first/voice_pack/sound.py": GRAPH,
            "second/agent.py": "from voice_pack.sound import graph\n",
            f"second/voice_pack/{init}": "",
            "second/voice_pack/sound.py": WHISPER,
        },
    )

    async with Agents(config) as agents:
        with pytest.raises(AgentError, match=r"voice_pack(\.sound)? is .*first.*rename one of the two"):
            await agents.load("whisperer")
        assert run(await agents.load("shouter")) == "HELLO"


async def test_what_the_project_shares_comes_before_what_is_beside_an_agent(project):
    """As on LangGraph's own server, where only the first is importable."""
    config = project(
        {"shouter": "./first/agent.py:graph"},
        {"first/agent.py": "from voices import graph\n", "first/voices.py": WHISPER, "voices.py": GRAPH},
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"


async def test_a_module_beside_an_agent_does_not_hide_a_library(project):
    config = project(
        {"shouter": "./deep/agent.py:graph"},
        {
            "deep/agent.py": "import tenacity, json\n" + GRAPH,
            "deep/tenacity.py": "raise SystemExit",
            "deep/json.py": "x",
        },
    )

    async with Agents(config) as agents:
        await agents.load("shouter")

    assert sys.path[-1] == str((config.parent / "deep").resolve())


@pytest.mark.parametrize("folder", [".", "./packed"])
async def test_a_package_in_the_source_folder_of_what_could_be_installed_is_importable_without_that(project, folder):
    config = project(
        {"shouter": "./agent.py:graph", "dotted": "kept_in_src.inner:graph"},
        {
            "agent.py": "from kept_in_src.inner import graph\n",
            f"{folder}/pyproject.toml": "[project]\nname = 'kept'\n",
            f"{folder}/src/kept_in_src/inner.py": GRAPH,
        },
        dependencies=[folder],
    )

    async with Agents(config) as agents:
        assert run(await agents.load("shouter")) == "HELLO"
        assert run(await agents.load("dotted")) == "HELLO"
