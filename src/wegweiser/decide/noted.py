"""What a decision writes down for the learner, so that it learns exactly what was scored."""

from collections.abc import Iterable
from heapq import nsmallest

from wegweiser.decide.candidate import Candidate
from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.features import all_features, alone_features, names_of
from wegweiser.decide.response import guard_of, head_of_goal, increment_of
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import ENGAGE

# The learner hears of so many topics of each person.
MOST_LEANINGS = 20
_USUAL_SECONDS = Placement("", "web").engage_seconds


def noted(winner: Candidate, placement: Placement, seen: Circumstance) -> JsonObject:
    """Write the features of a chosen candidate; `names` and `numbers` only where there are any."""
    found: JsonObject = {
        "message": winner.message.key,
        "channel": placement.channel,
        "direction": placement.direction,
        "goal": winner.message.goal,
        "weights": dict(sorted(all_features(winner, placement.key, seen).items())),
    }
    if names := names_of(winner, seen):
        found["names"] = dict(names)
    if seen.numbers:
        found["numbers"] = dict(seen.numbers)
    if placement.engage != "response":
        found["engage"] = placement.engage
    if placement.engage_seconds != _USUAL_SECONDS:
        found["engage_seconds"] = placement.engage_seconds
    return found


def noted_leanings(seen: Circumstance, topics: Iterable[str]) -> JsonObject:
    """Write the role and how far somebody leans to topics, the strongest ones; rather nothing.

    >>> noted_leanings(Circumstance(interests={"sso": 0.75, "golf": 0.5}, role="cto"), {"sso"})
    {'role': 'cto', 'leanings': {'sso': 0.75}}
    """
    if not seen.role:
        return {}
    told = [(-seen.leanings[topic], topic) for topic in topics if topic in seen.leanings]
    strongest = ((topic, round(-less, 3)) for less, topic in nsmallest(MOST_LEANINGS, told))
    return {"role": seen.role, "leanings": {topic: part for topic, part in strongest if part}}


def noted_alone(seen: Circumstance) -> JsonObject:
    """Write the features of a request whoever is held out gets nothing for."""
    return {"weights": dict(sorted(alone_features(seen).items()))}


def increment_word(winner: Candidate, snapshot: Snapshot) -> str:
    """Tell whether the increment of a message's goal is assumed or measured; "" without a goal."""
    goal = winner.message.goal
    return increment_of(snapshot, goal)[1] if goal else ""


def guards_on(winner: Candidate, snapshot: Snapshot) -> list[str]:
    """Name the guards that rest on a candidate, as "head|part".

    >>> from wegweiser.terms.message import Message, Variant
    >>> from wegweiser.terms.model import Guard
    >>> tripped = Snapshot(guards=(Guard("engage", "channel:web", 20_000, -3.0),))
    >>> guards_on(Candidate(Message("m", ()), Variant("v", "web"), ""), tripped)
    ['engage|channel:web']
    """
    goal = winner.message.goal
    heads = [ENGAGE, head_of_goal(goal)] if goal else [ENGAGE]
    found = [guard_of(snapshot, head, winner) for head in heads]
    return [f"{guard.head}|{guard.part}" for guard in found if guard is not None]
