"""What an erasure finds on its way through the log, and what is left of each record."""

from collections import Counter
from collections.abc import Callable

import msgspec

from wegweiser.flow.mentions import GROUP
from wegweiser.flow.unify import FAILED_FROM
from wegweiser.log.erasure import blank_refused
from wegweiser.resolve.edges import Pair
from wegweiser.resolve.statement import Stated
from wegweiser.terms.decision import Decision
from wegweiser.terms.event import Refused
from wegweiser.terms.identity import Identifier, Leaf, identifier
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Collected, Record, Verdict

# The code of events that the fold could not take.
FAILED = "fold_failed"
ReadVerdict = Callable[[int], Verdict]


class Findings(msgspec.Struct):
    """Everything found on the way; positions are those of the log."""

    records: dict[int, Record] = {}
    verdicts: dict[int, Verdict] = {}
    # What the fold had read off events that are gone or stripped now.
    stated: dict[tuple[int, int], Stated] = {}
    leaves: set[Leaf] = set()
    pairs: set[Pair] = set()
    # Where identifiers are named by what is left of events erased earlier.
    remembered: dict[Identifier, set[int]] = {}
    decisions: dict[str, tuple[Decision, Decision]] = {}
    # Decisions about others that only told of the erased.
    retold: set[str] = set()
    outcomes: dict[str, tuple[Outcome, Outcome]] = {}
    # Orders about the erased, which are in force no more.
    orders: set[str] = set()
    # What people had typed about the erased: how many names, by what a receipt calls the place.
    typed: Counter[str] = msgspec.field(default_factory=Counter)
    # Refused elements by their place in the quarantine, as they were.
    set_aside: dict[tuple[int, int], Refused] = {}
    # Those of the asked names that a trusted sender named.
    stated_names: set[Identifier] = set()
    events: int = 0
    stripped: int = 0
    refused: int = 0
    arrived: int = 0

    @property
    def named(self) -> set[Identifier]:
        """Everything that erased or stripped events named, persons and accounts."""
        return {name for stated in self.stated.values() for name in named_by(stated)}

    def blanked_places(self) -> dict[tuple[int, int], tuple[str, Refused]]:
        """Give what is blank in the quarantine now, by place: the code it had, and what is left."""
        found = {
            place: (old.code, blank_refused(old.index, old.mapping))
            for place, old in self.set_aside.items()
        }
        for position, record in self.records.items():
            for one in record.erased if isinstance(record, Collected) else ():
                if one.failed:
                    index = FAILED_FROM + one.index
                    found[position, index] = (FAILED, blank_refused(index))
        return found


def named_by(stated: Stated) -> tuple[Identifier, ...]:
    """Give all identifiers that an event lets be born."""
    groups = (identifier(GROUP, item.group_id) for item in stated.memberships)
    account = (stated.account_leaf,) if stated.account_leaf else ()
    return (*stated.identifiers, *groups, *account)
