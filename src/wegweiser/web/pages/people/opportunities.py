"""Opportunities of an account: what of them is open, won or lost, by the events about them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from wegweiser.terms.event import Event
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import AccountProfile
from wegweiser.terms.profile_detail import WantedEvents
from wegweiser.web.pages.desk import Desk
from wegweiser.web.text import Reader

OPEN, WON, LOST = "open", "won", "lost"
STATE_OF = {
    "Opportunity Opened": OPEN,
    "Opportunity Created": OPEN,
    "Opportunity Updated": OPEN,
    "Opportunity Stage Changed": OPEN,
    "Deal Opened": OPEN,
    "Deal Created": OPEN,
    "Deal Updated": OPEN,
    "Deal Stage Changed": OPEN,
    "Opportunity Won": WON,
    "Deal Won": WON,
    "Closed Won": WON,
    "Opportunity Lost": LOST,
    "Deal Lost": LOST,
    "Closed Lost": LOST,
}
# A row of a CRM may say by its stage alone that it is over.
OVER = {"won": WON, "gewonnen": WON, "lost": LOST, "verloren": LOST}
IDS = ("opportunity_id", "deal_id", "opportunityId", "dealId")
STAGES = ("deal_stage", "opportunity_stage", "stage", "stage_name")
BEGINS = ("Opened", "Created")
CHANGES = ("Updated", "Stage Changed")
# Events about them are looked for among so many pages of the account's newest events.
MOST_PAGES = 3
Fact = tuple[str, str]


async def opportunities_of(desk: Desk, reader: Reader, profile: AccountProfile) -> tuple[Fact, ...]:
    """List opportunities by what became of them, and whether sales own the contact."""
    counted = {name: profile.counters.get(name, 0) for name in STATE_OF}
    group_id = next((one.value for one in profile.identifiers if one.type == "group_id"), "")
    events = await _events(desk, reader, group_id, sum(counted.values()))
    found = states(events, counted)
    rows = []
    if found.total():
        words = (reader.say("Open"), reader.say("Won"), reader.say("Lost"))
        rows = [
            (said, reader.number(found[state]))
            for said, state in zip(words, (OPEN, WON, LOST), strict=True)
        ]
    owning = desk.site.unifier.policy.bundle.contact_rules.owned_by
    owned = [trait for trait in owning if profile.traits.get(trait) in (True, "true", 1)]
    if owned:
        rows.append((reader.say("Contact"), reader.say("Sales own it: nothing else is sent.")))
    return tuple(rows)


async def _events(desk: Desk, reader: Reader, group_id: str, count: int) -> list[Event]:
    """Read the events about opportunities, oldest first, until all that are counted are found."""
    found: list[Event] = []
    details = desk.site.profiles.details
    wanted = WantedEvents(
        start=0, end=reader.now + 1, limit=count or 1, fits=details.named(STATE_OF, ())
    )
    for _ in range(MOST_PAGES if count else 0):
        page = await details.events("", group_id, wanted)
        found += [one.event for one in page.events]
        if page.more is None or len(found) >= count:
            break
        wanted = WantedEvents(
            start=0, end=reader.now + 1, limit=count, fits=wanted.fits, after=page.more
        )
    return found[::-1]


def states(events: Sequence[Event], counted: Mapping[str, int]) -> Counter[str]:
    """Count opportunities by state; `events` are oldest first, `counted` is all there ever were.

    Of one with an id its newest event decides. Those without, and events that were not read, are
    opened less those won and lost: a deal may be won that nobody had opened before.

    >>> states([], {"Opportunity Opened": 3, "Deal Won": 1})
    Counter({'open': 2, 'won': 1})
    """
    by_id: dict[str, str] = {}
    rest = Counter(counted)
    for event in events:
        name = next((str(event.properties[key]) for key in IDS if event.properties.get(key)), "")
        if name:
            rest[event.event] -= 1
            told = _state(event.event, event.properties)
            by_id[name] = told or by_id.get(name, OPEN)
    nameless = {state: _begun(rest, state) for state in (OPEN, WON, LOST)}
    open_now = max(0, nameless[OPEN] - nameless[WON] - nameless[LOST])
    return Counter(by_id.values()) + Counter(nameless | {OPEN: open_now})


def _begun(rest: Mapping[str, int], state: str) -> int:
    return sum(
        max(0, count)
        for name, count in rest.items()
        if STATE_OF[name] == state and (state != OPEN or name.endswith(BEGINS))
    )


def _state(name: str, properties: JsonObject) -> str:
    """Tell what an event makes of its opportunity; empty where it changes something else."""
    said = next((str(properties[key]).casefold() for key in STAGES if properties.get(key)), "")
    over = next((state for word, state in OVER.items() if word in said.split()), "")
    if over or said or not name.endswith(CHANGES):
        return over or STATE_OF[name]
    return ""
