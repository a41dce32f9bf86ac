"""Agents' memory that finds by meaning, and forgets: `store` of `langgraph.json`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door, Offer, Serve
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio
EMBEDDING = Path(__file__).parent / "agents" / "embedding.py"
Remember = Callable[..., Path]


@pytest.fixture
def remember(offer: Offer) -> Remember:
    """`remember(index={...}, ttl={...})`: a `langgraph.json` with that `store`, and agents `memory` and `shouter`."""

    def configured(**store: Any) -> Path:
        config = offer("remembering:memory", "remembering:shouter")
        config.write_text(json.dumps({**json.loads(config.read_text()), "store": store}))
        return config

    return configured


async def told(door: Door, tool: str, **arguments: Any) -> str:
    """What the agent says that its tool returned."""
    run = await door.call("start_run", agent="memory", message=f"call {tool} {json.dumps(arguments)}")
    assert run["status"] == "success", run
    return str(run["answer"])


async def keep_three(door: Door) -> None:
    for key, text in (("first", "aaab"), ("second", "ab"), ("third", "ccdd")):
        await told(door, "keep", key=key, text=text)


@pytest.mark.parametrize("name", ["letters", "letters_later", "made"])
async def test_memory_is_searched_by_what_a_function_or_object_of_the_project_embeds(
    serve: Serve, remember: Remember, era: str, name: str
) -> None:
    config = remember(index={"embed": f"{EMBEDDING}:{name}", "dims": 4, "fields": ["text"]})
    async with serve(config, mode=era) as door:
        await keep_three(door)
        # The cosine of the angle between (3, 1), (1, 1) or nothing at all, and (1, 0).
        assert "first 0.949, second 0.707, third 0.000" in await told(door, "find", query="a")
        assert "third, second, first" in await told(door, "find_in_a_thread", query="bccc")
    async with serve(config, mode=era) as door:
        assert "first 0.949, second 0.707, third 0.000" in await told(door, "find", query="a")


async def test_the_file_that_embeds_is_found_from_langgraph_json_and_imports_what_is_beside_it(
    serve: Serve, remember: Remember
) -> None:
    config = remember(index={"embed": "./memory/embed.py:embed", "dims": 4})
    (config.parent / "memory").mkdir()
    (config.parent / "memory" / "embed.py").write_text("from counting_letters import letters as embed\n")
    (config.parent / "counting_letters.py").write_text(EMBEDDING.read_text())
    async with serve(config) as door:
        await keep_three(door)
        assert "first" in (await told(door, "find", query="a")).split(",")[0]


async def test_only_the_fields_that_the_index_names_are_embedded(serve: Serve, remember: Remember) -> None:
    config = remember(index={"embed": f"{EMBEDDING}:letters", "dims": 4, "fields": ["text"]})
    async with serve(config) as door:
        await told(door, "keep", key="misleading", text="b", note="a" * 50)
        await told(door, "keep", key="right", text="ab")
        assert "right 0.707, misleading 0.000" in await told(door, "find", query="a")


@pytest.mark.parametrize(
    ("embed", "said"),
    [
        ("./nowhere.py:embed", "`store.index.embed` in "),
        (f"{EMBEDDING}:gone", "has no attribute 'gone'"),
        (f"{EMBEDDING}:number", "a int is neither a function of a list of texts nor an Embeddings object"),
        (f"{EMBEDDING}:Letters", "a class is neither a function of a list of texts nor an Embeddings object"),
        (f"{EMBEDDING}:three", "returned 3 numbers, and a vector has 4 by `dims`"),
        (f"{EMBEDDING}:one_vector", "returned 2 vectors for 1 texts"),
        (f"{EMBEDDING}:words", "has to return a list of vectors, and returned something else"),
        (f"{EMBEDDING}:nothing", "has to return a list of vectors, and returned something else"),
        (f"{EMBEDDING}:refusing", "no embedding today"),
        ("openai:text-embedding-3-small", "OPENAI_API_KEY"),
        ("cohere:embed-english-v3.0", "It is not in the environment of "),
        ("nobody:nothing", "nobody"),
    ],
)
async def test_agents_work_without_what_embeds_and_one_that_needs_it_says_what_is_wrong(
    serve: Serve, remember: Remember, embed: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with serve(remember(index={"embed": embed, "dims": 4})) as door:
        fine = await door.call("start_run", agent="shouter", input={"text": "hello"})
        assert fine["output"] == {"text": "HELLO"}
        assert "0 kept" in await told(door, "count")
        failed = await door.call("start_run", agent="memory", message='call keep {"key": "k", "text": "a"}')
        assert "0 kept" in await told(door, "count")
    assert failed["status"] == "error"
    assert said in failed["error"]["message"]


async def test_an_embedding_that_is_mended_is_used_without_a_new_start(serve: Serve, remember: Remember) -> None:
    config = remember(index={"embed": "./embed.py:letters", "dims": 4})
    (config.parent / "embed.py").write_text("letters = never\n")
    async with serve(config) as door:
        failed = await door.call("start_run", agent="memory", message='call keep {"key": "k", "text": "a"}')
        (config.parent / "embed.py").write_text(EMBEDDING.read_text())
        await keep_three(door)
        assert "first" in await told(door, "find", query="a")
    assert "NameError" in failed["error"]["message"]


async def test_items_are_forgotten_when_their_time_is_over(serve: Serve, remember: Remember) -> None:
    config = remember(ttl={"default_ttl": 0.0001, "sweep_interval_minutes": 0.001})
    async with serve(config) as door:
        await keep_three(door)
        with anyio.fail_after(PATIENCE):
            while "0 kept" not in await told(door, "count"):
                await anyio.lowlevel.checkpoint()
    async with serve(remember()) as door:
        await keep_three(door)
        assert "3 kept" in await told(door, "count")
