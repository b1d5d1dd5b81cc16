"""Operations on segments: what is declared, who is in it, and what a rule would give."""

from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import cast, get_args

from wegweiser.decide.consent import google_signals
from wegweiser.flow.erasure_typed import noted_of
from wegweiser.flow.segment_around import PERSON
from wegweiser.flow.segment_preview import preview
from wegweiser.flow.segment_rules import Of, Segment, compile_segment
from wegweiser.flow.segment_standing import Size
from wegweiser.flow.stages import Stages
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.instant import day_of, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import KnownIdentifier
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import text
from wegweiser.workspace.site import Site

MOST_ROWS = 1_000
MOST_DAYS = 400
_EPOCH = date(1970, 1, 1)


async def segment_list(site: Site, arguments: JsonObject) -> Json:
    """List all declared segments with their sizes now."""
    await site.intake.settle()
    await site.segments.settle()
    return {"segments": [*listed(site)]}


def listed(site: Site) -> list[JsonObject]:
    """Write all declared segments as they stand now."""
    return [summary(site, one) for one in site.segments.book.by_key.values()]


async def segment_show(site: Site, arguments: JsonObject) -> Json:
    """Give one segment with its size on each of the last days."""
    await site.intake.settle()
    await site.segments.settle()
    return shown(site, text(arguments, "key"), _number(arguments, "days", 90, MOST_DAYS))


def shown(site: Site, key: str, days: int) -> JsonObject:
    """Write one segment with its size on each of the last days; raises NotFound."""
    segment = _segment(site, key)
    history: list[Json] = [
        {
            "day": str(_EPOCH + timedelta(days=day)),
            "size": size.members,
            "entered": size.entered,
            "left": size.left,
        }
        for day, size in days_of(site, segment.key, days)
    ]
    told: JsonObject = {**summary(site, segment), "history": history}
    noted = noted_of(site.engines.store, "segment", key)
    return told if noted is None else {**told, "changed_by_erasure": format_instant(noted.at)}


async def segment_versions(site: Site, arguments: JsonObject) -> Json:
    """List what a segment was declared as, newest first; raises NotFound."""
    segment = _segment(site, text(arguments, "key"))
    return [
        {
            "number": one.number,
            "declared_at": format_instant(one.at) if one.at else None,
            "of": one.of,
            "when": one.when,
            "name": one.name,
            "description": one.description,
            "current": one.is_of(segment),
        }
        for one in site.segments.versions.of(segment.key)
    ]


async def segment_preview(site: Site, arguments: JsonObject) -> Json:
    """Count whom a rule in CEL (`when`, `of`) would take in, with examples; nothing is saved.

    With `whole` everybody is looked at, however long that takes. Whom a second rule takes in,
    `unless`, is left out.
    """
    await site.intake.settle()
    segment = compile_segment(text(arguments, "when"), _of(arguments))
    other = str(arguments.get("unless") or "")
    unless = compile_segment(other, _of(arguments)) if other else None
    if segment.segments or (unless and unless.segments):
        await site.segments.settle()
    whole = arguments.get("whole") is True
    stages = partial(Stages, site.journeys)
    found = await preview(site.unifier, site.clock, stages, site.segments, segment, whole, unless)
    consent: JsonObject = {**found.consent}
    overlap: JsonObject = {**found.overlap}
    return {
        "of": segment.of,
        "when": segment.when,
        "size": found.size,
        "low": found.low,
        "high": found.high,
        "exact": found.exact,
        "of_all": found.of_all,
        "looked_at": found.looked_at,
        "unknown": found.unknown,
        "consent": consent,
        "overlap": overlap,
        "entering_per_day": found.entering,
        "leaving_per_day": found.leaving,
        "examples": [_example(site, subject) for subject in found.examples],
    }


async def segment_members(site: Site, arguments: JsonObject) -> Json:
    """List members of a segment, some at a time: `after` is `next` of the page before.

    With `purpose` only persons are listed who granted it.
    """
    limit = _number(arguments, "limit", 100, MOST_ROWS)
    after, purpose = (str(arguments.get(name) or "") for name in ("after", "purpose"))
    purpose = purpose and site.purposes.key_of(purpose)
    if not after:
        await site.intake.settle()
        await site.segments.settle()
    return members_of(site, text(arguments, "key"), limit, after, purpose)


def members_of(site: Site, key: str, limit: int, after: str = "", purpose: str = "") -> JsonObject:
    """Write committed members of a segment, and after whom the next page begins."""
    segment = _segment(site, key)
    page = list(islice(site.segments.members.members(segment.key, after), limit))
    found = (member(site, subject, entered_at, purpose) for subject, entered_at in page)
    rows: list[Json] = [row for row in found if row is not None]
    return {"members": rows, "next": page[-1][0] if len(page) == limit else ""}


async def segment_remove(site: Site, arguments: JsonObject) -> Json:
    """Declare a segment no more: all its members leave it, with the reason publish."""
    key = _segment(site, text(arguments, "key")).key
    _require_unasked(site, key)
    await site.intake.settle()
    await site.segments.settle()
    before = site.segments.members.states[key].members
    await site.segments.remove(key)
    return {"removed": key, "left": before}


