"""What came of the decisions about a person, as lines of the timeline: exposures and outcomes."""

from collections.abc import Iterable, Iterator

from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.profile_detail import Entry

MOST_DECISIONS = 1_000
# Longer than any window in which something may come of a decision.
OUTCOME_MS = 400 * DAY_MS
Span = tuple[int, int]


class TimelineOutcomes:
    """Reads outcomes by the decisions of a person and by the leaves that were theirs."""

    def __init__(self, unifier: Unifier, views: Views):
        self._unifier = unifier
        self._views = views

    def exposures(self, person_id: str, span: Span) -> Iterator[Entry]:
        """Yield when messages were seen."""
        return self._entries(person_id, span, "exposure")

    def outcomes(self, person_id: str, span: Span) -> Iterator[Entry]:
        """Yield everything else that came of messages, and goals that were reached."""
        return self._entries(person_id, span, "outcome")

    def _entries(self, person_id: str, span: Span, kind: str) -> Iterator[Entry]:
        channels = {
            one.decision_id: one.channel
            for one in self._views.decisions(person_id, MOST_DECISIONS)
            if span[0] - OUTCOME_MS <= one.at < span[1]
        }
        for one in self._outcomes(person_id, channels):
            if (one.kind == "seen") == (kind == "exposure"):
                told = _told(one, channels.get(one.decision_id, ""))
                yield Entry(one.at, kind, one.outcome_id, told)

    def _outcomes(self, person_id: str, decisions: Iterable[str]) -> Iterable[Outcome]:
        """Give what came of decisions, and goals that a leaf reached while it was theirs."""
        book = self._unifier.outcomes
        found = {one.outcome_id: one for name in decisions for one in book.of_decision(name)}
        for share in self._unifier.directory.leaves_of(person_id):
            found |= {
                one.outcome_id: one
                for one in book.of_leaf(share.leaf)
                if share.covers(one.at // DAY_MS)
            }
        return found.values()


def _told(one: Outcome, channel: str) -> JsonObject:
    return {
        "outcome": one.kind,
        "decision_id": one.decision_id,
        "placement": one.placement,
        "channel": channel,
        "goal": one.goal,
        "amount": one.amount,
        "currency": one.currency,
    }
