"""A page is opened in the person's browser, and the browser gets nothing of the server's."""

import os
import signal
from pathlib import Path

import anyio
import pytest

from interrupt_mcp.presence.browser import opened
from interrupt_mcp.presence.desktop import Desktop
from tests.patience import PATIENCE, until
from tests.presence.browsers import browser

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="these browsers look at themselves in /proc"),
]
NOTHING = Desktop({})
SCREEN = Desktop({"DISPLAY": ":7"})


@pytest.fixture
def page(tmp_path: Path) -> Path:
    page = tmp_path / "a page.html"
    page.write_text("<p>Hello")
    return page


async def shown(page: Path, desktop: Desktop = NOTHING, seconds: float = PATIENCE, **environ: str) -> bool:
    """Whether it was opened, on a machine with no programs but those of the test."""
    return await opened(page, desktop, {"PATH": "/nowhere", **environ}, seconds=seconds)


@pytest.mark.posix
async def test_a_browser_gets_the_page_and_no_part_in_the_protocol(tmp_path: Path, page: Path) -> None:
    chosen = browser(tmp_path, "chosen")
    assert await shown(page, BROWSER=f"{chosen} --new-tab %s")
    told = chosen.told
    assert told["arguments"] == ["--new-tab", page.as_uri()]
    assert told["streams"] == [os.devnull] * 3
    assert told["others"] == []
    assert told["leads"], "a signal for the server's group would reach it"


@pytest.mark.posix
async def test_a_browser_gets_the_desktops_variables_and_none_of_ours(tmp_path: Path, page: Path) -> None:
    chosen = browser(tmp_path, "chosen")
    secret = {"INTERRUPT_MCP_SECRET": "hush", "INTERRUPT_MCP_DATABASE": "sqlite:///secret"}
    assert await shown(page, SCREEN, BROWSER=str(chosen), LANG="de", TERM="xterm", **secret)
    environ = chosen.told["environ"]
    assert (environ["DISPLAY"], environ["LANG"]) == (":7", "de")
    assert [name for name in environ if name.startswith("INTERRUPT_MCP_") or name == "TERM"] == []


@pytest.mark.posix
async def test_a_command_without_a_place_for_the_page_gets_it_as_its_last_argument(tmp_path: Path, page: Path) -> None:
    plain, spaced = browser(tmp_path, "plain", "fails"), browser(tmp_path / "my programs", "spaced", "fails")
    options, last = browser(tmp_path, "options", "fails"), browser(tmp_path, "last")
    assert await shown(page, BROWSER=f"{plain}:{spaced}:{options} --private:{last} %s &")
    assert [each.told["arguments"] for each in (plain, spaced, options, last)] == [
        [page.as_uri()],
        [page.as_uri()],
        ["--private", page.as_uri()],
        [page.as_uri()],
    ]


@pytest.mark.posix
async def test_one_that_fails_or_is_not_there_is_followed_by_the_next(tmp_path: Path, page: Path) -> None:
    fails, second, third = browser(tmp_path, "f", "fails"), browser(tmp_path, "second"), browser(tmp_path, "third")
    empty = tmp_path / "empty"
    empty.touch(0o644)
    assert await shown(page, BROWSER=f"{fails}:{tmp_path}/missing %s:{empty}:'open quote:{second}:{third}")
    assert fails.was_started
    assert second.was_started
    assert not third.was_started


@pytest.mark.posix
async def test_a_text_browser_is_not_started(tmp_path: Path, page: Path) -> None:
    text = [browser(tmp_path, name) for name in ("w3m", "lynx", "links", "elinks", "www-browser")]
    assert not await shown(page, SCREEN, BROWSER=":".join(map(str, text)))
    assert not await shown(page, SCREEN, PATH=str(tmp_path))
    assert not await shown(page, SCREEN, PATH=str(tmp_path), BROWSER="w3m %s")
    assert not any(each.was_started for each in text)


async def test_nothing_is_opened_where_there_is_no_browser(page: Path) -> None:
    assert not await shown(page, SCREEN)


@pytest.mark.posix
async def test_the_desktop_knows_its_browser_where_none_is_chosen(tmp_path: Path, page: Path) -> None:
    opener, known = browser(tmp_path, "xdg-open"), browser(tmp_path, "firefox")
    assert await shown(page, SCREEN, PATH=str(tmp_path))
    assert opener.told["arguments"] == [page.as_uri()]
    assert not known.was_started


@pytest.mark.posix
async def test_the_desktops_way_of_opening_does_not_end_with_a_text_browser(tmp_path: Path, page: Path) -> None:
    opener = browser(tmp_path, "xdg-open")
    assert await shown(page, SCREEN, PATH=str(tmp_path), BROWSER="w3m")
    named = opener.told["environ"]["BROWSER"].split(":")
    assert "firefox" in named
    assert {"w3m", "www-browser", "links"}.isdisjoint(named)


@pytest.mark.posix
async def test_browsers_that_are_known_by_name_come_last(tmp_path: Path, page: Path) -> None:
    chosen, opener = browser(tmp_path, "chosen", "fails"), browser(tmp_path, "xdg-open", "fails")
    known = browser(tmp_path, "chromium")
    assert await shown(page, SCREEN, PATH=str(tmp_path), BROWSER="chosen")
    assert chosen.was_started
    assert opener.was_started
    assert known.told["arguments"] == [page.as_uri()]


@pytest.mark.posix
async def test_without_a_display_only_a_chosen_browser_is_started(tmp_path: Path, page: Path) -> None:
    opener, known = browser(tmp_path, "xdg-open"), browser(tmp_path, "firefox")
    assert not await shown(page, PATH=str(tmp_path))
    assert not opener.was_started
    assert not known.was_started


@pytest.mark.posix
async def test_the_loop_goes_on_while_a_browser_makes_up_its_mind(tmp_path: Path, page: Path) -> None:
    """It may only end once the loop, which would otherwise wait for it, has let it."""
    waits = browser(tmp_path, "waits", "waits")

    async def let_it_go() -> None:
        await until(lambda: waits.was_started)
        waits.go.touch()

    async with anyio.create_task_group() as group:
        group.start_soon(let_it_go)
        assert await shown(page, BROWSER=str(waits))


@pytest.mark.linux
async def test_a_browser_that_stays_counts_as_opened_and_leaves_nothing_behind_when_it_ends(
    tmp_path: Path, page: Path
) -> None:
    stays = browser(tmp_path, "stays", "stays")
    assert await shown(page, seconds=0.01, BROWSER=str(stays))
    await until(lambda: stays.was_started)
    pid = stays.told["pid"]
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.linux
async def test_who_stops_waiting_does_not_stop_the_browser(tmp_path: Path, page: Path) -> None:
    waits = browser(tmp_path, "waits", "waits")
    with anyio.CancelScope() as scope:
        scope.cancel()
        await shown(page, BROWSER=str(waits))
    assert scope.cancelled_caught
    await until(lambda: waits.was_started)
    waits.go.touch()
    await until(lambda: not Path(f"/proc/{waits.told['pid']}").exists())
