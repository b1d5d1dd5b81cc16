"""Operations that read profiles in bulk, or follow their changes."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping

import msgspec

from wegweiser.flow.bulk_export import (
    ACCOUNT_COLUMNS,
    FORMATS,
    MEDIA,
    PERSON_COLUMNS,
    account_row,
    person_row,
    writer_of,
)
from wegweiser.flow.timeline import KINDS
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import identifier, kind_of, value_of
from wegweiser.terms.instant import DAY_MS, MINUTE_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile_change import TYPES, read_cursor
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.site import Site

OF = ("persons", "accounts")
OPTIONS = ("of", "format", "segment", "purpose")
ROWS_PER_SLICE = 20
ROWS_PER_COMMIT = 5_000
MOST = 1_000
MOST_HITS = 100
LONGEST_SEARCH = 200
__all__ = ["FORMATS", "KINDS", "OF", "OPERATIONS", "bulk", "check_bulk", "media_of", "timeline"]


async def profile_changes(site: Site, arguments: JsonObject) -> Json:
    """Give changes of profiles after `after` (the id of a change, a log position, or "" for now).

    `next` is what the next call asks after; `more` says that there is something already.
    """
    await site.intake.settle()
    # Who entered or left a segment by what was received is told of as well.
    await site.segments.settle()
    stated = read(arguments, "after", str, "")
    types = read(arguments, "types", list[str], [])
    if not set(types) <= set(TYPES):
        told = wrong("are_these", name="types", known=", ".join(TYPES))
        raise InputRefused("bad_input", told, 422, "types")
    purposes = [site.purposes.key_of(name) for name in read(arguments, "purpose", list[str], [])]
    after = read_cursor(stated) if stated else site.profiles.changes.head
    if after is None:
        told = wrong("after_change")
        raise InputRefused("bad_input", told, 422, "after")
    reader = site.profiles.reader(after, types, purposes)
    gap = reader.misses
    changes: list[Json] = [
        {
            "id": str(one.change.cursor),
            "type": one.change.type,
            "at": format_instant(one.change.at),
            **one.data,
        }
        for one in await reader.next()
    ]
    told_more = reader.after < site.profiles.changes.head
    return {"changes": changes, "next": str(reader.after), "more": told_more, "gap": gap}


async def timeline(site: Site, arguments: JsonObject) -> Json:
    """Give what happened to a person in the last `days`, newest first; `kinds` chooses.

    With `channel` only events, decisions, exposures and outcomes that came by it.
    """
    await site.intake.settle()
    person_id = site.views.find_person(text(arguments, "identifier"))
    if person_id is None:
        raise NotFound(wrong("no_profile"))
    kinds = read(arguments, "kinds", list[str], []) or [*KINDS]
    if not set(kinds) <= set(KINDS):
        told = wrong("are_these", name="kinds", known=", ".join(KINDS))
        raise InputRefused("bad_input", told, 422, "kinds")
    limit, days = _number(arguments, "limit", 50), _number(arguments, "days", 90)
    end = site.clock.now_ms() + 5 * MINUTE_MS + 1
    span = (end - days * DAY_MS, end)
    channel = read(arguments, "channel", str, "")
    entries, more = await site.profiles.timeline.page(
        person_id, frozenset(kinds), span, limit, channel=channel
    )
    lines: list[Json] = [
        {"kind": one.kind, "at": format_instant(one.at), "id": one.name, **one.told}
        for one in entries
    ]
    return {"person_id": person_id, "timeline": lines, "more": more}


async def profile_search(site: Site, arguments: JsonObject) -> Json:
    """Find persons and accounts by `words` of name, e-mail, identifier or company.

    Mistakes in longer words are forgiven. `read` is the share of everybody that was read so far,
    1 as soon as all are.
    """
    await site.intake.settle()
    limit = _number(arguments, "limit", 20)
    search = site.profiles.search
    hits = await search.find(text(arguments, "words")[:LONGEST_SEARCH], min(limit, MOST_HITS))
    found: list[Json] = [
        {"type": kind_of(one.subject), "id": value_of(one.subject), "worth": round(one.worth, 3)}
        for one in hits
    ]
    return {"found": found, "read": round(search.share_read, 3)}


def _number(arguments: JsonObject, name: str, usual: int) -> int:
    value = read(arguments, name, int, usual)
    if not 1 <= value <= MOST:
        raise InputRefused(
            "bad_input", wrong("number_between", name=name, least=1, most=MOST), 422, name
        )
    return value


def check_bulk(site: Site, options: Mapping[str, str]) -> None:
    """Refuse a bulk export that cannot be made, before anything is written."""
    for name in options:
        if name not in OPTIONS:
            told = wrong("no_option_called", name=repr(name), known=", ".join(OPTIONS))
            raise InputRefused("bad_input", told, 422, name)
    if options.get("of", "persons") not in OF:
        raise InputRefused(
            "bad_input",
            wrong("this_or_that", name="of", one="persons", other="accounts"),
            422,
            "of",
        )
    if options.get("format", "jsonl") not in FORMATS:
        told = wrong("is_these", name="format", known=", ".join(FORMATS))
        raise InputRefused("bad_input", told, 422, "format")
    _purpose_of(site, options)
    segment = options.get("segment", "")
    declared = site.segments.get(segment) if segment else None
    if segment and declared is None:
        raise InputRefused(
            "not_found", wrong("no_segment_called", key=repr(segment)), 404, "segment"
        )
    if declared is not None and f"{declared.of}s" != options.get("of", f"{declared.of}s"):
        told = wrong("segment_of", key=repr(segment), of=declared.of)
        raise InputRefused("bad_input", told, 422, "of")


def media_of(kind: str, options: Mapping[str, str]) -> str:
    """Give the content type of an export."""
    form = options.get("format", "jsonl") if kind in ("profiles", "decision_log") else "jsonl"
    return next((media for name, media in MEDIA.items() if name == form), MEDIA["jsonl"])


async def bulk(site: Site, options: Mapping[str, str]) -> AsyncIterator[bytes]:
    """Yield a table of persons or accounts piece by piece; raises InputRefused before the first.

    What is written was acknowledged before this call; who changes meanwhile is written as it is
    when its row comes.
    """
    check_bulk(site, options)
    await site.settle()
    accounts = _of(site, options) == "accounts"
    site.audit.note("data.export", detail={"kind": "profiles", **options})
    columns = ACCOUNT_COLUMNS if accounts else PERSON_COLUMNS
    writer = writer_of(options.get("format", "jsonl"), columns)
    purpose = _purpose_of(site, options)
    for number, subject in enumerate(_subjects(site, options, accounts), 1):
        row = _row(site, subject, purpose)
        if row is not None and (told := writer.add(row)):
            yield told
        if number % ROWS_PER_SLICE == 0:
            await asyncio.sleep(0)
        if number % ROWS_PER_COMMIT == 0:
            # Only a commit lets go of the cells that were read.
            await site.intake.checkpoint()
    yield writer.end()


def _purpose_of(site: Site, options: Mapping[str, str]) -> str:
    named = options.get("purpose", "")
    return named and site.purposes.key_of(named)


def _of(site: Site, options: Mapping[str, str]) -> str:
    declared = site.segments.get(options.get("segment", ""))
    return options.get("of", "persons" if declared is None else f"{declared.of}s")


def _subjects(site: Site, options: Mapping[str, str], accounts: bool) -> Iterator[str]:
    segment = options.get("segment", "")
    if segment:
        return (subject for subject, _ in site.segments.members.members(segment))
    directory = site.unifier.directory
    names = sorted(directory.accounts()) if accounts else sorted(directory.persons())
    kind = "group_id" if accounts else "person_id"
    return (identifier(kind, name) for name in names)


def _row(site: Site, subject: str, purpose: str) -> JsonObject | None:
    """Write a subject, None when it is gone or has not granted the purpose."""
    views, name = site.views, value_of(subject)
    if kind_of(subject) == "group_id":
        if views.find_account(subject) is None:
            return None
        return account_row(name, views.passing(subject, views.account))
    if views.find_person(subject) != name:
        return None
    person, consent = views.passing(subject, lambda one: (views.person(one), views.consent_of(one)))
    if purpose and consent.get(purpose) != "granted":
        return None
    return person_row(msgspec.structs.replace(person, consent=consent))


OPERATIONS = {
    "profile_changes": profile_changes,
    "profile_search": profile_search,
    "timeline": timeline,
}
