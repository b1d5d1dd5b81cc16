"""Operations on accounts: who belongs, who may belong, sums, buying groups, and what is said."""

from collections.abc import Iterable

from wegweiser.flow.account_desk import Said, Terms
from wegweiser.flow.account_rollup import Rollup, Wanted
from wegweiser.flow.accounts import domains_of
from wegweiser.flow.suggestions import Suggestion
from wegweiser.profile.completeness import told
from wegweiser.resolve.account_side import MemberShare
from wegweiser.resolve.membership import ENDED
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import Membership
from wegweiser.terms.instant import day_of, format_day, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, text
from wegweiser.workspace.site import Site

MOST_ROWS = 1_000
MOST_CANDIDATES = 100


async def account_list(site: Site, arguments: JsonObject) -> Json:
    """List accounts by group id, some at a time: `after` is `next` of the page before."""
    await site.intake.settle()
    limit, after = _number(arguments, "limit", 100), str(arguments.get("after") or "")
    groups = [one for one in sorted(site.unifier.directory.accounts()) if one > after][: limit + 1]
    rows: list[Json] = [_summary(site, one) for one in groups[:limit]]
    return {"accounts": rows, "next": groups[limit - 1] if len(groups) > limit else ""}


async def account_show(site: Site, arguments: JsonObject) -> Json:
    """Give an account with its members, open suggestions, sums now and buying groups."""
    await site.intake.settle()
    group_id = found_account(site, arguments)
    book = site.unifier.directory.account_book
    return {
        **_summary(site, group_id),
        "parents": [*book.above(group_id)],
        "below": [*book.below(group_id)],
        "traits": site.views.account(group_id).traits,
        **members(site, group_id),
        **suggestions(site, group_id),
        **rollup(site, group_id, Wanted()),
        **buying_groups(site, group_id),
    }


async def account_members(site: Site, arguments: JsonObject) -> Json:
    """List the members of an account; with `ended` those who left as well."""
    await site.intake.settle()
    return members(site, found_account(site, arguments), arguments.get("ended") is True)


async def account_rollup(site: Site, arguments: JsonObject) -> Json:
    """Give the sums of an account now, over the members that its filters let in."""
    await site.intake.settle()
    return rollup(site, found_account(site, arguments), wanted(arguments))


async def account_buying_groups(site: Site, arguments: JsonObject) -> Json:
    """Give how complete every declared buying group is at an account now."""
    await site.intake.settle()
    return buying_groups(site, found_account(site, arguments))


async def account_suggestions(site: Site, arguments: JsonObject) -> Json:
    """List who may belong to an account, or to any, by the domain of an address."""
    await site.intake.settle()
    if arguments.get("account"):
        return suggestions(site, found_account(site, arguments))
    found = site.accounts.suggestions.all(site.clock.now_ms())
    return {
        "suggestions": [_suggestion(one) for _, one in zip(range(MOST_ROWS), found, strict=False)]
    }


async def account_confirm(site: Site, arguments: JsonObject) -> Json:
    """Say that somebody belongs to an account, in a `role`, `from` and `to` days."""
    account, person = text(arguments, "account"), text(arguments, "person")
    return said(await site.accounts.desk.confirm(account, person, _terms(arguments)))


async def account_reject(site: Site, arguments: JsonObject) -> Json:
    """Say that somebody does not belong to an account; it is never suggested again."""
    account, person = text(arguments, "account"), text(arguments, "person")
    return said(await site.accounts.desk.reject(account, person))


async def account_remove(site: Site, arguments: JsonObject) -> Json:
    """Say that somebody left an account, in one `role` or all, today or on the day `to`."""
    account, person = text(arguments, "account"), text(arguments, "person")
    return said(await site.accounts.desk.remove(account, person, _terms(arguments)))


async def account_undo(site: Site, arguments: JsonObject) -> Json:
    """Take back what was said under an `operation_id`, as if it had never been said."""
    return said(await site.accounts.desk.undo(text(arguments, "operation_id")))


async def account_statements(site: Site, arguments: JsonObject) -> Json:
    """List what operators said of memberships, newest first, of one account or of all."""
    await site.intake.settle()
    group_id = found_account(site, arguments) if arguments.get("account") else ""
    found = site.accounts.desk.statements(group_id)[:MOST_ROWS]
    return {"statements": [_statement(one) for one in found]}


def found_account(site: Site, arguments: JsonObject) -> str:
    """Find the account that is asked for; a bare name is a group id. Raises NotFound."""
    name = text(arguments, "account")
    found = site.views.find_account(name if ":" in name else f"group_id:{name}")
    if found is None:
        raise NotFound(wrong("no_account"))
    return found


def wanted(arguments: JsonObject) -> Wanted:
    """Read which members count for a sum; raises InputRefused."""
    least = arguments.get("confidence", 0)
    try:
        confidence = float(least) if isinstance(least, int | float | str) else -1.0
    except ValueError:
        confidence = -1.0
    if not 0 <= confidence <= 1:
        raise InputRefused(
            "bad_input",
            wrong("number_between", name="confidence", least=0, most=1),
            422,
            "confidence",
        )
    yes = (True, "true", "1")
    return Wanted(
        str(arguments.get("role") or ""),
        confidence,
        arguments.get("include_suggested") in yes,
        arguments.get("below") in yes,
    )


def members(site: Site, group_id: str, ended: bool = False) -> JsonObject:
    """Write the first members of an account now, or of all it ever had, and how many more."""
    parts = member_parts(site, group_id, ended)
    return {
        "members": members_told(site, group_id, parts[:MOST_ROWS], ended),
        "more_members": max(0, len(parts) - MOST_ROWS),
    }


