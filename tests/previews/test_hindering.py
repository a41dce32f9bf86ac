"""A preview hinders nothing: whatever it raises, returns, prints or waits for, the person is asked."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.patience import PATIENCE
from tests.previews.conftest import TELLING, Telling, asked
from tests.processes import CHECKOUT, commanded, over_stdio

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("preview", "why"),
    [
        ("raises", "ValueError: no such account, token=***"),
        ("raises_unspeakably", "Unspeakable"),
        ("exits", "SystemExit: leaving"),
        ("interrupts", "RuntimeError: Called get_config outside of a runnable context"),
        ("is_rubbish", "it returned an int, and takes are"),
        ("is_half_a_change", "it returned a mapping with other keys"),
        ("is_no_table", "it returned a list with something else than mappings"),
        ("takes_other", "TypeError: takes_other() got an unexpected keyword argument"),
        ("is_no_function", "cannot be used: TypeError: is_no_function is no function"),
        ("is_not_there", "cannot be used: AttributeError"),
    ],
)
async def test_a_preview_that_fails_says_why_and_the_call_is_decided_as_ever(
    serve: Serve, telling: Telling, effects: Effects, preview: str, why: str
) -> None:
    async with serve(telling("pays", preview)) as door:
        run, (request,) = await asked(door)
        assert request["preview"]["kind"] == "failed"
        assert why in request["preview"]["why"]
        done = await decide(door, run, ACCEPT)
    assert done["status"] == "success"
    assert effects.lines == ["pay ann 5"]


@pytest.mark.parametrize("preview", ["makes_the_call", "makes_the_call_in_an_agent", "makes_a_marked_call"])
async def test_a_preview_cannot_make_the_call_that_it_is_about_nor_another_that_is_asked_about(
    serve: Serve, telling: Telling, effects: Effects, preview: str
) -> None:
    async with serve(telling("pays", preview)) as door:
        _, (request,) = await asked(door)
    assert request["preview"]["kind"] == "failed"
    assert effects.lines == []


async def test_a_preview_is_told_of_arguments_that_the_tool_would_refuse(serve: Serve, telling: Telling) -> None:
    async with serve(telling("pays", "words")) as door:
        run, _ = await asked(door)
        assert door.app is not None
        runs = await door.app.runs()
        told = await runs.previewed(run["interrupts"][0]["code"], 0, {"to": "ann", "amount": "much"})
    assert "ValidationError" in str(told)


async def test_a_preview_that_does_not_end_delays_no_pause_for_long_and_no_other_run(
    telling: Telling, tmp_path: Path, effects: Effects
) -> None:
    config = telling("pays_two", "hangs", '[agents.other.tools.pay]\nsensitive = true\npreview = "./quick.py:tell"\n')
    config.with_name("quick.py").write_text("def tell(**args):\n    return 'quick'\n")
    listed = config.read_text().replace('{"desk"', '{"other": "AGENT", "desk"')
    config.write_text(listed.replace("AGENT", str(Path(__file__).with_name("agents") / "paying.py") + ":pays"))
    world = {"INTERRUPT_MCP_CONFIG": str(config), "PYTHONPATH": CHECKOUT, "EFFECTS": str(effects.path)}
    async with over_stdio(tmp_path, environ=world) as door:
        first: dict[str, Any] = {}
        await door.call("list_agents")
        with anyio.fail_after(PATIENCE):
            async with anyio.create_task_group() as tasks:

                async def start() -> None:
                    first["run"], first["requests"] = await asked(door)

                tasks.start_soon(start)
                while "hangs" not in effects.lines:
                    await anyio.sleep(0.01)
                other = await door.call("start_run", agent="other", message="go")
                other_came_first = not first
    assert other["interrupts"][0]["requests"][0]["preview"]["text"] == "quick"
    assert other_came_first
    assert [each["preview"] for each in first["requests"]] == [
        {"kind": "failed", "why": "it took longer than 2 seconds"}
    ] * 2


async def test_many_previews_that_do_not_end_keep_no_more_from_being_asked(
    telling: Telling, tmp_path: Path, effects: Effects
) -> None:
    world = {"INTERRUPT_MCP_CONFIG": str(telling("pays", "hangs")), "PYTHONPATH": CHECKOUT}
    why: set[str] = set()
    async with over_stdio(tmp_path, environ={**world, "EFFECTS": str(effects.path)}) as door:

        async def start() -> None:
            _, (request,) = await asked(door)
            why.add(request["preview"]["why"])

        with anyio.fail_after(PATIENCE):
            while "too many previews before it have not ended" not in why:
                async with anyio.create_task_group() as tasks:
                    for _ in range(8):
                        tasks.start_soon(start)
    assert effects.lines == ["hangs"] * 16
    assert why == {"it took longer than 2 seconds", "too many previews before it have not ended"}


async def test_what_a_preview_prints_is_no_message_of_the_protocol(
    telling: Telling, tmp_path: Path, effects: Effects
) -> None:
    world = {"INTERRUPT_MCP_CONFIG": str(telling("pays", "prints")), "PYTHONPATH": CHECKOUT}
    async with over_stdio(tmp_path, environ={**world, "EFFECTS": str(effects.path)}) as door:
        run, (request,) = await asked(door)
        done = await decide(door, run, ACCEPT)
    assert request["preview"]["text"] == "printed"
    assert done["status"] == "success"


async def test_a_reference_that_leads_nowhere_is_a_warning_of_its_agent(serve: Serve, offer: Offer) -> None:
    policy = '[agents.desk.tools.pay]\nsensitive = true\npreview = "no_such_module:tell"\n'
    async with serve(offer(desk="paying:pays", policy=policy)) as door:
        (agent,) = (await door.call("list_agents"))["agents"]
    assert "`preview` in interrupt-mcp.toml, 'no_such_module:tell', cannot be used" in agent["warnings"][-1]


async def test_a_reference_is_tried_again_once_its_file_is_mended(serve: Serve, offer: Offer, effects: Effects) -> None:
    policy = '[agents.desk.tools.pay]\nsensitive = true\npreview = "./beside.py:tell"\n'
    config = offer(desk="paying:pays", policy=policy)
    config.with_name("beside.py").write_text("def tell(")
    async with serve(config) as door:
        _, (broken,) = await asked(door)
        config.with_name("beside.py").write_text("def tell(**args):\n    return 'mended'\n")
        _, (mended,) = await asked(door)
    assert "SyntaxError" in broken["preview"]["why"]
    assert mended["preview"] == {"kind": "text", "text": "mended"}


def test_a_reference_that_leads_nowhere_is_told_of_by_the_command(
    offer: Offer, capfd: pytest.CaptureFixture[str]
) -> None:
    config = offer(desk="paying:pays", policy='[policy]\npreview = "./nowhere.py:tell"\n')
    assert commanded("agents", "--config", str(config)) == 0
    assert "desk: `preview` in interrupt-mcp.toml, './nowhere.py:tell', cannot be used" in capfd.readouterr().out


def test_a_reference_that_is_none_is_refused_when_the_policy_is_read(offer: Offer, tmp_path: Path) -> None:
    from interrupt_mcp.errors import ConfigError
    from tests.people.policies import settings

    config = offer(desk="paying:pays", policy='[agents.desk.tools.pay]\npreview = "tell"\n')
    with pytest.raises(ConfigError, match=r"preview` in .* is 'tell'; it must be \"module:function\""):
        settings(config)


async def test_previews_do_not_count_against_a_name_that_an_agent_made_up(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    # Inside the tool `asks_something`, whatever the question calls itself.
    policy = f'[agents.desk.tools."What now?"]\npreview = "{TELLING}:words"\n'
    async with serve(offer(desk="paying:asks_else", policy=policy)) as door:
        _, (request,) = await asked(door)
    assert "preview" not in request
