"""A person's windows: pages in a browser, and whatever happens in them that no page of ours may do."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError, expect

from tests.patience import PATIENCE

_OURS = ("http://127.0.0.1:", "file://")
expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Windows:
    """The windows that a test opened."""

    browser: Browser
    wrong: list[str] = field(default_factory=list)
    """Requests to anywhere else, dialogs, errors of scripts, and what the browser refused to do."""
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def open(self, address: str = "", signed_in: Any = None, **options: Any) -> Page:
        """A window of a person of their own, who is signed in by these cookies, at that address.

        `options` are of Playwright's contexts, such as `viewport`, `color_scheme` and `java_script_enabled`.
        """
        context = await self.browser.new_context(storage_state=signed_in, **options)
        context.set_default_timeout(PATIENCE * 1000)
        self._contexts.append(context)
        context.on("request", self._asked)
        context.on("console", self._told)
        context.on("weberror", self._failed)
        context.on("dialog", self._interrupted)
        page = await context.new_page()
        if address:
            await page.goto(address)
        return page

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(_OURS):
            self.wrong.append(f"request to {request.url[:200]}")

    def _told(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    def _failed(self, error: WebError) -> None:
        self.wrong.append(str(error.error))

    async def _interrupted(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message[:200]}")
        await dialog.dismiss()
