"""Who belongs to an account on its page: people, suggestions with yes and no, buying groups."""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import value_of
from wegweiser.terms.instant import day_of, format_day, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_path, person_name, person_path
from wegweiser.web.pages.form import read_form
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import BUYING_ROLES, STATES, named
from wegweiser.workspace.account_room import Completeness, MemberShare

MEMBERS_AT_MOST = 100
CLAIMED = "claimed"
SAID = {
    "confirm": mark("Stored: this person belongs to the account."),
    "reject": mark("Stored: this person does not belong to it and is not suggested again."),
    "remove": mark("Stored: this person left the account. What was done before stays with it."),
    "undo": mark("Taken back, as if it had never been said."),
}


class MemberRow(msgspec.Struct, frozen=True):
    """One person of the account in one role."""

    name: str
    path: str
    person: str
    role: str
    status: str
    days: str
    seen: str
    confirmed: bool


class SuggestedRow(msgspec.Struct, frozen=True):
    """Somebody who may belong to the account."""

    name: str
    path: str
    person: str
    words: str


class RoleBar(msgspec.Struct, frozen=True):
    """One role of a buying group; `step` is from 0 to 10, `words` says how many there are."""

    role: str
    step: int
    engaged_step: int
    words: str


class GroupCard(msgspec.Struct, frozen=True):
    """A buying group in one sentence, a bar for each role, and whom it lacks."""

    name: str
    sentence: str
    missing: str
    roles: tuple[RoleBar, ...]


class MembersPart(msgspec.Struct, frozen=True):
    """Everything about members on the page of an account."""

    path: str
    rows: tuple[MemberRow, ...]
    more: int
    former: tuple[MemberRow, ...]
    suggestions: tuple[SuggestedRow, ...]
    more_suggestions: int
    groups: tuple[GroupCard, ...]
    roles: tuple[str, ...]
    active: str
    said: str
    operation_id: str


def members_part(desk: Desk, request: Request, reader: Reader, group_id: str) -> MembersPart:
    """Read everything about the members of an account."""
    reading = desk.site.accounts.reading
    now = reading.members(group_id)
    today = day_of(reader.now)
    former = [part for part in reading.ever(group_id) if not part.current_on(today)]
    completeness = reading.completeness(group_id)
    suggested = reading.suggestions(group_id)
    claims = desk.reader(request)

    def member(part: MemberShare) -> MemberRow:
        # Anybody can claim to belong to an account with a public key.
        return _member(desk, claims if part.status == CLAIMED else reader, group_id, part)

    return MembersPart(
        path=account_path(group_id),
        rows=tuple(member(part) for part in _best_first(now)[:MEMBERS_AT_MOST]),
        more=max(0, len(now) - MEMBERS_AT_MOST),
        former=tuple(member(part) for part in former[:MEMBERS_AT_MOST]),
        suggestions=tuple(
            SuggestedRow(
                person_name(reader, desk.site.views.person(one.person_id)),
                person_path(one.person_id),
                f"person_id:{one.person_id}",
                reader.say(
                    "{address}, {share} sure, asked until {day}",
                    address=reader.private(value_of(one.address)),
                    share=reader.percent(one.confidence, 0),
                    day=reader.day(format_instant(one.lapses_at)),
                ),
            )
            for one in suggested[:MEMBERS_AT_MOST]
        ),
        more_suggestions=max(0, len(suggested) - MEMBERS_AT_MOST),
        groups=tuple(_group(reader, one) for one in completeness),
        roles=tuple(dict.fromkeys(cover.role for one in completeness for cover in one.roles)),
        active=_active(desk, reader, group_id),
        said=reader.say(SAID[done])
        if (done := request.query_params.get("said", "")) in SAID
        else "",
        operation_id=request.query_params.get("operation", ""),
    )


