"""Reading cells together: the components of a profile, from whichever cells belong to it."""

from collections.abc import Iterable, Sequence

import msgspec

from wegweiser.profile.aged import READ_SESSIONS_MS, since_last
from wegweiser.profile.bound import MOST_NAMES, MOST_TRAITS, OTHER, beyond, bound
from wegweiser.profile.cell import NEVER_FIRST, NEVER_LAST, Cell
from wegweiser.profile.consent import LeafConsent, merge_choices
from wegweiser.profile.decay import (
    ENGAGEMENT_HALF_LIFE_MS,
    INTEREST_HALF_LIFE_MS,
    is_forgotten,
    read_at,
)
from wegweiser.profile.recent import MOST, merge_recent
from wegweiser.profile.session import merge_intervals
from wegweiser.profile.touch import Touch, earlier_touch
from wegweiser.profile.trait import PROTECTED, Register, keep_newer
from wegweiser.terms.contact import with_states
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS, day_of, format_instant
from wegweiser.terms.profile import Arrival, Contact, Happening


class CellAt(msgspec.Struct, frozen=True):
    """A cell with its place: leaf, UTC day, and the account it is for (or empty).

    `part_of` names the leaf that this one is only a session of, empty for all others.
    """

    leaf: Leaf
    day: int
    scope: str
    cell: Cell
    part_of: Leaf = ""


def end_of_newest_day(cells: Iterable[CellAt]) -> int:
    """Give the end of the UTC day of the newest event in ms, 0 without any event."""
    newest = max((held.cell.newest_at for held in cells), default=-1)
    return 0 if newest < 0 else (day_of(newest) + 1) * DAY_MS


def registers(cells: Iterable[CellAt]) -> tuple[Register, Register]:
    """Give the newest writing of every trait, the trusted ones and the public ones."""
    trusted: Register = {}
    public: Register = {}
    for held in cells:
        for key, writing in held.cell.trusted.items():
            keep_newer(trusted, key, writing)
        for key, writing in held.cell.public.items():
            keep_newer(public, key, writing)
    return bound(trusted, MOST_TRAITS, PROTECTED), bound(public, MOST_TRAITS, PROTECTED)


class Times(msgspec.Struct, frozen=True):
    """First and last moments in ISO 8601; None when there was no event."""

    first_seen: str | None
    last_seen: str | None
    first_received: str | None
    last_received: str | None


def times(cells: Sequence[CellAt]) -> Times:
    """Give when somebody was first and last seen, and when that was first and last received."""
    held = [place.cell for place in cells]
    return Times(
        _moment(min((cell.first_seen for cell in held), default=NEVER_FIRST)),
        _moment(max((cell.last_seen for cell in held), default=NEVER_LAST)),
        _moment(min((cell.first_received for cell in held), default=NEVER_FIRST)),
        _moment(max((cell.last_received for cell in held), default=NEVER_LAST)),
    )


def first_touch(cells: Iterable[CellAt]) -> Touch | None:
    """Give where somebody came from first, None when no page was ever seen."""
    first: Touch | None = None
    for held in cells:
        first = earlier_touch(first, held.cell.first_touch)
    return first


def arrival(cells: Iterable[CellAt]) -> Arrival | None:
    """Give the first touch as profiles tell it."""
    first = first_touch(cells)
    if first is None:
        return None
    at = format_instant(first.at)
    return Arrival(at, first.path, first.referrer, first.channel, first.campaign)


def counters(cells: Iterable[CellAt]) -> dict[str, int]:
    """Give the number of events per shown name, by name; those beyond 500 as "(other)"."""
    totals: dict[str, int] = {}
    for held in cells:
        for name, hours in held.cell.counts.items():
            totals[name] = totals.get(name, 0) + sum(hours.values())
    for name in beyond(totals, MOST_NAMES, (OTHER,)):
        totals[OTHER] = totals.get(OTHER, 0) + totals.pop(name)
    return dict(sorted(totals.items()))


