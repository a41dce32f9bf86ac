"""The end of the demo: one more interrupt, decided on a page, where there is a browser."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from tests.pages.desktop import desktop
from tests.pages.reading import page
from tests.patience import PATIENCE
from tests.processes import surroundings
from tests.terminals import at_a_terminal

pytestmark = pytest.mark.posix


def accept_as_the_browser_would(file: Path) -> None:
    """Sign in with what the browser was handed, and accept what the page shows."""
    handed = page("", 200, file.read_text("utf-8")).form("Open the inbox")
    base = handed.action.removesuffix("/inbox/sign-in")
    with httpx.Client(base_url=base, timeout=PATIENCE) as browser:
        signed_in = browser.post("/inbox/sign-in", data=handed.fields, headers={"origin": "null"})
        assert signed_in.status_code == 200, signed_in.text
        asked = browser.get(handed.fields["then"])
        accepted = page(str(asked.url), asked.status_code, asked.text).form("Accept")
        answer = browser.post(accepted.action, data=accepted.fields, headers={"origin": base})
        assert answer.status_code == 303, answer.text


def test_the_demo_ends_with_one_more_that_is_decided_in_the_browser(tmp_path: Path) -> None:
    here = desktop(tmp_path / "desktop")
    variables = {**surroundings(tmp_path, BROWSER=here.environ["BROWSER"]), "TERM": "dumb"}
    with at_a_terminal(tmp_path, "demo", environ=variables) as keys:
        keys.until("Decision [e]:")
        keys.type("a")
        keys.until("decided in your browser? [Y/n]")
        keys.type("y")
        asked = keys.until("This client cannot decide it.")
        assert re.search(r"http://127\.0\.0\.1:\d+/inbox/interrupts/[A-Z]\d", asked)
        accept_as_the_browser_would(asyncio.run(here.page()))
        told = keys.until("Bookings really made:") + keys.until("Try it in a client of yours")
        assert "Ritz" in told
        assert keys.ended() == 0
    assert len(here.opened) == 1


def test_without_a_browser_nothing_more_is_offered(tmp_path: Path) -> None:
    with at_a_terminal(tmp_path, "demo", environ={**surroundings(tmp_path), "TERM": "dumb"}) as keys:
        keys.until("Decision [e]:")
        keys.type("a")
        assert "your browser?" not in keys.until("Try it in a client of yours")
