"""The guides for what LangGraph has deprecated and many have, followed."""

import pytest

from tests.guides.conftest import Followed

pytestmark = pytest.mark.anyio


@pytest.mark.filterwarnings("ignore:create_react_agent has been moved")
async def test_an_agent_of_create_react_agent_is_edited_and_rejected_as_it_is(followed: Followed) -> None:
    runs = await followed("create_react_agent")
    assert [run["status"] for run in runs] == ["interrupted", "success"] * 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_a_project_for_the_agent_inbox_runs_unchanged_and_types_stay(followed: Followed) -> None:
    runs = await followed("agent_inbox")
    assert [run["status"] for run in runs] == ["interrupted", "success"] * 4