def _require_unasked(site: Site, key: str) -> None:
    """Refuse while an endpoint or a decision asks for a segment: it would end in silence."""
    asking = asked_for_by(site, key)
    if asking:
        reason = wrong("segment_in_use", users=", ".join(asking), key=key)
        raise InputRefused("bad_segment", reason, 409)


def asked_for_by(site: Site, key: str) -> list[str]:
    """Name the endpoints and the rules of decisions that ask for a segment."""
    unifier, quoted = site.unifier, (f'"{key}"', f"'{key}'")
    asking = [
        f"endpoint {one.key}" for one in unifier.policies.bundle.endpoints if key in one.segments
    ]
    asking += [
        f"the rule {rule.text}"
        for rule in (*unifier.policy.rules, *unifier.policy.factor_rules)
        if any(keys[1:2] == ("segments",) for keys in rule.key_paths)
        and any(name in rule.text for name in quoted)
    ]
    return asking


async def segment_recount(site: Site, arguments: JsonObject) -> Json:
    """Look at everybody anew; tells how many memberships had been wrong (goal: 0)."""
    await site.intake.settle()
    return {"differences": await site.segments.recount()}


def summary(site: Site, segment: Segment) -> JsonObject:
    """Write a segment with its size now."""
    state = site.segments.members.states[segment.key]
    return {
        "key": segment.key,
        "name": segment.name,
        "of": segment.of,
        "when": segment.when,
        "description": segment.description,
        "version": state.version,
        "size": state.members,
        "counted": state.counted,
        "unknown": site.segments.unknown[segment.key],
    }


def days_of(site: Site, key: str, days: int) -> list[tuple[int, Size]]:
    """Give (day, size) for each of the last days since the segment was first counted."""
    today = day_of(site.clock.now_ms())
    told = dict(site.segments.members.history(key))
    first = max(min(told, default=today), today - days + 1)
    last = max((day for day in told if day < first), default=None)
    members = 0 if last is None else told[last].members
    found: list[tuple[int, Size]] = []
    for day in range(first, today + 1):
        size = told.get(day, Size(members))
        members = size.members
        found.append((day, size))
    return found


def stays_of(site: Site, subject: str) -> JsonObject:
    """Write the segments that a person or account ("group_id:...") is in, since when."""
    site.segments.refresh(subject)
    stays = site.segments.members.standing(subject).stays
    rows: list[Json] = [
        {
            "key": key,
            "name": segment.name,
            "version": site.segments.members.states[key].version,
            "entered_at": format_instant(stay.entered_at),
        }
        for key, stay in sorted(stays.items())
        if stay.left_at is None and (segment := site.segments.get(key)) is not None
    ]
    return {"segments": rows}


def member(site: Site, subject: str, entered_at: int, purpose: str = "") -> JsonObject | None:
    """Write a member; None when it is gone, or has not granted the purpose."""
    entered: JsonObject = {"entered_at": format_instant(entered_at)}
    if kind_of(subject) != PERSON:
        if purpose or site.views.find_account(subject) is None:
            return None
        account = site.views.account(value_of(subject))
        return {"group_id": value_of(subject), **entered, "traits": account.traits}
    if site.views.find_person(subject) != value_of(subject):
        return None
    person = site.views.person(value_of(subject))
    consent = site.views.consent_of(person.person_id)
    if purpose and consent.get(purpose) != "granted":
        return None
    known: list[Json] = [{"type": one.type, "value": one.value} for one in person.identifiers]
    return {
        "person_id": person.person_id,
        **entered,
        "identifiers": known,
        "traits": person.traits,
        "consent": {**consent},
        "ad_consent": google_signals(consent),
    }


def _example(site: Site, subject: str) -> Json:
    """Write an example so that it can be looked up, but does not tell who it is."""
    if kind_of(subject) != PERSON:
        return {"group_id": value_of(subject)}
    person = site.views.person(value_of(subject))
    return {"person_id": person.person_id, "masked": masked(person.identifiers)}


def masked(identifiers: tuple[KnownIdentifier, ...]) -> str:
    """Give an identifier with all but the first sign of each part hidden.

    >>> masked((KnownIdentifier("email", "ada@buyer.example", "member"),))
    'email:a…@b…'
    """
    best = min(identifiers, key=lambda one: (one.type != "email", one.type), default=None)
    if best is None:
        return ""
    return f"{best.type}:" + "@".join(f"{part[:1]}…" for part in best.value.split("@"))


def _segment(site: Site, key: str) -> Segment:
    found = site.segments.get(key)
    if found is None:
        raise NotFound(wrong("no_segment_called", key=repr(key)))
    return found


def _of(arguments: JsonObject) -> Of:
    of = arguments.get("of") or "person"
    if of not in get_args(Of):
        raise InputRefused(
            "bad_input", wrong("this_or_that", name="of", one="person", other="account"), 422, "of"
        )
    return cast(Of, of)


def _number(arguments: JsonObject, name: str, usual: int, most: int) -> int:
    value = arguments.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InputRefused(
            "bad_input", wrong("number_between", name=name, least=1, most=most), 422, name
        )
    return value


OPERATIONS = {
    "segment_list": segment_list,
    "segment_show": segment_show,
    "segment_versions": segment_versions,
    "segment_preview": segment_preview,
    "segment_members": segment_members,
    "segment_recount": segment_recount,
    "segment_remove": segment_remove,
}
