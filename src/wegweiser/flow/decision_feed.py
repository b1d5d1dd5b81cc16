"""News for those who show decisions: a new bundle, an answer that no longer holds, a new decision.

Nothing is queued per listener: each looks whether what it knows has changed. A cursor says bundle,
moment and log position of the last look, so that a listener that comes back is told what it missed.
"""

from collections import deque
from collections.abc import Iterator
from typing import Literal

import msgspec

from wegweiser.collect.subject import read_subject
from wegweiser.flow.asked_as import leaf_of
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.terms.decision import Decision, Subject
from wegweiser.terms.instant import DAY_MS, SECOND_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import PersonProfile
from wegweiser.terms.ulid import ulid

NewsKind = Literal["decision.ready", "decision.invalidate", "bundle.published"]
LONGEST_BACK_MS = DAY_MS
MOST_HELD = 10_000
MOST_CAUGHT_UP = 10_000
# A decision is numbered before it is on record, so that another may come between.
_OVERTAKEN_MS = 10 * SECOND_MS


class News(msgspec.Struct, frozen=True):
    """One thing to tell; `data` holds keys, never anything about a person."""

    kind: NewsKind
    data: JsonObject


class Cursor(msgspec.Struct, frozen=True):
    """Where a listener stands: bundle number, moment (ms) and log position.

    >>> str(Cursor(14, 1_795_000_000_000, 77)), Cursor.read("14-1795000000000-77").position
    ('14-1795000000000-77', 77)
    """

    bundle: int
    at: int
    position: int

    def __str__(self) -> str:
        """Write it as the id of an event."""
        return f"{self.bundle}-{self.at}-{self.position}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Read the id of an event; None for what is none of ours."""
        parts = text.split("-")
        if len(parts) != 3 or not all(one.isascii() and one.isdigit() for one in parts):
            return None
        if any(len(one) > 18 for one in parts):
            return None
        return cls(*map(int, parts))


class DecisionFeed:
    """Holds the newest decisions that nobody waited for, for all who listen."""

    def __init__(self, unifier: Unifier, views: Views, clock: Clock):
        self.unifier = unifier
        self.views = views
        self.clock = clock
        self.open = 0
        self._numbered = 0
        self._ready: deque[tuple[int, str, News]] = deque(maxlen=MOST_HELD)
        unifier.decisions.listeners.append(self._note)

    def _note(self, decision: Decision) -> None:
        if self.is_ready(decision):
            self._numbered += 1
            self._ready.append((self._numbered, decision.person_id, _ready(decision)))

    @property
    def newest(self) -> int:
        """The number of the newest decision that is held."""
        return self._numbered

    def after(self, number: int) -> list[tuple[str, News]]:
        """Give what is held behind a number, with the person it is about, oldest first."""
        if number >= self._numbered:
            return []
        return [(person_id, news) for each, person_id, news in self._ready if each > number]

    def is_ready(self, decision: Decision) -> bool:
        """Tell whether something was decided without anybody waiting for the answer."""
        if not decision.items:
            return False
        placements = self.unifier.policies.of(decision.bundle).placements
        asked = (placements.get(item.placement) for item in decision.items)
        return any(one is not None and one.direction == "push" for one in asked)

    def listen(self, subject: Subject | None, last: str) -> "Listener":
        """Begin to listen, after the event of the id `last` ("" from now on).

        Of a subject its own decisions are told, and when they no longer hold; without one the
        decisions of everybody.
        """
        return Listener(self, subject, Cursor.read(last))

    def listen_to(self, named: str, last: str) -> "Listener":
        """Begin to listen for whom somebody names ("type:value"); raises InputRefused."""
        return self.listen(read_subject({"subject": {"person": named}}), last)

    def person_of(self, subject: Subject) -> str | None:
        """Give the person of a subject, None while nobody is known by that name."""
        leaf = leaf_of(subject)
        return self.unifier.person_of(leaf) if leaf else None

    @property
    def cursor(self) -> Cursor:
        """Where a listener stands who has been told everything."""
        number = self.unifier.policies.bundle.number
        return Cursor(number, self.clock.now_ms(), self.unifier.position)


class Listener:
    """One who listens; `next` tells what is new since the last call."""

    def __init__(self, feed: DecisionFeed, subject: Subject | None, last: Cursor | None):
        self._feed = feed
        self._subject = subject
        self._seen = feed.newest
        self._person_id, self._profile = self._look()
        now = feed.cursor
        self._missed = [] if last is None else list(self._since(last, now))
        self.cursor = now

    def next(self) -> list[News]:
        """Give what is new, and move on behind it."""
        now, before = self._feed.cursor, self.cursor
        if not self._missed and (now.bundle, now.position) == (before.bundle, before.position):
            return []
        found, self._missed = self._missed, []
        if now.bundle != before.bundle:
            found.append(self._published())
        if self._has_changed():
            found.append(self._invalid())
        found += [news for whose, news in self._feed.after(self._seen) if self._is_told(whose)]
        self._seen = self._feed.newest
        self.cursor = now
        return found

    def _since(self, last: Cursor, now: Cursor) -> Iterator[News]:
        """Tell again what came after a cursor; where nobody knows any more, the safe thing."""
        too_old = last.at < now.at - LONGEST_BACK_MS or last.position > now.position
        if last.bundle != now.bundle or too_old:
            yield self._published()
        if self._subject is not None and (too_old or self._touched_after(last.position)):
            yield self._invalid()
        back = max(last.at - _OVERTAKEN_MS, now.at - LONGEST_BACK_MS)
        yield from self._committed(back)

    def _committed(self, start: int) -> Iterator[News]:
        decisions = self._feed.unifier.decisions
        for count, one in enumerate(decisions.since("dec_" + ulid(max(start, 0), bytes(10)))):
            if count == MOST_CAUGHT_UP:
                return
            if self._feed.is_ready(one) and self._is_told(one.person_id):
                yield _ready(one)

    def _touched_after(self, position: int) -> bool:
        """Tell whether an event of the subject stands in the log behind a position."""
        if self._person_id is None:
            return False
        unifier, end = self._feed.unifier, self._feed.clock.now_ms() + DAY_MS
        start = end - LONGEST_BACK_MS - 2 * DAY_MS
        return any(
            place > position
            for share in unifier.directory.leaves_of(self._person_id)
            for _, place in unifier.places.of_leaf(share.leaf, start, end)
        )

    def _look(self) -> tuple[str | None, PersonProfile | None]:
        if self._subject is None:
            return None, None
        person_id = self._feed.person_of(self._subject)
        return person_id, None if person_id is None else self._feed.views.person(person_id)

    def _has_changed(self) -> bool:
        """Tell whether the subject is another than at the last look.

        A profile stays the same object until something about it changes, so that this costs
        next to nothing for all others.
        """
        person_id, profile = self._look()
        before = self._person_id, self._profile
        self._person_id, self._profile = person_id, profile
        return person_id != before[0] or (profile is not before[1] and profile != before[1])

    def _is_told(self, person_id: str) -> bool:
        if self._subject is None:
            return True
        return self._person_id is not None and person_id == self._person_id

    def _published(self) -> News:
        return News("bundle.published", {"bundle": self._feed.unifier.policy.bundle_id})

    def _invalid(self) -> News:
        return News("decision.invalidate", {"bundle": self._feed.unifier.policy.bundle_id})


def _ready(decision: Decision) -> News:
    placements: list[Json] = [*dict.fromkeys(item.placement for item in decision.items)]
    return News(
        "decision.ready",
        {
            "decision_id": decision.decision_id,
            "placements": placements,
            "status": decision.status,
        },
    )