def interests(cells: Sequence[CellAt], as_of: int) -> dict[str, float]:
    """Give the interest in every topic at a moment (ms), by topic."""
    by_topic: dict[str, list[tuple[int, int]]] = {}
    for held in cells:
        if is_forgotten(held.day, as_of):
            continue
        for topic, total in held.cell.interests.items():
            by_topic.setdefault(topic, []).append((held.day, total))
    return {
        topic: read_at(by_topic[topic], as_of, INTEREST_HALF_LIFE_MS) for topic in sorted(by_topic)
    }


def engagement(cells: Iterable[CellAt], as_of: int) -> float:
    """Give the engagement at a moment (ms)."""
    sums = [(held.day, held.cell.engagement) for held in cells]
    return read_at(sums, as_of, ENGAGEMENT_HALF_LIFE_MS)


def sessions(cells: Iterable[CellAt]) -> list[tuple[int, int]]:
    """Give the sessions as (start, end) in ms; devices used side by side are one session.

    They are those of 25 months up to the last one: as far back as events may come in late.
    """
    joined = merge_intervals(*(held.cell.sessions for held in cells))
    return since_last(joined, READ_SESSIONS_MS)


def recent(cells: Iterable[CellAt], limit: int = MOST) -> list[Happening]:
    """Give the newest happenings, newest first; at most 50 are ever kept."""
    return merge_recent(*(held.cell.recent for held in cells))[::-1][:limit]


def contacts(cells: Iterable[CellAt]) -> list[Contact]:
    """Give all entries of the contact ledger, each once with all its states, oldest first."""
    return joined_contacts(contact for held in cells for contact in held.cell.contacts.values())


class Ledger(msgspec.Struct, frozen=True):
    """The contacts of somebody, oldest first, and the goals reached with their moment (ms)."""

    contacts: list[Contact]
    reached: dict[str, int]


def ledger(cells: Sequence[CellAt]) -> Ledger:
    """Read the contact ledger off cells."""
    return Ledger(contacts(cells), goals_reached(cells))


def ledger_at(now: Ledger, at: int) -> Ledger:
    """Give what a ledger held at an earlier moment (ms)."""
    return Ledger(
        [cut for one in now.contacts if (cut := contact_at(one, at)) is not None],
        {goal: reached for goal, reached in now.reached.items() if reached <= at},
    )


def contact_at(entry: Contact, at: int) -> Contact | None:
    """Give an entry as it stood at a moment (ms); None before there was one."""
    states = tuple(state for state in entry.states if state[1] <= at)
    unseen = entry.direction == "pull" and not states
    if entry.at > at or unseen:
        return None
    return entry if states == entry.states else msgspec.structs.replace(entry, states=states)


def joined_contacts(entries: Iterable[Contact]) -> list[Contact]:
    """Give the union of entries, oldest first; what is told of one twice counts once."""
    found: dict[str, Contact] = {}
    for contact in entries:
        old = found.get(contact.entry_id)
        found[contact.entry_id] = contact if old is None else with_states(old, contact)
    return sorted(found.values())


def goals_reached(cells: Iterable[CellAt]) -> dict[str, int]:
    """Give when each goal was reached first (ms), by goal."""
    found: dict[str, int] = {}
    for held in cells:
        for goal, at in held.cell.reached.items():
            found[goal] = min(at, found.get(goal, at))
    return found


def consents(cells: Iterable[CellAt]) -> list[LeafConsent]:
    """Give the choices of each leaf over all its days."""
    by_leaf: dict[Leaf, LeafConsent] = {}
    for held in cells:
        leaf = held.part_of or held.leaf
        old = by_leaf.get(leaf) or LeafConsent(leaf, {}, {})
        by_leaf[leaf] = LeafConsent(
            leaf,
            merge_choices(old.trusted, held.cell.consent_trusted),
            merge_choices(old.public, held.cell.consent_public),
        )
    return list(by_leaf.values())


def may_lapse(cells: Iterable[CellAt]) -> bool:
    """Tell whether any grant in the cells was given for a while only."""
    return any(
        choice.expires_at
        for held in cells
        for choices in (held.cell.consent_trusted, held.cell.consent_public)
        for choice in choices.values()
    )


def _moment(at: int) -> str | None:
    return None if at in {NEVER_FIRST, NEVER_LAST} else format_instant(at)