async def say_membership(desk: Desk, request: Request, group_id: str) -> Response:
    """Store what somebody said of a member on the page, and show the page again."""
    form = await read_form(request, desk.form_limits)
    done = form.get("said", "")
    _require_concerned(desk, request, group_id, form)
    asked: JsonObject = {"account": f"group_id:{group_id}"}
    for name in ("person", "role", "operation_id"):
        if form.get(name, "").strip():
            asked[name] = form[name].strip()
    said = await desk.run(request, f"account_{done if done in SAID else 'none'}", asked)
    operation = said.get("operation_id") if isinstance(said, dict) and done != "undo" else ""
    back = f"{account_path(group_id)}?said={done}&operation={operation}#members"
    return RedirectResponse(back, 303)


def _require_concerned(
    desk: Desk, request: Request, group_id: str, form: Mapping[str, str]
) -> None:
    """Raise InputRefused where somebody speaks of people whom their account does not concern.

    Who sees the own accounts only could otherwise make anybody one of their people, and then look.
    """
    if desk.reader(request).sight != "own":
        return
    reading = desk.site.accounts.reading
    confirms = form.get("said") == "confirm"
    parts = reading.ever(group_id)
    concerned = {one.person_id for one in parts if not (confirms and one.status == CLAIMED)}
    concerned |= {one.person_id for one in reading.suggestions(group_id)}
    if form.get("said") == "undo":
        said = desk.site.accounts.desk.statements(group_id)
        if form.get("operation_id", "") in {one.message_id for one in said}:
            return
    elif desk.site.views.find_person(form.get("person", "").strip()) in concerned:
        return
    raise InputRefused("not_yours", "This is not one of your accounts.", 403)


def _best_first(parts: tuple[MemberShare, ...]) -> list[MemberShare]:
    return sorted(parts, key=lambda part: (part.status != "confirmed", part.role, -part.at))


def _member(desk: Desk, reader: Reader, group_id: str, part: MemberShare) -> MemberRow:
    at = desk.site.accounts.reading.last_active(group_id, part)
    return MemberRow(
        person_name(reader, desk.site.views.person(part.person_id)),
        person_path(part.person_id),
        f"person_id:{part.person_id}",
        named(reader, BUYING_ROLES, part.role),
        named(reader, STATES, part.status),
        _days(reader, part),
        "" if at is None else reader.ago(at),
        part.status == "confirmed",
    )


def _days(reader: Reader, part: MemberShare) -> str:
    since = reader.day(format_day(part.since))
    if part.until is None:
        return reader.say("since {day}", day=since)
    return reader.say("{since} to {until}", since=since, until=reader.day(format_day(part.until)))


def _group(reader: Reader, one: Completeness) -> GroupCard:
    lacking = [named(reader, BUYING_ROLES, role) for role in one.missing]
    return GroupCard(
        one.name,
        reader.say(
            "{share} complete; {engaged} by people who were active in the last 90 days.",
            share=reader.percent(one.completeness, 0),
            engaged=reader.percent(one.engaged, 0),
        ),
        reader.say("Missing: {roles}", roles=reader.all_of(lacking)) if lacking else "",
        tuple(
            RoleBar(
                named(reader, BUYING_ROLES, cover.role),
                round(10 * min(1.0, cover.people / cover.need.min)),
                round(10 * min(1.0, cover.engaged / cover.need.min)),
                reader.say(
                    "{there} of {wanted}, {engaged} active",
                    there=reader.number(cover.people),
                    wanted=reader.number(cover.need.min),
                    engaged=reader.number(cover.engaged),
                ),
            )
            for cover in one.roles
        ),
    )


def _active(desk: Desk, reader: Reader, group_id: str) -> str:
    sums = desk.site.accounts.reading.sums(group_id)
    return reader.say(
        "{known} known by name; {week} active in 7 days, {month} in 30.",
        known=reader.number(sums.known_members),
        week=reader.number(sums.active_7_days),
        month=reader.number(sums.active_30_days),
    )
