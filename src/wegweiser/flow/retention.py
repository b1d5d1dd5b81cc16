"""Retention by rule: how long content is kept, and what of the log is older."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.erasure_subject import Fate
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.mentions import is_about_account
from wegweiser.flow.tables import RETENTIONS
from wegweiser.flow.unread import Unread
from wegweiser.log.expiry import without_content, without_facts
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.event import SHOWN_NAMES, Event, Refused
from wegweiser.terms.identity import Identifier
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Arrived
from wegweiser.terms.source import Trust
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

KIND = "retention"
Of = Literal["events", "quarantine", "webhooks", "decisions"]
DAYS_PER_MONTH = 30.4375
_NOBODY: frozenset[Identifier] = frozenset()


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long content of one kind is kept; `events` are names as people see them, empty: all."""

    of: Of
    months: float = 0
    days: int = 0
    events: tuple[str, ...] = ()

    @property
    def lasts_ms(self) -> int:
        """How long, in ms.

        >>> Retention("events", months=13).lasts_ms // DAY_MS
        395
        """
        return int((self.months * DAYS_PER_MONTH + self.days) * DAY_MS)


class Expired(msgspec.Struct, frozen=True):
    """What was over when it was asked: moments (ms) before which content goes.

    Answers the questions that a scan of the log asks, as an erasable subject does.
    """

    events: tuple[tuple[tuple[str, ...], int], ...] = ()
    quarantine: int = 0
    webhooks: int = 0
    decisions: int = 0

    names: frozenset[Identifier] = _NOBODY
    all_names: frozenset[Identifier] = _NOBODY

    def fate(self, event: Event, trust: Trust) -> Fate:
        """Tell whether an event loses its content."""
        shown = event.event if event.type == "track" else SHOWN_NAMES[event.type]
        over = any(
            event.at < before and (not names or shown in names) for names, before in self.events
        )
        if not over or is_about_account(event):
            return "kept"
        return "kept" if without_content(event) == event else "stripped"

    def stripped(self, event: Event) -> Event:
        """Give an event without its content."""
        return without_content(event)

    def aged(self, decision: Decision) -> Decision:
        """Give a decision without what it was made from, once that is over."""
        return without_facts(decision) if decision.at < self.decisions else decision

    def decided(self, decision: Decision) -> bool:
        """Nobody is erased."""
        return False

    def decided_for_account(self, decision: Decision) -> bool:
        """Nobody is erased."""
        return False

    def reported(self, outcome: Outcome) -> bool:
        """Nobody is erased."""
        return False

    def reported_for_account(self, outcome: Outcome) -> bool:
        """Nobody is erased."""
        return False

    def in_arrived(self, record: Arrived, unread: Unread) -> bool:
        """Tell whether what a webhook brought is over."""
        return record.received_at < self.webhooks and record.body is not None

    def in_refused(self, refused: Refused, unread: Unread, received_at: int) -> bool:
        """Tell whether an element set aside is over."""
        return received_at < self.quarantine


class RetentionBook:
    """The documents of the kind `retention`."""

    def __init__(self, store: OperationalStore):
        self._book = DocumentBook(store, RETENTIONS)

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        for found in documents.of_kind(KIND):
            rule = _read(found)
            if (rule.months > 0) == (rule.days > 0) or min(rule.months, rule.days) < 0:
                raise _refused(found, wrong("months_or_days"))
            if rule.events and rule.of != "events":
                raise _refused(found, wrong("named_events"))

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; it counts from the next night on."""
        return self._book.put(found.fields for found in documents.of_kind(KIND))

    def rules(self) -> list[tuple[str, Retention]]:
        """Give all rules with their keys."""
        return [(str(fields["key"]), _converted(fields)) for fields in self._book.all()]

    def expired(self, now: int) -> Expired:
        """Give what is over at a moment (ms)."""
        rules = [rule for _, rule in self.rules()]
        return Expired(
            events=tuple((one.events, now - one.lasts_ms) for one in rules if one.of == "events"),
            quarantine=_newest(rules, "quarantine", now),
            webhooks=_newest(rules, "webhooks", now),
            decisions=_newest(rules, "decisions", now),
        )


def _newest(rules: Sequence[Retention], of: Of, now: int) -> int:
    """Give the moment before which content of a kind goes: of several rules the strictest."""
    return max((now - rule.lasts_ms for rule in rules if rule.of == of), default=0)


def _converted(fields: JsonObject) -> Retention:
    own = {name: value for name, value in fields.items() if name not in ("kind", "key")}
    return msgspec.convert(own, Retention)


def _read(found: Loose) -> Retention:
    try:
        return _converted(found.fields)
    except msgspec.ValidationError as error:
        raise _refused(found, misread(error)) from None


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault.of(found.name))
