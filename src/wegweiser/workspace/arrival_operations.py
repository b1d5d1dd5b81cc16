"""What every door asks about what arrives: state of sources, newest elements, what waits."""

from itertools import islice
from statistics import median

from wegweiser.flow.arrivals import Sought
from wegweiser.flow.identity_quality import quality_of, told_refusals
from wegweiser.flow.quarantine import quarantine_id
from wegweiser.flow.replay import Chosen
from wegweiser.flow.source_pulse import Pulse
from wegweiser.flow.turns import Turns
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import day_of, format_day, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Source
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read
from wegweiser.workspace.site import Site

ROWS = 200
MOST_ROWS = 1_000
MOST_DAYS = 400
MOST_ACCOUNTS = 5_000


async def source_health(site: Site, arguments: JsonObject) -> Json:
    """Tell how each source does, as the last requests show: last event, pace, delay, refusals."""
    now = site.clock.now_ms()
    pulses = await site.arrivals.pulses(now)
    return [_told(one, pulses.get(one.source_id)) for one in site.callers.sources()]


def _told(source: Source, pulse: Pulse | None) -> JsonObject:
    told: JsonObject = {"source": source.name, "source_id": source.source_id, "kind": source.kind}
    if pulse is None:
        return told | {"last_at": None}
    return told | {
        "last_at": format_instant(pulse.last_at),
        "elements": pulse.elements,
        "per_minute": round(pulse.per_minute, 2),
        "delay_ms": pulse.delay_ms,
        "refused": pulse.refused,
        "persons": pulse.persons,
        "known": pulse.known,
        "usual_ms": pulse.usual_ms,
        "late": source.kind == "live" and pulse.late,
        "hours": [
            {"hour": format_instant(one.at), "elements": one.elements, "refused": one.refused}
            for one in pulse.hours
        ],
    }


async def arrival_list(site: Site, arguments: JsonObject) -> Json:
    """List the newest elements as they came, with what became of each, the newest first.

    `source`, `name` (of the event) and `identifier` (of a person) narrow it down.
    """
    limit = read(arguments, "limit", int, ROWS)
    if not 1 <= limit <= MOST_ROWS:
        raise InputRefused(
            "bad_input",
            wrong("number_between", name="limit", least=1, most=MOST_ROWS),
            422,
            "limit",
        )
    await site.intake.settle()
    sought = Sought(
        source_id=_source_id(site, read(arguments, "source", str, "")),
        name=read(arguments, "name", str, ""),
        person_id=_person_id(site, read(arguments, "identifier", str, "")),
        limit=limit,
    )
    names = {one.source_id: one.name for one in site.callers.sources()}
    return [
        {
            "received_at": format_instant(one.received_at),
            "event_time": format_instant(one.at),
            "source": names.get(one.source_id, one.source_id),
            "fate": one.fate,
            "name": one.name,
            "message_id": one.message_id,
            "person_id": one.person_id or None,
            "code": one.code,
            "message": one.message,
            "quarantine_id": one.quarantine_id or None,
            "element": one.element,
        }
        for one in await site.arrivals.newest(sought)
    ]


def _source_id(site: Site, name: str) -> str:
    if not name:
        return ""
    found = site.callers.named(name) or site.callers.source(name)
    if found is None:
        raise NotFound(wrong("no_source_called", key=repr(name)))
    return found.source_id


def _person_id(site: Site, identifier: str) -> str:
    if not identifier:
        return ""
    found = site.views.find_person(identifier)
    if found is None:
        raise NotFound(wrong("no_profile"))
    return found


async def quarantine_groups(site: Site, arguments: JsonObject) -> Json:
    """Count what is set aside by reason and source, each group with its newest element."""
    names = {one.source_id: one.name for one in site.callers.sources()}
    groups: dict[tuple[str, str], JsonObject] = {}
    counts: dict[tuple[str, str], int] = {}
    async for place, kept in site.quarantine.found(Chosen()):
        group = (kept.refused.code, kept.source_id)
        counts[group] = counts.get(group, 0) + 1
        groups[group] = {
            "code": kept.refused.code,
            "source": names.get(kept.source_id, kept.source_id),
            "message": kept.refused.message,
            "newest": quarantine_id(place),
            "newest_at": format_instant(kept.received_at),
        }
    order = sorted(groups, key=lambda group: (-counts[group], group))
    return [{**groups[group], "count": counts[group]} for group in order]


async def identity_quality(site: Site, arguments: JsonObject) -> Json:
    """Count links, splits and conflicts per day, refused links by reason, hubs, account sizes."""
    days = read(arguments, "days", int, 30)
    if not 1 <= days <= MOST_DAYS:
        raise InputRefused(
            "bad_input", wrong("number_between", name="days", least=1, most=MOST_DAYS), 422, "days"
        )
    await site.intake.checkpoint()
    since = day_of(site.clock.now_ms()) - days + 1
    quality = await quality_of(site.engines.store, since)
    return {
        "days": [
            {
                "day": format_day(day),
                "links": quality.links[day],
                "splits": quality.splits[day],
                "conflicts": quality.conflicts[day],
            }
            for day in range(since, since + days)
        ],
        "refused": [*told_refusals(quality)],
        "hubs": quality.events["Identifier Quarantined"],
        "shared_devices": quality.events["Identifier Shared"],
        "frozen": len(site.unifier.directory.frozen()),
        "people_per_account": await _people_per_account(site),
    }


async def _people_per_account(site: Site) -> JsonObject:
    """Sum up how many people the accounts have; of the first 5,000 of them."""
    turns, directory = Turns(), site.unifier.directory
    sizes: list[int] = []
    for group_id in [*islice(directory.accounts(), MOST_ACCOUNTS)]:
        sizes.append(len(directory.members_of(group_id)))
        await turns.pause()
    return {
        "accounts": len(sizes),
        "median": median(sizes) if sizes else None,
        "most": max(sizes, default=0),
        "without_people": sizes.count(0),
    }


OPERATIONS = {
    "identity_quality": identity_quality,
    "source_health": source_health,
    "arrival_list": arrival_list,
    "quarantine_groups": quarantine_groups,
}
