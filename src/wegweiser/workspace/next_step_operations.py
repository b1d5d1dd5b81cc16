"""Operations of sales on an account: the next best action, what became of it, and who was active.

The action is an ordinary decision of a placement of the channel sales, about one person of the
account; `done` and `not suitable` are its outcomes.
"""

from collections.abc import Iterator

from wegweiser.flow.account_weeks import local_day, weeks_of
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.account_operations import found_account
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.site import Site

DESK = Caller("console", "live", Trust.SERVER, SECRET_SCOPES)
SALES = "sales"
VALID_MS = 7 * DAY_MS
MOST_MEMBERS = 50
MOST_DECISIONS = 20
MOST_WEEKS = 52
# How what sales say is written as the kind of an outcome.
SAID = {"done": "done", "not_suitable": "declined"}
# By these a person is asked about, the first that is known.
NAMED_BY = ("user_id", "email", "anonymous_id")


async def next_step(site: Site, arguments: JsonObject) -> Json:
    """Decide what sales do next with an `account`; `person` says with whom, else who was last seen.

    `placement` is one of the channel sales, the first if absent; `locale` that of the text.
    """
    await site.intake.settle()
    group_id = found_account(site, arguments)
    placement = read(arguments, "placement", str, "") or first_placement(site)
    if not placement:
        told = wrong("no_sales_placement")
        raise InputRefused("no_placement", told, 422, "placement")
    wanted = read(arguments, "person", str, "")
    person_id = site.views.find_person(wanted) if wanted else _last_seen(site, group_id)
    if person_id is None or person_id not in _people(site, group_id):
        raise NotFound(wrong("nobody_to_step"))
    name = _name_of(site, person_id)
    body: JsonObject = {
        "subject": {"person": name, "account": f"group_id:{group_id}"},
        "placements": [{"key": placement}],
        "channel": SALES,
        "locale": read(arguments, "locale", str, ""),
    }
    answer = await site.deciding.chooser.decide(body, DESK)
    await site.intake.checkpoint()
    decision = site.unifier.decisions.get(str(answer["decision_id"]))
    return {"step": None if decision is None else step_told(site, decision)}


async def next_step_show(site: Site, arguments: JsonObject) -> Json:
    """Give the newest next step of an `account` that is not older than a week, with its state."""
    await site.intake.settle()
    return {"step": current(site, found_account(site, arguments))}


async def next_step_said(site: Site, arguments: JsonObject) -> Json:
    """Note what became of a step: `said` is done or not_suitable; each counts once."""
    await site.intake.settle()
    said, decision_id = text(arguments, "said"), text(arguments, "decision_id")
    decision = site.unifier.decisions.get(decision_id)
    if decision is None or decision.channel != SALES or not decision.items:
        raise NotFound(wrong("no_step"))
    if said not in SAID:
        raise InputRefused(
            "bad_input",
            wrong("this_or_that", name="said", one="done", other="not_suitable"),
            422,
            "said",
        )
    told = wrong("said_already")
    if _said_of(site, decision) is not None:
        raise InputRefused("said_already", told, 409)
    item = decision.items[0]
    outcome: JsonObject = {
        # One for all that can be said: of two who say it at once the first counts.
        "outcome_id": f"{decision_id}/said",
        "kind": SAID[said],
        "decision_id": decision_id,
        "placement": item.placement,
        "slot": item.slot,
        "at": format_instant(site.clock.now_ms()),
    }
    await site.deciding.desk.report([outcome], DESK)
    await site.intake.checkpoint()
    if _said_of(site, decision) not in (None, said):
        raise InputRefused("said_already", told, 409)
    return {"step": step_told(site, decision)}


async def account_activity(site: Site, arguments: JsonObject) -> Json:
    """Count the events of each member of an `account` in the last `weeks`, the busiest first."""
    await site.intake.settle()
    weeks = read(arguments, "weeks", int, 8)
    if not 1 <= weeks <= MOST_WEEKS:
        told_wrong = wrong("number_between", name="weeks", least=1, most=MOST_WEEKS)
        raise InputRefused("bad_input", told_wrong, 422, "weeks")
    return {"people": [*activity(site, found_account(site, arguments), weeks)]}


def activity(site: Site, group_id: str, weeks: int) -> list[JsonObject]:
    """Write the events of each active member by week, the oldest week first."""
    members = site.accounts.reading.members(group_id)
    zone = site.settings.time_zone
    today = local_day(site.clock.now_ms(), zone)
    return [
        {"person_id": one.person_id, "events": [*one.events]}
        for one in weeks_of(site.views, group_id, members, today, weeks, zone)
    ]


def current(site: Site, group_id: str) -> JsonObject | None:
    """Write the newest next step of an account of the last week; None without any."""
    newest = max(_steps(site, group_id), key=lambda one: (one.at, one.decision_id), default=None)
    return None if newest is None else step_told(site, newest)


def first_placement(site: Site) -> str:
    """Give the first published placement of the channel sales; empty without any."""
    placements = site.unifier.policy.placements
    return next((key for key, one in sorted(placements.items()) if one.channel == SALES), "")


def step_told(site: Site, decision: Decision) -> JsonObject:
    """Write a step: about whom, which message with its content, why, and what became of it."""
    item = decision.items[0] if decision.items else None
    explained = site.explain(decision.decision_id) or {}
    return {
        "decision_id": decision.decision_id,
        "at": format_instant(decision.at),
        "person_id": decision.person_id,
        "message": None if item is None else item.message,
        "content": {} if item is None else _content(site, decision),
        "sentence": explained.get("sentence"),
        "ghost": decision.ghost,
        "said": _said_of(site, decision),
    }


def _steps(site: Site, group_id: str) -> Iterator[Decision]:
    since = site.clock.now_ms() - VALID_MS
    for person_id in _people(site, group_id)[:MOST_MEMBERS]:
        for one in site.views.decisions(person_id, MOST_DECISIONS):
            if one.channel == SALES and one.at >= since and one.group_id in ("", group_id):
                yield one


def _people(site: Site, group_id: str) -> list[str]:
    """Name the people of an account, whoever was active last first."""
    reading = site.accounts.reading
    seen: dict[str, int] = {}
    for part in reading.members(group_id):
        at = reading.last_active(group_id, part) or 0
        seen[part.person_id] = max(at, seen.get(part.person_id, 0))
    return sorted(seen, key=lambda one: (-seen[one], one))


def _last_seen(site: Site, group_id: str) -> str | None:
    return next(iter(_people(site, group_id)), None)


def _name_of(site: Site, person_id: str) -> str:
    known = site.views.person(person_id).identifiers
    by_type = {one.type: f"{one.type}:{one.value}" for one in known if one.status == "member"}
    found = (by_type[kind] for kind in NAMED_BY if kind in by_type)
    name = next(found, None)
    if name is None:
        raise NotFound(wrong("nobody_to_step"))
    return name


def _said_of(site: Site, decision: Decision) -> str | None:
    kinds = {one.kind for one in site.unifier.outcomes.of_decision(decision.decision_id)}
    return next((said for said, kind in SAID.items() if kind in kinds), None)


def _content(site: Site, decision: Decision) -> JsonObject:
    """Give the content of the message as it was when it was chosen."""
    item = decision.items[0]
    policy = site.unifier.policies.of(decision.bundle)
    for message in policy.bundle.messages:
        for variant in message.variants:
            if (message.key, variant.key) == (item.message, item.variant):
                return variant.content
    return {}


OPERATIONS = {
    "next_step": next_step,
    "next_step_show": next_step_show,
    "next_step_said": next_step_said,
    "account_activity": account_activity,
}
