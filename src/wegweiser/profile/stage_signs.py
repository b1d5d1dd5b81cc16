"""Evidence as the filter reads it: happenings into signs, formed into sessions."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from wegweiser.profile.stage_rules import class_of
from wegweiser.profile.stage_table import Journey
from wegweiser.terms.instant import MINUTE_MS, SECOND_MS
from wegweiser.terms.journey import Sign
from wegweiser.terms.profile import Happening

PAUSE_MS = 30 * MINUTE_MS
BOUNCE_MS = 5 * SECOND_MS
LONG_MS = 60 * SECOND_MS
BOUNCED, STAYED = 0.5, 1.5
VISIT = "visit"
_VIEWS = frozenset({"Page Viewed", "Screen Viewed"})
_DAY_MINUTES = 1_440

Classify = Callable[[str, str], int]


class Signs:
    """Turns the evidence of one person into signs; classes are found once per name and text."""

    def __init__(self, journey: Journey):
        self._journey = journey
        rules = journey.rules
        self._class_of: Classify = lru_cache(maxsize=4_096)(
            lambda name, detail: class_of(rules, name, detail)
        )

    def of_person(self, evidence: Sequence[Happening], weight: float = 1.0) -> list[Sign]:
        """Give the signs of evidence sorted by time.

        A pause of more than 30 minutes ends a session. Of a session each class counts once, at
        the longest dwell; a session without any class counts as a visit. `weight` from 0 to 1.
        """
        signs: list[Sign] = []
        for session in _sessions(evidence):
            signs += self._of_session(session, weight)
        return signs

    def _of_session(self, session: Sequence[Happening], weight: float) -> list[Sign]:
        facts = self._journey.facts
        found: dict[int, Sign] = {}
        stated: list[Sign] = []
        visited = -1
        for place, seen in enumerate(session):
            minute = seen.at // MINUTE_MS
            if seen.name in facts:
                stated.append(Sign(minute, seen.name, weight=weight, factors=facts[seen.name]))
                continue
            look = self._class_of(seen.name, seen.detail)
            if look < 0:
                visited = minute if visited < 0 and seen.name in _VIEWS else visited
                continue
            dwell = _dwell(session, place)
            old = found.get(look)
            if old is None or dwell > old.dwell:
                at = minute if old is None else old.minute
                name = self._journey.table.classes[look]
                found[look] = Sign(at, name, look, dwell=dwell, weight=weight)
        looks = list(found.values())
        if looks:
            looks[0] = _opening(looks[0])
        elif visited >= 0:
            looks = [Sign(visited, VISIT, opens=True, weight=weight)]
        # Sorting is stable: what opens a session stays first within its minute.
        return sorted([*looks, *stated], key=lambda sign: sign.minute)

    def of_account(self, members: Mapping[str, tuple[Sequence[Happening], float]]) -> list[Sign]:
        """Give the signs of all people of an account, each as (evidence, weight) by name.

        The n-th sign of one person on one day weighs half of the one before, so that five views
        by one person are not five people.
        """
        signs: list[tuple[int, str, int, Sign]] = []
        for name, (evidence, weight) in sorted(members.items()):
            seen_of_day: dict[int, int] = {}
            for place, sign in enumerate(self.of_person(evidence, weight)):
                if not sign.factors:
                    day = sign.minute // _DAY_MINUTES
                    before = seen_of_day[day] = seen_of_day.get(day, -1) + 1
                    sign = _weighing(sign, sign.weight * 0.5**before)
                signs.append((sign.minute, name, place, sign))
        return [sign for _, _, _, sign in sorted(signs, key=lambda one: one[:3])]


def _sessions(evidence: Sequence[Happening]) -> list[list[Happening]]:
    sessions: list[list[Happening]] = []
    for seen in evidence:
        if sessions and seen.at - sessions[-1][-1].at <= PAUSE_MS:
            sessions[-1].append(seen)
        else:
            sessions.append([seen])
    return sessions


def _dwell(session: Sequence[Happening], place: int) -> float:
    """Give the exponent of a view by the time until the next one of its session; else 1."""
    seen = session[place]
    if seen.name not in _VIEWS:
        return 1.0
    for later in session[place + 1 :]:
        if later.name in _VIEWS:
            if later.at - seen.at < BOUNCE_MS:
                return BOUNCED
            return STAYED if later.at - seen.at > LONG_MS else 1.0
    return 1.0


def _opening(sign: Sign) -> Sign:
    return Sign(sign.minute, sign.what, sign.look, True, sign.dwell, sign.weight, sign.factors)


def _weighing(sign: Sign, weight: float) -> Sign:
    return Sign(sign.minute, sign.what, sign.look, sign.opens, sign.dwell, weight, sign.factors)
