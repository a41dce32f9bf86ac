"""What is said of agents and config files that are not as they should be, and when it is tried again.

Agents are written here as text: what is wrong with a file, and that it is mended, is what is tested.
"""

import pytest

from interrupt_mcp.agents import Agents
from interrupt_mcp.errors import AgentError, ConfigError, UnknownAgent
from tests.agents.shouts import GRAPH, counted, imports, run


@pytest.mark.anyio
async def test_an_unknown_name_is_told_from_a_broken_agent(project):
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": GRAPH})

    async with Agents(config) as agents:
        with pytest.raises(UnknownAgent, match="no agent 'whisperer'"):
            await agents.load("whisperer")


def test_names_are_those_of_the_file_in_its_order(project):
    config = project({"b": "./x.py:g", "a": {"path": "x.y:g", "description": "An A."}}, {}, python_version="3.12")

    assert Agents(config).names() == ("b", "a")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no "),
        ("{", "cannot be read as JSON: "),
        ("[]", "names no agents; it must be like "),
        ('{"graphs": []}', "names no agents; it must be like "),
        ('{"graphs": {"a": "agent.py"}}', "`graphs.a` in "),
        ('{"graphs": {"a": ":graph"}}', "`graphs.a` in "),
        ('{"graphs": {"a": {"path": 4}}}', 'it must be "./path.py:attribute" or "module:attribute"'),
        ('{"graphs": {"a": {"path": "m:g", "description": 4}}}', "`graphs.a.description` in "),
        ('{"graphs": {"a": {"path": "m:g", "example": 4}}}', "`graphs.a.example` in "),
        ('{"graphs": {}, "dependencies": "."}', "`dependencies` in "),
        ('{"graphs": {}, "env": [1]}', "`env` in "),
        ('{"graphs": {}, "store": {"index": 4}}', "`store` in "),
        ('{"graphs": {}, "store": {"index": {"dims": 4}}}', "`store.index.embed` in "),
        (
            '{"graphs": {}, "store": {"index": {"embed": "./embed.py"}}}',
            'must be "./path.py:function" or "provider:model"',
        ),
        ('{"graphs": {}, "store": {"index": {"embed": "a:b", "dims": "4"}}}', "`store.index.dims` in "),
        ('{"graphs": {}, "store": {"index": {"embed": "a:b", "fields": "text"}}}', "`store.index.fields` in "),
    ],
)
def test_a_config_file_that_is_missing_or_wrong_is_explained(tmp_path, text, said):
    config = tmp_path / "langgraph.json"
    if text is not None:
        config.write_text(text)

    with pytest.raises(ConfigError, match=r"langgraph\.json") as caught:
        Agents(config).names()

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module' ("),
        ("def broken(:\n", "SyntaxError: "),
        ("raise SystemExit(3)\n", "SystemExit: 3 ("),
        ("graph = 4\n", "TypeError: a int is neither a LangGraph graph nor a function that makes one"),
        ("other = 4\n", "AttributeError: ./agent.py has no `graph`"),
        ("def graph(): return None\n", "TypeError: a NoneType is neither"),
        ("async def graph(): raise ValueError('not\\n  today')\n", "ValueError: not today ("),
        ("async def graph(): raise SystemExit\n", "SystemExit ("),
        ("def graph(config, runtime: int): ...\n", "one RunnableConfig and nothing else, not `runtime: int`"),
        ("def graph(runtime: int): ...\n", "one RunnableConfig and nothing else, not `runtime: int`"),
        ("raise ValueError('x' * 9999)\n", "x…"),
    ],
)
@pytest.mark.anyio
async def test_a_broken_agent_says_in_one_sentence_what_is_wrong(project, source, said):
    config = project({"broken": "./agent.py:graph"}, {"agent.py": source})

    async with Agents(config) as agents:
        with pytest.raises(AgentError) as caught:
            await agents.load("broken")
        card = await agents.describe("broken")

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert card.error == str(caught.value)
    if said.endswith("("):
        assert f"{config.parent / 'agent.py'}:1)" in str(caught.value)


@pytest.mark.anyio
async def test_a_missing_file_is_explained_and_the_other_agents_work(project):
    config = project(
        {"gone": {"path": "./gone.py:graph", "description": "Was here."}, "shouter": "./agent.py:graph"},
        {"agent.py": GRAPH},
    )

    async with Agents(config) as agents:
        gone, shouter = await agents.describe("gone"), await agents.describe("shouter")

    assert gone.error is not None
    assert "gone.py" in gone.error
    assert (gone.description, gone.input_schema, gone.example) == ("Was here.", {}, {})
    assert shouter.error is None


@pytest.mark.anyio
async def test_a_failed_load_is_repeated_when_a_file_changed_and_not_before(project, tmp_path):
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": counted(tmp_path) + "never\n"})

    async with Agents(config) as agents:
        errors = []
        for _ in range(3):
            with pytest.raises(AgentError) as caught:
                await agents.load("shouter")
            errors.append(str(caught.value))
        assert imports(tmp_path) == 1
        assert errors == [errors[0]] * 3
        (tmp_path / "agent.py").write_text(GRAPH)
        assert run(await agents.load("shouter")) == "HELLO"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("agent.py", "other = 4\n", GRAPH),
        ("agent.py", None, GRAPH),
        ("helping_hand.py", "raise ValueError('early')\n", GRAPH),
        (".env", "", "NEEDED_NAME=1\n"),
    ],
)
@pytest.mark.anyio
async def test_mending_any_file_that_had_a_part_in_the_failure_is_enough(project, tmp_path, path, before, after):
    files = {"agent.py": "import os\nos.environ['NEEDED_NAME']\n" + GRAPH}
    if path == "helping_hand.py":
        files = {"agent.py": "from helping_hand import graph\n"}
    config = project({"shouter": "./agent.py:graph"}, files, env=".env")
    (tmp_path / path).unlink(missing_ok=True)
    if before is not None:
        (tmp_path / path).write_text(before)

    async with Agents(config) as agents:
        with pytest.raises(AgentError):
            await agents.load("shouter")
        (tmp_path / path).write_text(after)
        assert run(await agents.load("shouter")) == "HELLO"


@pytest.mark.anyio
async def test_a_module_that_was_not_there_is_found_once_it_is(project, tmp_path):
    config = project({"shouter": "late_comer:graph"}, {})

    async with Agents(config) as agents:
        with pytest.raises(AgentError, match="No module named 'late_comer'"):
            await agents.load("shouter")
        (tmp_path / "late_comer.py").write_text("other = 1\n")
        with pytest.raises(AgentError, match="late_comer has no `graph`"):
            await agents.load("shouter")
        (tmp_path / "late_comer.py").write_text(GRAPH)
        assert run(await agents.load("shouter")) == "HELLO"
