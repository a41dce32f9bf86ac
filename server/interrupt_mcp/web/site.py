"""The site: which page is where, who may see it, and how errors leave it."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from interrupt_mcp import authority
from interrupt_mcp.access import Access
from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.peers.pages import PagesOf
from interrupt_mcp.runs.runs import Runs
from interrupt_mcp.secret import hash_of, same
from interrupt_mcp.store.known import Session
from interrupt_mcp.web import (
    alike,
    decided,
    deciding,
    events,
    files,
    interrupts,
    rewinding,
    runs,
    sessions,
    signing_in,
    threads,
)
from interrupt_mcp.web.by_provider import BACK, PATH, ByProvider
from interrupt_mcp.web.guard import Guard
from interrupt_mcp.web.refused import happened, status_of
from interrupt_mcp.web.rendering import Rendering
from interrupt_mcp.web.sent import Sent, TooMany, sent
from interrupt_mcp.web.visit import Visit
from interrupt_mcp.words import Scope

log = logging.getLogger(__name__)
Handler = Callable[[Visit], Awaitable[Response]]
_ANY = tuple(Scope)
_LOOKS, _DECIDES, _RUNS = (Scope.READ, Scope.DECIDE), (Scope.DECIDE, Scope.RUN), (Scope.RUN,)
"""Of these a visitor needs one: to look at a page, to decide or reject, and to change a run of theirs otherwise."""
OfProvider = Callable[[Request, Inbox, Rendering], Awaitable[Response]]


class Site:
    """The pages of one project, as an ASGI application."""

    def __init__(
        self,
        open_runs: Callable[[Access], Awaitable[Runs]],
        open_inbox: Callable[[], Awaitable[Inbox]],
        open_pages: Callable[[], Awaitable[PagesOf]],
        address: str,
        names: Sequence[str],
        leaving: Callable[[], bool],
        *,
        url: str = "",
        alone: bool = True,
        by_provider: ByProvider | None = None,
    ) -> None:
        """`address` is where it is served, and `names` are those by which a request may call it there.

        `url` is what people call it, where that is not the address. `alone` is whether it is this user's alone, so that
        no other user of the machine connects. Streams to open pages end once it is `leaving`.
        Where the address has a path, the site is mounted there, and is asked for pages without it.
        """
        self._open_runs = open_runs
        self._open_inbox = open_inbox
        self._open_pages = open_pages
        self._address = address
        self._url = url
        self._root = urlsplit(address).path
        self._by_provider = by_provider
        self._secure = urlsplit(url or address).scheme == "https"
        self._streams = events.Streams(leaving)
        self._guarded = Guard(Starlette(routes=self._routes()), names, self._moved, alone=alone)

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        await self._guarded(scope, receive, send)

    @cached_property
    def _rendering(self) -> Rendering:
        provider = "" if self._by_provider is None else self._by_provider.host
        return Rendering(self._root, provider, secure=self._secure)

    def _routes(self) -> list[Route]:
        one = "/inbox/interrupts/{name}"
        read: dict[str, Handler] = {
            "/inbox": interrupts.waiting,
            one: interrupts.one,
            "/inbox/alike/{name}": alike.shown,
            "/inbox/runs": runs.listed,
            "/inbox/runs/{run_id}": runs.one,
            "/inbox/runs/{run_id}/cancel": runs.before_cancel,
            "/inbox/threads/{thread_id:path}": threads.one,
            "/inbox/rewind": rewinding.page,
            "/inbox/decided": decided.listed,
            "/inbox/sessions": sessions.listed,
            "/inbox/events": events.stream,
        }
        made: dict[str, Handler] = {
            f"{one}/decide": deciding.decide,
            f"{one}/changes": deciding.changes,
            "/inbox/alike/{name}/decide": alike.decide,
        }
        changed: dict[str, Handler] = {
            "/inbox/runs/{run_id}/cancel": runs.cancel,
            "/inbox/runs/{run_id}/retry": runs.retry,
            "/inbox/rewind": rewinding.rewind,
            "/inbox/fork": threads.fork,
        }
        left: dict[str, Handler] = {"/inbox/sessions/end": sessions.end, "/inbox/sign-out": sessions.sign_out}
        return [
            Route("/inbox/", lambda _: RedirectResponse(f"{self._root}/inbox", 307)),
            Route("/inbox/proof", self._proof),
            Route("/inbox/static/{name}", files.one),
            Route("/inbox/sign-in", self._sign_in_page, methods=["GET"]),
            Route("/inbox/sign-in", self._answering(self._sign_in), methods=["POST"]),
            *self._of_provider(),
            *(Route(path, self._for_visitors(handler, _LOOKS), methods=["GET"]) for path, handler in read.items()),
            *(Route(path, self._for_visitors(handler, _DECIDES), methods=["POST"]) for path, handler in made.items()),
            *(Route(path, self._for_visitors(handler, _RUNS), methods=["POST"]) for path, handler in changed.items()),
            *(Route(path, self._for_visitors(handler, _ANY), methods=["POST"]) for path, handler in left.items()),
            Route("/{path:path}", self._nothing_there),
        ]

    def _of_provider(self) -> list[Route]:
        """Return how somebody signs in by a provider, where there is one."""
        if (by := self._by_provider) is None:
            return []

        def answering(handler: OfProvider) -> Callable[[Request], Awaitable[Response]]:
            async def answered(request: Request) -> Response:
                return await handler(request, await self._open_inbox(), self._rendering)

            return self._answering(answered)

        paths: dict[str, OfProvider] = {PATH: by.begin, BACK: by.back}
        return [Route(path, answering(handler), methods=["GET"]) for path, handler in paths.items()]

    def _for_visitors(self, handler: Handler, scopes: Sequence[Scope]) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            return await self._visited(request, handler, scopes)

        return self._answering(answered)

    def _answering(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler with a page in place of whatever it raises."""

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except TooMany:
                return self._told("Nothing was done", "The form has more fields than any page here.", 400)
            except Error as error:
                return self._failed(error)
            except Exception as error:
                log.error("the page %s could not be made", request.url.path, exc_info=error)
                return self._told("Something went wrong", "The server's log says more.", 500)

        return answered

    async def _visited(self, request: Request, handler: Handler, scopes: Sequence[Scope]) -> Response:
        inbox = await self._open_inbox()
        session = await self._session(request, inbox)
        if session is None:
            return signing_in.not_signed_in(request, self._rendering)
        form = Sent({})
        if request.method == "POST":
            form = sent(await request.body())
            if not same(form.text("token"), inbox.keys.token(session.session_id)):
                return self._told("Nothing was done", "The form is not of this session. Load the page again.", 403)
        authority.refuse_without(session.access, *scopes)
        runs = await self._open_runs(session.access)
        return await handler(Visit(request, session, runs, inbox, self._rendering, self._streams, form))

    async def _session(self, request: Request, inbox: Inbox) -> Session | None:
        secret = request.cookies.get(inbox.keys.cookie, "")
        return await inbox.sessions.find(hash_of(secret)) if secret else None

    async def _sign_in_page(self, request: Request) -> Response:
        return signing_in.page(self._rendering, request.query_params.get("then", ""))

    async def _sign_in(self, request: Request) -> Response:
        return await signing_in.sign_in(request, await self._open_inbox(), self._rendering)

    async def _proof(self, request: Request) -> Response:
        """Prove to whoever shares the store's secret that this is one of its processes, at this address."""
        try:
            keys = (await self._open_inbox()).keys
        except Error as error:
            return PlainTextResponse(str(error), 503)
        return PlainTextResponse(keys.proof(self._address, request.query_params.get("nonce", "")[:200]))

    async def _moved(self) -> str:
        """Return where the pages are served by now, where a server over HTTP serves them, and this is not it."""
        try:
            pages = await self._open_pages()
        except Error:
            return ""
        # What one balancer leads to is one server: each of its processes has the pages.
        elsewhere = pages.address != self._address and not (self._url and pages.url == self._url)
        return pages.url if elsewhere and pages.served_by_http() else ""

    async def _nothing_there(self, _request: Request) -> Response:
        return self._told("There is no such page", "The inbox shows what there is.", 404)

    def _failed(self, error: Error) -> Response:
        title = "It cannot be reached" if isinstance(error, Unavailable) else "That could not be done"
        status = status_of(error)
        return self._told(title, f"{happened(error)}." if status == 404 else str(error), status)

    def _told(self, title: str, text: str, status: int) -> Response:
        return self._rendering.page("told", {"title": title, "text": text, "signed_in": False}, status)
