"""From when on a question is asked again: the answer says what the record says."""

import msgspec

from tests.decide.world import HOUR, NOW, ask, message, person, policy
from wegweiser.decide.answer import answer
from wegweiser.decide.deferral import without_room
from wegweiser.decide.explain import explain
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.instant import format_instant
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact

MINUTE = 60_000
RULES = policy(
    message("a", channel="email", topic="x"),
    message("b", channel="email", topic="y"),
    caps=(Cap("of-x", 1, 24, topics=("x",)),),
)
# One of the two messages waits for its cap; the other one could go.
FACTS = person(contacts=[Contact(NOW - HOUR, "1", "email", "x", topic="x")])


def told(decision: Decision) -> tuple[object, object]:
    explained = explain(RULES, decision, FACTS, Snapshot())
    return answer(decision, RULES, public=False)["not_before"], explained["not_before"]


def test_who_lost_the_room_is_told_when_it_is_asked_again() -> None:
    decided = ask(RULES, FACTS, placements=(Ask("newsletter"),))
    assert [item.message for item in decided.items] == ["b"]
    waiting = without_room(decided, "deferred", NOW + MINUTE)
    assert told(waiting) == (format_instant(NOW + MINUTE),) * 2
    expired = without_room(decided, "expired", 0)
    assert answer(expired, RULES, public=False)["not_before"] is None


def test_a_record_that_does_not_say_it_is_read_by_its_reasons() -> None:
    full = person(contacts=[Contact(NOW - HOUR, "1", "email", "x", topic=t) for t in "xy"])
    rules = policy(message("a", channel="email"), caps=(Cap("daily", 1, 24),))
    deferred = ask(rules, full, placements=(Ask("newsletter"),))
    old = msgspec.structs.replace(deferred, not_before=0)
    wanted = format_instant(NOW + 23 * HOUR)
    assert answer(deferred, rules, public=False)["not_before"] == wanted
    assert answer(old, rules, public=False)["not_before"] == wanted
