"""What the log holds: one record per accepted request body, publish, decision or report."""

import msgspec

from wegweiser.terms.contact_order import ContactOrder
from wegweiser.terms.decision import Decision
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import Identifier
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.policy import Bundle
from wegweiser.terms.source import SourceKind, Trust

# How the name begins that stands where the leaf of an erased person stood: random, and nobody's.
ERASED = "erased:"


class Erased(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is left of an erased event beside its place and time: nothing about the person.

    `index` is its place in `events`, or -1 less the index of a refused element; `mark` is the
    fingerprint of the message, `born` are identifiers of others that the log names here first,
    `outcomes` what it counted for, without names; `failed` events were set aside by the fold.
    """

    index: int
    mark: bytes
    born: tuple[Identifier, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    failed: bool = False


class Collected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="collected"):
    """One request body of a source, checked and repaired, repeats included.

    received = events + refused + suppressed + dropped + rejected (counts of elements).
    An event that was erased is empty, and `erased` says what is left of it.
    `replaces` are places in the quarantine (position, index): what stands here was received
    there, and leaves it. `suppressed_marks` are the fingerprints of messages of which nothing
    was kept: what comes again is a repeat whoever it is about. `dropped_marks` are those of
    messages for which there was no consent: they may come again, and be kept then.
    """

    received_at: int
    source_id: str
    trust: Trust
    kind: SourceKind
    events: tuple[Event, ...] = ()
    refused: tuple[Refused, ...] = ()
    erased: tuple[Erased, ...] = ()
    suppressed: int = 0
    dropped: int = 0
    rejected: int = 0
    replaces: tuple[tuple[int, int], ...] = ()
    suppressed_marks: tuple[bytes, ...] = ()
    dropped_marks: tuple[bytes, ...] = ()


class Published(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="published"):
    """A bundle of messages and policies that decides from here on.

    `by` published it for a `reason`; one that `restores` a number is that bundle again. At
    `erased_at` (ms, 0 never) an erasure took names out of it that somebody had typed.
    """

    at: int
    bundle: Bundle
    by: str = ""
    reason: str = ""
    restores: int = 0
    erased_at: int = 0


class Decided(msgspec.Struct, frozen=True, kw_only=True, tag="decided"):
    """One decision, written before its answer left."""

    decision: Decision


class Reported(msgspec.Struct, frozen=True, kw_only=True, tag="reported"):
    """Outcomes that a channel or a system reported."""

    received_at: int
    source_id: str
    outcomes: tuple[Outcome, ...]


class Arrived(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="arrived"):
    """What a webhook brought, masked, before any mapping read it; header names in lower case."""

    received_at: int
    hook: str
    body: Json = None
    headers: JsonObject = {}
    query: JsonObject = {}


class Judged(msgspec.Struct, frozen=True, kw_only=True, tag="judged"):
    """What an operator said about who is who."""

    judgement: Judgement


class Ruled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="ruled"):
    """Rules of identity that count from here on; `at` in ms, `by` who published them."""

    at: int
    by: str
    rules: IdentityRules
    reason: str = ""


class Ordered(msgspec.Struct, frozen=True, kw_only=True, tag="ordered"):
    """What somebody ordered about contacts: an override, do not contact, legal hold."""

    order: ContactOrder


class TakenBack(msgspec.Struct, frozen=True, kw_only=True, tag="taken_back"):
    """What came out of the quarantine by mistake, and waits there again.

    `ranges` are the first and last positions of the records that had let it in; `at` in ms.
    """

    at: int
    by: str
    ranges: tuple[tuple[int, int], ...]


Record = Collected | Published | Decided | Reported | Arrived | Judged | Ruled | Ordered | TakenBack


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of elements; the conservation law holds for every tally."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    suppressed: int = 0
    dropped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            received=self.received + other.received,
            stored=self.stored + other.stored,
            duplicate=self.duplicate + other.duplicate,
            quarantined=self.quarantined + other.quarantined,
            suppressed=self.suppressed + other.suppressed,
            dropped=self.dropped + other.dropped,
        )

    @property
    def unaccounted(self) -> int:
        """Received less everything accounted for; anything but 0 is a fault.

        >>> Tally(received=3, stored=2, duplicate=1).unaccounted
        0
        """
        told = self.stored + self.duplicate + self.quarantined + self.suppressed + self.dropped
        return self.received - told


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the fold found about one log record that the record itself does not say.

    `repeats` and `failed` are indexes of events that were not stored: duplicates, and events
    that made the fold throw and were set aside. `known` are places of refused elements that were
    set aside before. `outcomes` were read off the stored events. `erased` events were stored and
    are empty now. `suppressed_again` counts suppressed messages that came before.
    """

    position: int
    repeats: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    known: tuple[int, ...] = ()
    erased: tuple[int, ...] = ()
    suppressed_again: int = 0

    @property
    def sent_again(self) -> int:
        """How many messages came before, as their sender is told."""
        return len(self.repeats) + self.suppressed_again

    @property
    def gone(self) -> frozenset[int]:
        """The indexes of the events that are not to be read: repeats, failed and erased ones."""
        return frozenset((*self.repeats, *self.failed, *self.erased))