def member_parts(
    site: Site, group_id: str, ended: bool = False, role: str = ""
) -> list[MemberShare]:
    """Give the members of an account now, or all that it ever had, in the order of `place_of`."""
    reading = site.accounts.reading
    parts = reading.ever(group_id) if ended else reading.members(group_id)
    return sorted((part for part in parts if role in ("", part.role)), key=place_of)


def place_of(part: MemberShare) -> tuple[str, str, int, str, str]:
    """Give the place of a membership among those of its account."""
    return (part.person_id, part.role, part.since, part.status, part.message_id)


def members_told(
    site: Site, group_id: str, parts: Iterable[MemberShare], ended: bool
) -> list[Json]:
    """Write some memberships of an account."""
    return [_member(site, group_id, part, ended) for part in parts]


def rollup(site: Site, group_id: str, which: Wanted) -> JsonObject:
    """Write the sums of an account."""
    return {"rollup": _sums(site.accounts.reading.rollup(group_id, which))}


def suggestions(site: Site, group_id: str) -> JsonObject:
    """Write the best open suggestions of an account, and how many more there are."""
    found = site.accounts.reading.suggestions(group_id)
    return {
        "suggestions": suggestions_told(found[:MOST_ROWS]),
        "more_suggestions": max(0, len(found) - MOST_ROWS),
    }


def rank_of(one: Suggestion) -> tuple[float, int, str]:
    """Give the place of a suggestion among those of its account, the best first."""
    return (-one.confidence, one.since, one.address)


def suggestions_told(found: Iterable[Suggestion]) -> list[Json]:
    """Write some suggestions."""
    return [_suggestion(one) for one in found]


def buying_groups(site: Site, group_id: str) -> JsonObject:
    """Write the completeness of every buying group, with whom to ask where somebody is missing."""
    found = told(site.accounts.reading.completeness(group_id))
    candidates: list[Json] = []
    if isinstance(offers := found["offers"], dict) and _is_short(offers.values()):
        found_now = site.accounts.reading.suggestions(group_id)[:MOST_CANDIDATES]
        candidates = [*(one.person_id for one in found_now)]
    return {"buying_groups": {**found, "candidates": candidates}}


def _is_short(offers: Iterable[Json]) -> bool:
    return any(isinstance(one, dict) and bool(one["missing"]) for one in offers)


def said(one: Said) -> JsonObject:
    """Write what was stored."""
    return {
        "operation_id": one.operation_id,
        "group_id": one.group_id,
        "identifier": one.identifier,
        "status": one.status,
        "role": one.role,
    }


def _summary(site: Site, group_id: str) -> JsonObject:
    profile = site.views.account(group_id)
    return {
        "group_id": group_id,
        "account_id": profile.account_id,
        "name": profile.traits.get("name"),
        "identifiers": plain(profile.identifiers),
        "domains": [*domains_of(site.unifier.directory, group_id)],
        "member_count": len({one.person_id for one in profile.members}),
        "last_seen_at": profile.last_seen_at,
        "completeness": profile.completeness,
    }


def _member(site: Site, group_id: str, part: MemberShare, ended: bool) -> JsonObject:
    at = site.accounts.reading.last_active(group_id, part)
    source = site.callers.source(part.source_id)
    over = ended and not part.current_on(day_of(site.clock.now_ms()))
    return {
        "person_id": part.person_id,
        "role": part.role,
        "status": ENDED if over else part.status,
        "confidence": part.confidence,
        "counts": part.counts,
        "source": part.source_id if source is None else source.name,
        "event_id": part.message_id,
        "from": format_day(part.since),
        "to": None if part.until is None else format_day(part.until),
        "last_seen_at": None if at is None else format_instant(at),
    }


def _suggestion(one: Suggestion) -> JsonObject:
    return {
        "group_id": one.group_id,
        "person_id": one.person_id,
        "identifier": one.address,
        "domain": one.domain,
        "status": "suggested",
        "confidence": one.confidence,
        "since": format_instant(one.since),
        "lapses_at": format_instant(one.lapses_at),
    }


def _sums(found: Rollup) -> JsonObject:
    return {
        "as_of": format_instant(found.as_of),
        "members": found.members,
        "known_members": found.known_members,
        "active_7_days": found.active_7_days,
        "active_30_days": found.active_30_days,
        "last_seen_at": None if found.last_seen is None else format_instant(found.last_seen),
        "topics": {**found.topics},
        "engagement": found.engagement,
        "counters": {**found.counters},
    }


def _statement(one: Membership) -> JsonObject:
    return {
        "operation_id": one.message_id,
        "group_id": one.group_id,
        "identifier": one.member,
        "status": one.status,
        "role": one.role,
        "at": format_instant(one.at),
        "undoes": one.undoes,
    }


def _terms(arguments: JsonObject) -> Terms:
    role, since, until = (str(arguments.get(name) or "") for name in ("role", "from", "to"))
    return Terms(role.strip(), since, until)


def _number(arguments: JsonObject, name: str, usual: int) -> int:
    value = arguments.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_ROWS:
        raise InputRefused(
            "bad_input", wrong("number_between", name=name, least=1, most=MOST_ROWS), 422, name
        )
    return value


OPERATIONS = {
    "account_list": account_list,
    "account_show": account_show,
    "account_members": account_members,
    "account_rollup": account_rollup,
    "account_buying_groups": account_buying_groups,
    "account_suggestions": account_suggestions,
    "account_confirm": account_confirm,
    "account_reject": account_reject,
    "account_remove": account_remove,
    "account_undo": account_undo,
    "account_statements": account_statements,
}
