"""A page on disk hands a secret over to the person's browser, and to nobody else."""

import os
import stat
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.presence.browser import opened
from interrupt_mcp.presence.desktop import Desktop
from interrupt_mcp.presence.handing_over import clear, hand_over, handed_over
from tests.patience import PATIENCE
from tests.presence.browsers import browser
from tests.private.stranger import NOBODY

ADDRESS = "http://127.0.0.1:8322"


class Read(HTMLParser):
    """A page, as a browser reads it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.forms: list[dict[str, str | None]] = []
        self.fields: dict[str | None, str | None] = {}
        self.metas: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page.read_text("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        about = dict(attrs)
        if tag == "form":
            self.forms.append(about)
        elif tag == "input":
            assert about["type"] == "hidden"
            self.fields[about["name"]] = about["value"]
        elif tag == "meta":
            self.metas.append(about)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.posix
def test_the_page_posts_the_secret_to_the_sign_in_of_the_inbox(tmp_path: Path) -> None:
    page = Read(hand_over(tmp_path / "pages", ADDRESS, "s3cret", "/inbox/A7"))
    (form,) = page.forms
    assert (form["method"], form["action"]) == ("post", f"{ADDRESS}/inbox/sign-in")
    assert page.fields == {"secret": "s3cret", "then": "/inbox/A7"}
    assert {"name": "referrer", "content": "no-referrer"} in page.metas
    assert "Opening the inbox of interrupt-mcp…" in page.texts


@pytest.mark.posix
def test_where_scripts_are_off_there_is_a_button(tmp_path: Path) -> None:
    page = Read(hand_over(tmp_path / "pages", ADDRESS, "s3cret", "/inbox"))
    assert page.tags.count("script") == 1
    assert page.tags.index("form") < page.tags.index("button") < page.tags.index("script")
    assert "Open the inbox" in page.texts


@pytest.mark.posix
@pytest.mark.parametrize("odd", ['"><script>alert(1)</script>', "'\"&quot;<!--", "{secret}{0}", "é\u202e"])
def test_whatever_is_handed_over_stays_what_it_is(tmp_path: Path, odd: str) -> None:
    plain = Read(hand_over(tmp_path / "pages", ADDRESS, "s3cret", "/inbox"))
    page = Read(hand_over(tmp_path / "pages", f"{ADDRESS}/{odd}", odd, odd))
    assert page.fields == {"secret": odd, "then": odd}
    assert page.forms[0]["action"] == f"{ADDRESS}/{odd}/inbox/sign-in"
    assert page.tags == plain.tags
    assert page.texts == plain.texts


@pytest.mark.posix
def test_the_page_and_its_folder_are_this_users_alone(tmp_path: Path, umask: None) -> None:
    page = hand_over(tmp_path / "new" / "pages", ADDRESS, "s3cret", "/inbox")
    assert (mode(page), mode(page.parent), mode(page.parent.parent)) == (0o600, 0o700, 0o700)


@pytest.mark.posix
def test_a_folder_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    folder.chmod(0o777)
    hand_over(folder, ADDRESS, "s3cret", "/inbox")
    assert mode(folder) == 0o700


@pytest.mark.posix
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make folders of another user")
def test_nothing_is_written_into_another_users_folder(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    # To root, a folder is trusted that belongs to whoever owns the one around it.
    assert tmp_path.stat().st_uid != NOBODY
    with pytest.raises(Unavailable, match="belongs to another user"):
        hand_over(folder, ADDRESS, "s3cret", "/inbox")
    assert list(folder.iterdir()) == []


@pytest.mark.posix
def test_no_two_pages_share_a_name_and_nobody_can_guess_one(tmp_path: Path) -> None:
    names = {hand_over(tmp_path / "pages", ADDRESS, "s3cret", "/inbox").name for _ in range(20)}
    assert len(names) == 20
    assert min(map(len, names)) > 32


@pytest.mark.posix
def test_pages_that_were_left_behind_are_removed_and_nothing_else_is(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    old, future, young = (hand_over(folder, ADDRESS, "s3cret", "/inbox") for _ in range(3))
    other, elsewhere = folder / "notes.html", tmp_path / "elsewhere"
    for path in (other, elsewhere):
        path.touch()
    (folder / "sign-in-link.html").symlink_to(elsewhere)
    now = time.time()
    for path, at in ((old, now - 3600), (other, now - 3600), (future, now + 3600)):
        os.utime(path, (at, at))
    os.utime(folder / "sign-in-link.html", (now - 3600, now - 3600), follow_symlinks=False)
    new = hand_over(folder, ADDRESS, "s3cret", "/inbox")
    assert set(folder.iterdir()) == {young, new, other}
    assert elsewhere.exists()


@pytest.mark.posix
def test_clearing_where_nothing_ever_was_does_nothing(tmp_path: Path) -> None:
    clear(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


@pytest.mark.linux
@pytest.mark.anyio
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="these browsers look at themselves in /proc")
async def test_the_browser_is_given_the_page_and_its_command_does_not_tell_the_secret(tmp_path: Path) -> None:
    chosen = browser(tmp_path, "chosen")
    async with handed_over(tmp_path / "pages", ADDRESS, "s3cret", "/inbox") as page:
        assert await opened(page, Desktop({}), {"BROWSER": str(chosen)}, seconds=PATIENCE)
    told = chosen.told
    assert "s3cret" in told.pop("page")
    assert "s3cret" not in str(told)
    assert not page.exists()
    assert page.parent.exists()


@pytest.mark.posix
@pytest.mark.anyio
async def test_the_page_is_gone_whatever_happens_meanwhile(tmp_path: Path) -> None:
    async def fails() -> None:
        async with handed_over(tmp_path / "pages", ADDRESS, "s3cret", "/inbox") as page:
            assert page.exists()
            page.with_suffix(".seen").touch()
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    (seen,) = (tmp_path / "pages").iterdir()
    assert seen.suffix == ".seen"
