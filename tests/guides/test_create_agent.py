"""The guide for `create_agent`, followed."""

import pytest

from tests.guides.conftest import Followed

pytestmark = pytest.mark.anyio


async def test_each_of_the_four_ways_has_a_person_asked_and_does_what_was_decided(followed: Followed) -> None:
    runs = await followed("create_agent")
    assert [run["status"] for run in runs] == ["interrupted", "success"] * 4
