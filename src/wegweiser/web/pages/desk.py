"""What every page works with: the site, kept answers, drawings, and the frame around a page."""

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from wegweiser.web.asgi import BodyLimits
from wegweiser.web.auth import Attempts, Cookie
from wegweiser.web.charts.figures import Figure
from wegweiser.web.charts.pool import Drawing, DrawingPool
from wegweiser.web.pages.answers import Answers
from wegweiser.web.pages.form import FORM
from wegweiser.web.text import LANGUAGES, Reader, language_of, mark
from wegweiser.workspace.site import Site

FOLDER = Path(__file__).parent.parent
THEMES = ("light", "dark")
# A check takes 64 MiB and a thread that the event log needs as well.
CHECKS_AT_ONCE = 2
# The entries that exist; the others join as their pages are built.
MENU = (
    ("/", mark("Today"), "t"),
    ("/profiles", mark("Profiles"), "p"),
    ("/segments", mark("Segments"), "s"),
)


class Entry(msgspec.Struct, frozen=True):
    """One line of the menu; `key` is its shortcut after g."""

    path: str
    name: str
    key: str
    here: bool


class Frame(msgspec.Struct, frozen=True):
    """What stands around every page."""

    title: str
    question: str
    entries: tuple[Entry, ...]
    language: str
    theme: str
    address: str
    demo: bool
    healthy: bool
    signed_in: str
    as_of: str
    events_until: str
    zone: str
    refresh: bool = False
    crumbs: tuple[tuple[str, str], ...] = ()


class Panel(msgspec.Struct, frozen=True):
    """A chart with its drawing; `drawing` is None while it is drawn, empty when it failed."""

    caption: str
    drawing: Drawing | None
    marks: int


class Desk:
    """One per server; every page gets it."""

    def __init__(self, site: Site, address: str, form_limits: BodyLimits = FORM):
        self.site = site
        self.form_limits = form_limits
        self.cookie = Cookie(address.startswith("https://"))
        self.answers = Answers(site)
        self.drawings = DrawingPool()
        self.attempts = Attempts()
        self.password_checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(say=_say, count=_count)

    def reader(self, request: Request) -> Reader:
        """Find out for whom a page is written."""
        stated = [request.query_params.get("lang", ""), request.cookies.get("language", "")]
        accepted = request.headers.get("accept-language", "")
        language = language_of(stated, accepted, self.site.settings.language)
        return Reader(language, self.site.settings.time_zone, self.site.clock.now_ms())

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
    ) -> Frame:
        """Make the frame around a page."""
        reader, unifier = self.reader(request), self.site.unifier
        theme = request.cookies.get("theme", "")
        session = request.scope.get("operator")
        newest = unifier.newest_at
        return Frame(
            title=title,
            question=question,
            entries=_entries(reader, request.url.path),
            language=reader.language,
            theme=theme if theme in THEMES else "",
            address=_address(request),
            demo=bool(getattr(self.site, "demo", False)),
            healthy=unifier.tally.unaccounted == 0 and not self.site.broken.is_set(),
            signed_in=session.name if session else "",
            as_of=reader.time(reader.now),
            events_until=reader.moment(newest) if newest else "",
            zone=reader.zone,
            refresh=refresh,
            crumbs=crumbs,
        )

    def render(
        self, request: Request, template: str, frame: Frame, page: object, status: int = 200
    ) -> HTMLResponse:
        """Write a page; everything that is not ours is escaped."""
        reader = self.reader(request)
        text = self._templates.get_template(template).render(frame=frame, page=page, reader=reader)
        return HTMLResponse(text, status)


@pass_context
def _say(context: Context, text: str, **values: object) -> str:
    reader: Reader = context["reader"]
    return reader.say(text, **values)


@pass_context
def _count(context: Context, one: str, many: str, number: int, **values: object) -> str:
    reader: Reader = context["reader"]
    return reader.count(one, many, number, **values)


def _entries(reader: Reader, path: str) -> tuple[Entry, ...]:
    inside = path if path == "/" else _entry_of(path)
    return tuple(Entry(to, reader.say(name), key, to == inside) for to, name, key in MENU)


def _entry_of(path: str) -> str:
    if path.startswith("/segments"):
        return "/segments"
    return (
        "/profiles"
        if path.startswith(("/profiles", "/people", "/accounts", "/suggestions"))
        else ""
    )


def _address(request: Request) -> str:
    kept = [(name, text) for name, text in request.query_params.multi_items() if name != "lang"]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


__all__ = ["LANGUAGES", "Desk", "Entry", "Frame", "Panel"]
