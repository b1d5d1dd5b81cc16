"""What leaves the system as rows: events, decisions, outcomes and quarantine, in log order."""

from collections.abc import Iterator

import msgspec

from wegweiser.flow.quarantine import Place, Quarantined, quarantine_id
from wegweiser.flow.tables import QUARANTINE, VERDICTS, number_key
from wegweiser.log.record import decode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.statement import read_event
from wegweiser.terms.decision import Decision
from wegweiser.terms.event import Event
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Collected, Decided, Record, Reported, Verdict

_TEXTS = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "event": "event",
    "name": "name",
    "category": "category",
    "groupId": "group_id",
    "previousId": "previous_id",
}
_OBJECTS = ("properties", "traits", "context", "integrations")
_ALWAYS = {
    "track": ("properties",),
    "page": ("properties",),
    "screen": ("properties",),
    "identify": ("traits",),
    "group": ("traits",),
    "alias": (),
}


class Exporter:
    """Reads everything committed back out of log and store."""

    def __init__(self, log: EventLog, store: OperationalStore, directory: Directory):
        self._log = log
        self._store = store
        self._directory = directory

    def _records(self, upto: int) -> Iterator[tuple[int, Record]]:
        """Yield the records whose verdicts are committed."""
        for position, payload in self._log.read(0):
            if position > upto:
                return
            yield position, decode(payload)

    def events(self, upto: int) -> Iterator[JsonObject]:
        """Yield each stored event up to a committed position once, in log order."""
        for position, record in self._records(upto):
            if isinstance(record, Collected):
                verdict = self._verdict(position)
                gone = verdict.gone
                for index, event in enumerate(record.events):
                    if index not in gone:
                        yield from self._event(event, record, position)

    def _event(self, event: Event, record: Collected, position: int) -> Iterator[JsonObject]:
        stated = read_event(event, record.trust, record.source_id, position)
        if not self._directory.has_leaf(stated.leaf):
            return  # erased while this export was on its way
        person_id = self._directory.person_of(stated.leaf)
        joined = [link.group_id for link in self._directory.accounts_of(person_id)]
        row = element_of(event)
        row |= {
            **({"enriched": event.enriched} if event.enriched else {}),
            "timestamp": format_instant(event.at),
            "receivedAt": format_instant(record.received_at),
            "sourceId": record.source_id,
            "personId": person_id,
            "accountIds": [stated.scope] if stated.scope else [*dict.fromkeys(joined)],
        }
        yield row

    def decisions(self, upto: int) -> Iterator[JsonObject]:
        """Yield each decision up to a committed position once, in log order."""
        for _, record in self._records(upto):
            if isinstance(record, Decided):
                yield decision_row(record.decision)

    def outcomes(self, upto: int) -> Iterator[JsonObject]:
        """Yield each outcome up to a committed position once, in log order."""
        told: set[str] = set()
        for position, record in self._records(upto):
            found: tuple[Outcome, ...] = ()
            if isinstance(record, Reported):
                found = record.outcomes
            elif isinstance(record, Collected):
                found = self._verdict(position).outcomes
            for outcome in found:
                if outcome.outcome_id not in told:
                    told.add(outcome.outcome_id)
                    yield outcome_row(outcome)

    def quarantine(self) -> Iterator[JsonObject]:
        """Yield each element that is set aside, oldest first."""
        for key, value in self._store.scan(QUARANTINE):
            kept = msgspec.json.decode(value, type=Quarantined)
            yield quarantine_row((int.from_bytes(key[:8], "big"), kept.refused.index), kept)

    def _verdict(self, position: int) -> Verdict:
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        return Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)


def element_of(event: Event) -> JsonObject:
    """Write an event as the Segment element it was received as (ids as text, repairs done)."""
    row: JsonObject = {"type": event.type, "messageId": event.message_id}
    for name, attribute in _TEXTS.items():
        if value := getattr(event, attribute):
            row[name] = value
    for name in _OBJECTS:
        value = getattr(event, name)
        if value or name in _ALWAYS[event.type]:
            row[name] = value
    for name, claim in (("originalTimestamp", event.claim), ("sentAt", event.sent_at)):
        if claim is not None:
            row[name] = _written_time(claim)
    return row


def _written_time(claim: Json) -> Json:
    at = parse_instant(claim)
    return claim if at is None else format_instant(at)


def quarantine_row(place: Place, kept: Quarantined) -> JsonObject:
    """Write an element that was set aside with the keys of the export (wire, section 13)."""
    return {
        "quarantineId": quarantine_id(place),
        "receivedAt": format_instant(kept.received_at),
        "sourceId": kept.source_id,
        "code": kept.refused.code,
        "message": kept.refused.message,
        "messageId": kept.refused.message_id,
        "element": kept.refused.element,
    }


def decision_row(decision: Decision) -> JsonObject:
    """Write a decision with the keys of the export (wire, section 13)."""
    subject = decision.subject
    named = {"person": subject.person, "device": subject.device, "account": subject.account}
    items: list[Json] = [msgspec.to_builtins(item) for item in decision.items]
    return {
        "decisionId": decision.decision_id,
        "requestId": decision.request_id,
        "at": format_instant(decision.at),
        "subject": {kind: value for kind, value in named.items() if value},
        "placements": placements_of(decision),
        "status": decision.status,
        "arm": decision.arm,
        "bundle": decision.bundle,
        "model": decision.model,
        "items": items,
    }


def placements_of(decision: Decision) -> list[Json]:
    """Name the placements that were asked for; old records tell only those that were drawn."""
    drawn = (draw.placement for draw in decision.draws)
    return [*(decision.asked or dict.fromkeys(drawn))]


def outcome_row(outcome: Outcome) -> JsonObject:
    """Write an outcome with the keys of the export (wire, section 13)."""
    value: Json = None
    if outcome.amount:
        value = {"amount": outcome.amount, "currency": outcome.currency}
    return {
        "outcomeId": outcome.outcome_id,
        "decisionId": outcome.decision_id or None,
        "placement": outcome.placement or None,
        "slot": outcome.slot,
        "kind": outcome.kind,
        "at": format_instant(outcome.at),
        "value": value,
        "sourceId": outcome.source_id,
    }
