"""What the doctor says of models: what they need, and, when asked, whether they answer. No key is ever told."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.looking import Said, looked
from tests.models.provider import KEY, Fails, Provider, Says, provider


@pytest.fixture(scope="module")
def openai() -> Iterator[Provider]:
    with provider() as running:
        yield running


def tried(home: Path, url: str, *more: str, model: str = "openai:gpt-4o") -> Said:
    (home / "langgraph.json").write_text('{"graphs": {"hotel": "interrupt_mcp_agents.hotel:graph"}}')
    environ = {"INTERRUPT_MCP_MODEL": model, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url}
    said = looked(home, *more, environ=environ)
    assert KEY not in said.out + said.err
    assert KEY[-10:] not in said.out + said.err
    return said


def test_a_model_that_answers_is_told_so_after_one_small_call(tmp_path: Path, openai: Provider) -> None:
    openai.forget()
    openai.say(Says("yes"))
    said = tried(tmp_path, openai.url, "--try-model")
    assert "answers, after" in said.text("model", level="ok")
    (asked,) = openai.asked
    assert asked.get("max_tokens", asked.get("max_completion_tokens")) == 16
    assert said.code == 0
    openai.forget()
    tried(tmp_path, openai.url)
    assert openai.asked == []


def test_a_key_that_is_refused_is_a_problem_in_one_sentence(tmp_path: Path, openai: Provider) -> None:
    openai.forget()
    openai.say(always=Fails(401, f"Incorrect API key provided: {KEY}."))
    (problem,) = tried(tmp_path, openai.url, "--try-model").of("model", level="problem")
    assert "401" in problem["text"]
    assert "\n" not in problem["text"]


def test_a_model_that_hangs_is_a_problem_within_the_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        said = tried(tmp_path, url, "--try-model", "--seconds", "4")
    assert "no answer within 4 seconds" in said.text("model", level="problem")


def test_what_a_model_lacks_is_told_without_calling_it(tmp_path: Path) -> None:
    said = tried(tmp_path, "", model="groq:some-model")
    assert "pip install langchain-groq" in said.text("model", level="problem")
    said = looked(tmp_path, environ={"INTERRUPT_MCP_MODEL": "openai:gpt-4o"})
    assert "OPENAI_API_KEY is not set" in said.text("model", level="problem")
