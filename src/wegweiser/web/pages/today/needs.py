"""What needs somebody, and what long work is done; each sentence leads to its page."""

import msgspec
from starlette.requests import Request

from wegweiser.terms.instant import DAY_MS
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.today.say import Said
from wegweiser.web.pages.work.words import may_see, sentence_of
from wegweiser.web.text import Reader

ALARMS = "/measure/watch"
SOURCES = "/data"
NAMED_AT_MOST = 3
DONE_AT_MOST = 3


class Need(msgspec.Struct, frozen=True):
    """A sentence and the page where it is done; empty for whoever may not open it."""

    sentence: str
    path: str = ""


async def needs_of(desk: Desk, request: Request) -> tuple[Need, ...]:
    """List what somebody has to look at, as far as whoever is signed in may do it."""
    reader = desk.reader(request)
    found = [*_events(desk, request, reader), *await _sources(desk, request, reader)]
    found += await _alarms(desk, request, reader)
    if desk.may(request, "publish"):
        found += await _drafts(desk, request, reader)
    if desk.may(request, "erase"):
        found += await _requests(desk, request, reader)
    return tuple(found)


async def alarm_said(desk: Desk, request: Request) -> tuple[Said, ...]:
    """Give the newest alarm that nobody has acknowledged as a sentence."""
    reader = desk.reader(request)
    newest = rows_in(await desk.run(request, "alarm_list", {"open": True}), "alarms")[:1]
    sentences = [one.get("sentence") for one in newest]
    return tuple(
        Said(reader.say("unusual"), "", str(told.get(reader.language, "")), ALARMS, news=True)
        for told in sentences
        if isinstance(told, dict)
    )


def _events(desk: Desk, request: Request, reader: Reader) -> list[Need]:
    tally, needs = desk.site.unifier.tally, []
    if tally.unaccounted:
        told = reader.count(
            "{count} element is unaccounted for. Run `wegweiser doctor` and report it.",
            "{count} elements are unaccounted for. Run `wegweiser doctor` and report it.",
            abs(tally.unaccounted),
        )
        needs.append(Need(told))
    if tally.quarantined:
        told = reader.count(
            "{count} event waits in quarantine; it is kept for 30 days.",
            "{count} events wait in quarantine; they are kept for 30 days.",
            tally.quarantined,
        )
        needs.append(Need(told, _open(desk, request, "/data/quarantine")))
    return needs


async def _sources(desk: Desk, request: Request, reader: Reader) -> list[Need]:
    """Name the sources that are silent for longer than usual."""
    if not _open(desk, request, SOURCES):
        return []
    late = [one for one in rows_in(await desk.run(request, "source_health", {})) if one.get("late")]
    if not late:
        return []
    names = reader.all_of([str(one.get("source", "")) for one in late[:NAMED_AT_MOST]])
    told = reader.count(
        "{count} source is silent for longer than usual: {names}.",
        "{count} sources are silent for longer than usual: {names}.",
        len(late),
        names=names,
    )
    return [Need(told, SOURCES)]


def done_of(desk: Desk, request: Request) -> tuple[Need, ...]:
    """Name the long work that ended within a day, newest first, as far as it may be seen."""
    reader = desk.reader(request)
    ended = [
        one
        for one in desk.site.works.ended()
        if reader.now - one.ended_at < DAY_MS and may_see(desk, request, one)
    ]
    return tuple(Need(sentence_of(reader, one), f"/progress/{one.work_id}") for one in ended)[
        :DONE_AT_MOST
    ]


async def _alarms(desk: Desk, request: Request, reader: Reader) -> list[Need]:
    waiting = rows_in(await desk.run(request, "alarm_list", {"open": True}), "alarms")
    if not waiting:
        return []
    told = reader.count(
        "{count} alarm is not acknowledged.",
        "{count} alarms are not acknowledged.",
        len(waiting),
    )
    return [Need(told, ALARMS)]


async def _drafts(desk: Desk, request: Request, reader: Reader) -> list[Need]:
    drafts = rows_in(await desk.run(request, "draft_list", {}))
    waiting = sum(one.get("status") == "submitted" for one in drafts)
    if not waiting:
        return []
    told = reader.count(
        "{count} draft waits for approval.", "{count} drafts wait for approval.", waiting
    )
    return [Need(told, _open(desk, request, "/messages"))]


async def _requests(desk: Desk, request: Request, reader: Reader) -> list[Need]:
    asked = rows_in(await desk.run(request, "access_requests", {}))
    waiting = sum(not one.get("released_at") for one in asked)
    waiting += len(desk.site.privacy.requests.waiting())
    if not waiting:
        return []
    told = reader.count(
        "{count} request for data or erasure is due.",
        "{count} requests for data or erasure are due.",
        waiting,
    )
    return [Need(told, _open(desk, request, "/settings/requests"))]


def _open(desk: Desk, request: Request, path: str) -> str:
    """Give the path where such a page is there and open to whoever asks; else nothing."""
    pages = [page for family in desk.families for page in family.pages if page.path == path]
    is_open = any(page.right is None or desk.may(request, page.right) for page in pages)
    return path if is_open else ""
