"""A browser whose every request comes to another replica: who is signed in at one is so at all."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.balance.browser import Browser
from tests.balance.replicas import Replicas
from tests.balance.test_any_replica import at
from tests.conftest import Door
from tests.identity.issuer import Issuer
from tests.pages.safety.visitors import decision_on, token_in
from tests.patience import PATIENCE
from tests.shared.served import Shared

pytestmark = [pytest.mark.anyio, pytest.mark.posix]


@pytest.fixture
def browser(replicas: Replicas, front: Any) -> Iterator[Browser]:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as http:
        yield Browser(http, [replicas.living[number].base for number in (0, 1)], front.url)


@pytest.fixture
async def door(replicas: Replicas, token: str) -> AsyncIterator[Door]:
    async with at(replicas, 0, token) as door:
        yield door


async def waiting(door: Door) -> str:
    """Where the pages show what a run asks."""
    run = await door.call("start_run", agent="hotel", message="Book the Plaza")
    return f"/inbox/interrupts/{run['interrupts'][0]['code']}"


async def test_a_person_signs_in_at_one_decides_at_another_and_is_signed_out_everywhere(
    browser: Browser, persons: str, door: Door
) -> None:
    page = await waiting(door)
    assert browser.get(1, page).status_code == 401
    assert browser.sign_in(0, persons) == 200
    shown = browser.get(1, page)
    assert shown.status_code == 200
    fields = {"token": token_in(shown.text), **decision_on(shown.text, "accept")}
    assert browser.post(0, f"{page}/decide", {**fields, "token": "0" * 64}).status_code == 403
    assert browser.post(0, f"{page}/decide", fields).status_code == 303
    assert page.rpartition("/")[2] in browser.get(1, "/inbox/decided").text
    assert browser.post(1, "/inbox/sign-out", {"token": browser.token(0)}).status_code == 200
    assert browser.get(0, "/inbox").status_code == 401


def test_a_secret_signs_in_once_whichever_replica_it_is_typed_at(browser: Browser, operated: Shared) -> None:
    secret = operated.one_time_code()
    assert browser.sign_in(1, secret) == 200
    assert browser.get(0, "/inbox").status_code == 200
    browser.cookies.clear()
    assert [browser.sign_in(number, secret) for number in (0, 1)] == [403, 403]


@pytest.mark.parametrize("first", [0, 1])
def test_a_sign_in_by_a_provider_begins_at_one_and_ends_at_another(
    browser: Browser, issuer: Issuer, first: int
) -> None:
    issuer.well()
    sent = browser.get(first, "/inbox/sign-in/provider")
    assert sent.status_code == 303
    asked = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
    issuer.signs_in(asked)
    back = browser.get(1 - first, f"/inbox/sign-in/callback?code=once&state={asked['state']}")
    assert back.status_code == 200, back.text
    assert [browser.get(number, "/inbox").status_code for number in (0, 1)] == [200, 200]


async def test_what_a_person_was_shown_of_an_edit_is_kept_wherever_they_decide(
    browser: Browser, persons: str, door: Door, operated: Shared
) -> None:
    page = await waiting(door)
    assert browser.sign_in(0, persons) == 200
    shown = browser.get(0, f"{page}?edit=0").text
    fields = {"token": token_in(shown), **decision_on(shown, "edit"), "editing": "1", "arg_hotel_name": "Savoy"}
    edited = browser.post(0, f"{page}/changes", fields).text
    assert "A bed in Savoy for one night" in edited
    previewed = re.findall(r'name="previewed" value="([^"]+)"', edited)[0]
    assert browser.post(1, f"{page}/decide", {**fields, "previewed": previewed}).status_code == 303
    assert "A bed in Savoy for one night" in operated.record()


async def test_a_preview_that_nobody_was_shown_of_it_is_kept_with_no_decision(
    browser: Browser, persons: str, door: Door, operated: Shared
) -> None:
    page = await waiting(door)
    assert browser.sign_in(0, persons) == 200
    shown = browser.get(0, f"{page}?edit=0").text
    fields = {"token": token_in(shown), **decision_on(shown, "edit"), "editing": "1", "arg_hotel_name": "Astoria"}
    edited = browser.post(0, f"{page}/changes", fields).text
    previewed = re.findall(r'name="previewed" value="([^"]+)"', edited)[0]
    other = {**fields, "arg_hotel_name": "Bristol", "previewed": previewed}
    assert browser.post(1, f"{page}/decide", other).status_code == 303
    assert "A bed in Astoria" not in operated.record()
