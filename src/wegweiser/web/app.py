"""The ASGI application: bare routes for the hot path, Starlette for pages."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import cast

from starlette.applications import Starlette
from starlette.routing import Match
from starlette.types import ASGIApp

from wegweiser.terms.errors import ComeAgain, InputRefused, NotFound
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api import admin, decision_stream, profile_feed
from wegweiser.web.api.answer import refusal
from wegweiser.web.asgi import (
    API_BODY,
    BodyLimits,
    Receive,
    Scope,
    Send,
    header_of,
    read_request,
    send_response,
    too_large,
)
from wegweiser.web.backlog import Backlog
from wegweiser.web.eager import begin
from wegweiser.web.patience import LEAST, Headers, asks, patience, tells_of_decisions
from wegweiser.web.reach import API
from wegweiser.web.routes import handler_of
from wegweiser.workspace.site import Site

Tell = Callable[[WireResponse, str], None]
# Beside events: what is asked while somebody looks at a page that still loads.
TAKEN_WHOLE = ("/v1/decide",)
TOO_MANY_WAIT = ComeAgain("too many requests are waiting", 2)
_log = logging.getLogger(__name__)


class Application:
    """Sends each request to its handler; every error is answered in the shape of the API."""

    def __init__(self, site: Site, pages: ASGIApp, token: str, limits: BodyLimits = API_BODY):
        self._site = site
        self._limits = limits
        self._pages = pages
        self._token = token
        self._run = secrets.token_hex(5)
        self._requests = count(1)
        self._whole = {path.encode(): path for path in (*site.receiver.paths, *TAKEN_WHOLE)}
        self._telling: set[asyncio.Task[None]] = set()
        self._backlog = Backlog(lambda: site.intake.sync_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (or run the life span of the server)."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] != "http":
            return
        elif self._is_overloaded(scope["path"], scope["headers"]):
            answer = refusal(self._site, TOO_MANY_WAIT, scope["path"])
            await send_response(answer, send, self._new_request_id())
        else:
            path = scope["path"]
            if path not in self._site.receiver.paths and tells_of_decisions(path, scope["method"]):
                # Whoever holds the answer of a moment ago finds what it was about.
                await self._site.deciding.chooser.unfolded.all()
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(API) and self._is_page(scope):
            await self._pages(scope, receive, send)
        elif scope["path"].startswith(admin.EXPORT) and scope["method"] != "OPTIONS":
            await admin.export(self._site, self._token, scope, send)
        elif scope["path"].removesuffix("/") == profile_feed.PATH and scope["method"] != "OPTIONS":
            request_id = self._new_request_id()
            await profile_feed.stream(self._site, scope, receive, send, request_id)
        elif scope["path"].removesuffix("/") in decision_stream.PATHS and _reads(scope):
            request_id = self._new_request_id()
            await decision_stream.stream(self._site, scope, receive, send, request_id)
        else:
            request_id = self._new_request_id()
            answer = await self._answer(scope, receive, request_id)
            await send_response(answer, send, request_id)

    def takes(self, target: bytes) -> bool:
        """Tell whether a POST to a target is taken whole."""
        return target in self._whole

    def take(self, request: WireRequest, tell: Tell) -> None:
        """Take a whole request, or refuse it; `tell` hears the answer and the id of the request."""
        request_id = self._new_request_id()
        if self._may_not_wait(request):
            tell(refusal(self._site, TOO_MANY_WAIT, request.path), request_id)
        elif request.path in self._site.receiver.paths:
            self._backlog.add(partial(self._collect, request, request_id, tell), len(request.body))
        else:
            task = begin(self._tell(request, request_id, tell))
            if task is not None:
                self._backlog.give_way()
                self._telling.add(task)
                task.add_done_callback(self._told)

    def _told(self, task: asyncio.Task[None]) -> None:
        self._telling.discard(task)
        self._backlog.go_on()

    async def _tell(self, request: WireRequest, request_id: str, tell: Tell) -> None:
        try:
            answer = await self._handle(self._fitting(request))
        except Exception as error:  # noqa: BLE001 - every fault of ours is answered in the shape of the API
            answer = self._refusal(error, request.path, request_id)
        tell(answer, request_id)

    def _collect(
        self, request: WireRequest, request_id: str, tell: Tell
    ) -> "asyncio.Future[object] | None":
        """Take events, which needs no task; gives what ends when they landed."""
        try:
            entered = self._site.receiver.enter(self._fitting(request))
        except Exception as error:  # noqa: BLE001 - as above
            tell(self._refusal(error, request.path, request_id), request_id)
            return None

        def landed(_: object) -> None:
            try:
                answer = self._site.receiver.answer(entered)
            except Exception as error:  # noqa: BLE001 - as above
                answer = self._refusal(error, request.path, request_id)
            tell(answer, request_id)

        entered.landing.add_done_callback(landed)
        return cast("asyncio.Future[object]", entered.landing)

    async def _collected(self, request: WireRequest, request_id: str) -> WireResponse:
        """Take events of a request that came in pieces, when their turn has come."""
        if self._may_not_wait(request):
            return refusal(self._site, TOO_MANY_WAIT, request.path)
        answered: asyncio.Future[WireResponse] = asyncio.get_running_loop().create_future()

        def tell(answer: WireResponse, _: str) -> None:
            if not answered.done():
                answered.set_result(answer)

        self._backlog.add(partial(self._collect, request, request_id, tell), len(request.body))
        return await answered

    def _fitting(self, request: WireRequest) -> WireRequest:
        if len(request.body) > self._limits.size_bytes:
            raise too_large(self._limits)
        return request

    def _new_request_id(self) -> str:
        """Name a request: this run of the server, and a number in it."""
        return f"{self._run}-{next(self._requests)}"

    def _may_not_wait(self, request: WireRequest) -> bool:
        """Tell whether a whole request is one too many."""
        if self._backlog.is_full and not asks(request.path):
            return True
        headers = (
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers.items()
        )
        return self._is_overloaded(request.path, headers)

    def _is_overloaded(self, path: str, headers: Headers) -> bool:
        """Tell whether work waits for longer than a request of this kind may add to.

        Decisions pass what was not begun.
        """
        waited_s = self._site.intake.waited_s
        if not asks(path):
            waited_s += self._backlog.waited_s
        limit_s = self._site.settings.longest_wait_seconds
        return waited_s > LEAST * limit_s and waited_s > patience(path, headers) * limit_s

    def _is_page(self, scope: Scope) -> bool:
        """Tell whether a page stands here, or a reader should be told so on a page.

        Everybody else gets the error that clients of the API understand.
        """
        if scope["method"] == "TRACE" or not isinstance(self._pages, Starlette):
            return False
        if any(route.matches(scope)[0] is not Match.NONE for route in self._pages.routes):
            return True
        return scope["method"] in ("GET", "HEAD") and "text/html" in header_of(scope, b"accept")

    async def _answer(self, scope: Scope, receive: Receive, request_id: str) -> WireResponse:
        path = scope["path"]
        try:
            request = await read_request(scope, receive, self._limits)
            if request.method == "POST" and path in self._site.receiver.paths:
                return await self._collected(request, request_id)
            if not asks(path):
                return await self._handle(request)
            self._backlog.give_way()
            try:
                return await self._handle(request)
            finally:
                self._backlog.go_on()
        except Exception as error:  # noqa: BLE001 - every fault of ours is answered in the shape of the API
            return self._refusal(error, path, request_id)

    def _refusal(self, error: Exception, path: str, request_id: str) -> WireResponse:
        """Answer an error in the shape of the API; a fault of ours is logged and not shown."""
        if isinstance(error, (InputRefused, ComeAgain)):
            return refusal(self._site, error, path)
        _log.error("request %s failed", request_id, exc_info=error)
        told = f"Our fault. Quote {request_id} when you report it."
        return refusal(self._site, InputRefused("internal", told, 500), path)

    async def _handle(self, request: WireRequest) -> WireResponse:
        path = request.path
        if not path.startswith(API):
            raise NotFound("There is nothing at this path.")
        if request.method == "OPTIONS":
            return self._site.receiver.preflight(request)
        if (handler := handler_of(path)) is not None:
            return await handler(self._site, request)
        if path.startswith("/v1/admin/"):
            return await admin.run(self._site, self._token, request)
        return await self._site.receiver.receive(request)


def _reads(scope: Scope) -> bool:
    return bool(scope["method"] != "OPTIONS")


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
