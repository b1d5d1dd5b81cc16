"""How well people are told apart: links made per day, and what was refused or grew too large."""

from collections import Counter
from itertools import islice

import msgspec

from wegweiser.flow.refusal_words import FLIPS, RULES
from wegweiser.flow.tables import LINEAGE
from wegweiser.flow.turns import Turns
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.instant import day_of
from wegweiser.terms.json import JsonObject
from wegweiser.terms.lineage import Lineage

ROWS_PER_SLICE = 256
MOST_ROWS = 200_000
_OF_MESSAGE = b"m"


class Quality(msgspec.Struct):
    """Counts since a day: links, splits and conflicts by day number, refusals by reason, hubs.

    A conflict is evidence that would have joined two people, and was refused.
    """

    links: Counter[int] = msgspec.field(default_factory=Counter)
    splits: Counter[int] = msgspec.field(default_factory=Counter)
    conflicts: Counter[int] = msgspec.field(default_factory=Counter)
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    events: Counter[str] = msgspec.field(default_factory=Counter)
    looked_at: int = 0

    def note(self, one: Lineage, since_day: int) -> None:
        """Count one change of who is who."""
        self.looked_at += 1
        day = day_of(one.at)
        if day < since_day:
            return
        self.events[one.event] += 1
        if one.event == "Identity Merged":
            self.links[day] += 1
        elif one.event == "Identity Split":
            self.splits[day] += 1
        elif one.event == "Identity Evidence Refused":
            self.refused[one.reason] += 1
            self.conflicts[day] += 1


async def quality_of(store: OperationalStore, since_day: int) -> Quality:
    """Count what is kept of the changes of who is who, and let others run meanwhile."""
    quality, turns, after = Quality(), Turns(), b""
    while quality.looked_at < MOST_ROWS:
        rows = [*islice(store.scan(LINEAGE, _OF_MESSAGE, after), ROWS_PER_SLICE)]
        for _, value in rows:
            quality.note(msgspec.json.decode(value, type=Lineage), since_day)
        if len(rows) < ROWS_PER_SLICE:
            return quality
        after = rows[-1][0]
        await turns.pause()
    return quality


def told_refusals(quality: Quality) -> list[JsonObject]:
    """Say of every reason how often it refused a link, the rule, and what would change it."""
    return [
        {
            "reason": reason,
            "count": count,
            "rule": RULES.get(reason, ""),
            "nearest_change": FLIPS.get(reason, ""),
        }
        for reason, count in quality.refused.most_common()
    ]
