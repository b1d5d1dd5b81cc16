"""What every page works with: the site, kept answers, drawings, and the frame around a page."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.kept_back import without_few
from wegweiser.terms.result import Answer
from wegweiser.terms.role import Right
from wegweiser.web.asgi import BodyLimits
from wegweiser.web.auth import Attempts, Cookie
from wegweiser.web.charts.figures import Figure
from wegweiser.web.charts.pool import Drawing, DrawingPool
from wegweiser.web.pages.answers import Answers, Wish
from wegweiser.web.pages.form import FORM, PAD_BYTES, form_token, shown_token
from wegweiser.web.pages.frame.around import Entry, Frame, entries_of
from wegweiser.web.pages.frame.coded import coded
from wegweiser.web.pages.frame.controls import Controls, controls_of
from wegweiser.web.pages.frame.family import Family, Page
from wegweiser.web.pages.frame.half_way import HalfWay
from wegweiser.web.pages.frame.listeners import Listeners
from wegweiser.web.pages.frame.notices import Notice, Notices
from wegweiser.web.pages.frame.opened import Opened
from wegweiser.web.pages.frame.start import is_shut, start_of
from wegweiser.web.pages.frame.story import WORD, StoryCard, card_of
from wegweiser.web.pages.frame.strangers import Strangers
from wegweiser.web.pages.frame.view import View, read_view
from wegweiser.web.text import LANGUAGES, Reader, language_of
from wegweiser.workspace import operations
from wegweiser.workspace.demo_story import Stop, kept_story
from wegweiser.workspace.operator import Operator
from wegweiser.workspace.sessions import session_id_of
from wegweiser.workspace.site import Site

if TYPE_CHECKING:
    from wegweiser.workspace.openid.sign_in import OpenIdDoor

FOLDER = Path(__file__).parent.parent
THEMES = ("light", "dark")
# A check takes 64 MiB and a thread that the event log needs as well.
CHECKS_AT_ONCE = 2
# Whom a rule would take in is counted beside events and decisions, which must not wait for it.
COUNTED_AT_ONCE = 2


class Panel(msgspec.Struct, frozen=True):
    """A chart with its drawing; `drawing` is None while it is drawn, empty when it failed."""

    caption: str
    drawing: Drawing | None
    marks: int


class Desk:
    """One per server; every page gets it."""

    def __init__(
        self,
        site: Site,
        address: str,
        form_limits: BodyLimits = FORM,
        families: tuple[Family, ...] = (),
    ):
        self.site = site
        self.families = families
        self.form_limits = form_limits
        self.cookie = Cookie(address.startswith("https://"))
        self.answers = Answers(site)
        self.drawings = DrawingPool()
        self.attempts = Attempts()
        self.notices = Notices()
        self.listeners = Listeners()
        self.strangers = Strangers(site.clock.now_ms)
        self.opened = Opened(site.clock.now_ms)
        self.half_way = HalfWay(site.clock.now_ms)
        self.openid = _openid(site)
        # When sessions have shown once more who they are, by their ids.
        self.proofs: dict[str, int] = {}
        self.password_checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self.counting = asyncio.Semaphore(COUNTED_AT_ONCE)
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(say=_say, count=_count)
        self._templates.filters["coded"] = coded

    def who(self, request: Request) -> Operator | None:
        """Give who is signed in; None for nobody."""
        session = request.scope.get("operator")
        return None if session is None else self.site.people.find(session.name)

    def may(self, request: Request, right: Right) -> bool:
        """Tell whether whoever is signed in has a right."""
        operator = self.who(request)
        return operator is not None and operator.may(right)

    def note_stranger(self, detail: JsonObject | None = None) -> None:
        """Note in the audit that somebody was not let in; who that was is not kept."""
        beside = self.strangers.heard()
        if beside is not None:
            told = {**(detail or {}), **beside}
            self.site.audit.note("sign_in.refused", "somebody", detail=told)

    def session_id(self, request: Request) -> str:
        """Give the id of the session; empty for nobody."""
        token = request.cookies.get(self.cookie.name, "")
        return session_id_of(token) if request.scope.get("operator") else ""

    def reader(self, request: Request) -> Reader:
        """Find out for whom a page is written."""
        operator = self.who(request)
        preferred = "" if operator is None else operator.preferences.get("language", "")
        cookie = request.cookies.get("language", "")
        stated = [request.query_params.get("lang", ""), cookie, preferred]
        accepted = request.headers.get("accept-language", "")
        language = language_of(stated, accepted, self.site.settings.language)
        sight = "counts" if operator is None else operator.sight
        return Reader(language, self.site.settings.time_zone, self.site.clock.now_ms(), sight)

    def view(self, request: Request) -> View:
        """Read the words of the address; raises InputRefused for one that cannot be read."""
        return read_view(request, self.reader(request))

    def tell(self, request: Request, notice: Notice) -> None:
        """Let the next page of whoever asks tell something."""
        self.notices.tell(self.session_id(request), notice)

    def done(self, request: Request, path: str, notice: Notice) -> RedirectResponse:
        """Go on to a page of ours that tells what was done."""
        self.tell(request, notice)
        return RedirectResponse(path, 303)

    async def run(self, request: Request, operation: str, arguments: JsonObject) -> Json:
        """Run an operation for whoever is signed in; the audit names them."""
        operator = self.who(request)
        by = "" if operator is None else operator.name
        return await operations.run(self.site, operation, arguments, by=by)

    async def answered(self, request: Request, wishes: Sequence[Wish]) -> dict[Wish, Answer]:
        """Give what is known of each wish, as far as whoever is signed in may see it."""
        if is_shut(request):
            return {}
        found = await self.answers.get(wishes)
        if self.reader(request).sight != "counts":
            return found
        return {one: without_few(answer, "person").answer for one, answer in found.items()}

    async def panel(self, figure: Figure) -> Panel:
        """Have a figure drawn for a page."""
        marks = figure.points if hasattr(figure, "points") else figure.rows
        return Panel(figure.caption, await self.drawings.draw(figure), len(marks))

    def frame(
        self,
        request: Request,
        title: str,
        question: str = "",
        crumbs: tuple[tuple[str, str], ...] = (),
        refresh: bool = False,
        exports: tuple[tuple[str, str], ...] = (),
    ) -> Frame:
        """Make the frame around a page; `exports` are names and paths of files of the same."""
        reader, unifier, operator = self.reader(request), self.site.unifier, self.who(request)
        role = "" if operator is None else operator.role
        healthy = unifier.tally.unaccounted == 0 and not self.site.broken.is_set()
        refusing = bool(self.site.intake.refusal)
        return Frame(
            title=title,
            question=question,
            entries=entries_of(self.families, reader, role, request.url.path),
            language=reader.language,
            theme=self._theme(request, operator),
            keys=operator is None or operator.preferences.get("keys") != "off",
            address=_address(request),
            demo=self.site.demo,
            health=reader.say("All is well") if healthy else reader.say("Needs a look"),
            healthy=healthy and not refusing,
            banner=_banner(reader) if refusing else "",
            workspace=self.site.settings.name,
            signed_in="" if operator is None else operator.name,
            form_token=shown_token(self.form_token(request), token_bytes(PAD_BYTES)),
            as_of=reader.time(reader.now),
            events_until=reader.moment(unifier.newest_at) if unifier.newest_at else "",
            zone=reader.zone,
            told=str(request.scope.get("position", "")),
            refresh=refresh and not is_shut(request),
            crumbs=crumbs,
            notices=self._notices(request),
            controls=None if is_shut(request) else self._controls(request, reader),
            exports=exports,
            may_find=operator is not None,
            story=self._story(request, reader),
            start=start_of(request),
        )

    def _story(self, request: Request, reader: Reader) -> StoryCard | None:
        """Give the card of the demo's story to whoever may open all of its stops."""
        if not self.may(request, "define") or not (stops := self.story):
            return None
        word = request.query_params.get(WORD, "")
        return card_of(reader, stops, request.url.path, word)

    @property
    def story(self) -> tuple[Stop, ...]:
        """The stops of the demo's story as they are kept now; an erasure takes some away."""
        return kept_story(self.site.engines.store)

    def form_token(self, request: Request) -> str:
        """Give the token that every form of a session brings back; empty for nobody."""
        token = request.cookies.get(self.cookie.name, "")
        return form_token(token) if request.scope.get("operator") else ""

    def _controls(self, request: Request, reader: Reader) -> Controls | None:
        page: Page | None = request.scope.get("page")
        if page is None or "GET" not in page.methods:
            return None
        return controls_of(reader, page, read_view(request, reader))

    def _notices(self, request: Request) -> tuple[Notice, ...]:
        """Give what is to be told; what is only swapped into a page leaves it for the next one."""
        if "x-swap" in request.headers:
            return ()
        return self.notices.take(self.session_id(request))

    def _theme(self, request: Request, operator: Operator | None) -> str:
        kept = "" if operator is None else operator.preferences.get("theme", "")
        theme = request.cookies.get("theme", "") or kept
        return theme if theme in THEMES else ""

    def render(
        self, request: Request, template: str, frame: Frame, page: object, status: int = 200
    ) -> HTMLResponse:
        """Write a page; everything that is not ours is escaped."""
        reader = self.reader(request)
        # A form that is still being filled in is not refused: browsers would complain of that.
        if status == 422 and "x-swap" in request.headers:
            status = 200
        text = self._templates.get_template(template).render(frame=frame, page=page, reader=reader)
        return HTMLResponse(text, status)


def _openid(site: Site) -> "OpenIdDoor | None":
    if site.settings.openid is None:
        return None
    # Only who has a provider pays for the libraries that it needs.
    from wegweiser.workspace.openid.sign_in import openid_door

    return openid_door(site, site.settings.openid)


@pass_context
def _say(context: Context, text: str, **values: object) -> str:
    reader: Reader = context["reader"]
    return reader.say(text, **values)


@pass_context
def _count(context: Context, one: str, many: str, number: int, **values: object) -> str:
    reader: Reader = context["reader"]
    return reader.count(one, many, number, **values)


def _banner(reader: Reader) -> str:
    return reader.say(
        "New events are refused for now; senders will repeat them. Nothing accepted is lost."
    )


def _address(request: Request) -> str:
    kept = [(name, text) for name, text in request.query_params.multi_items() if name != "lang"]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


__all__ = ["LANGUAGES", "Desk", "Entry", "Frame", "Notice", "Panel"]
