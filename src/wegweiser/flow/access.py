"""Everything that is kept of one person, in one document: what an erasure would take away."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

import msgspec

from wegweiser.deliver.receipt import Delivery
from wegweiser.flow.callers import Callers
from wegweiser.flow.erasure_subject import Erasable, erasable_persons
from wegweiser.flow.export import decision_row, element_of, outcome_row
from wegweiser.flow.mail_addresses import EMAIL
from wegweiser.flow.retention import Retention
from wegweiser.flow.tables import DELIVERIES, VERDICTS, number_key
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.unread import Unread
from wegweiser.flow.views import Views
from wegweiser.log.record import decode
from wegweiser.ports.clock import Clock
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile import reading
from wegweiser.profile.choices import gpp_string, tcf_string
from wegweiser.profile.gpp import gpp_decoded
from wegweiser.profile.tcf_vendors import tcf_decoded
from wegweiser.profile.trait import Writing
from wegweiser.resolve.judgements import OPERATOR
from wegweiser.terms.decision import Decision
from wegweiser.terms.identity import identifier, kind_of, value_of
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Arrived, Collected, Decided, Judged, Record, Reported, Verdict
from wegweiser.terms.source import Trust

_CONSENT_FIELDS = ("consent", "consentManagement", "gpc")


class Gathered(msgspec.Struct):
    """What the log holds of a person, in log order."""

    events: list[Json] = []
    consent: list[Json] = []
    set_aside: list[Json] = []
    webhooks: list[Json] = []
    statements: list[Json] = []
    decisions: list[Decision] = []
    outcomes: dict[str, Outcome] = {}
    sources: set[str] = set()
    source_of: dict[str, str] = {}


class Disclosure:
    """Tells people what is known of them; of others on a shared device it tells nothing."""

    def __init__(
        self,
        log: EventLog,
        store: OperationalStore,
        unifier: Unifier,
        views: Views,
        callers: Callers,
        clock: Clock,
        explain: Callable[[Decision], JsonObject],
        retention_days: int | None,
        unread: Unread,
        rules: Sequence[tuple[str, Retention]] = (),
    ):
        self._log = log
        self._store = store
        self._unifier = unifier
        self._views = views
        self._callers = callers
        self._clock = clock
        self._explain = explain
        self._retention_days = retention_days
        self._unread = unread
        self._rules = rules

    async def document(self, person_id: str) -> JsonObject:
        """Give the whole document of a person."""
        erasable = erasable_persons(self._unifier.directory, [person_id])
        found = await self._gather(erasable)
        profile: JsonObject = msgspec.to_builtins(self._views.person(person_id))
        decisions: list[Json] = [self._decision(decision) for decision in found.decisions]
        deliveries = [row for one in found.decisions for row in self._deliveries(one)]
        recipients: list[Json] = [*sorted(self._recipients(profile, deliveries))]
        return {
            "generatedAt": format_instant(self._clock.now_ms()),
            "person": profile,
            "identifiers": profile["identifiers"],
            "evidence": self._evidence(person_id, erasable),
            "traits": self._traits(person_id, found),
            "accounts": profile["accounts"],
            "segments": profile["segments"],
            "stage": profile["stage"],
            "consent": {"now": profile["consent"], "history": found.consent},
            "subscriptions": [*self._subscriptions(erasable)],
            "events": found.events,
            "setAside": found.set_aside,
            "webhooks": found.webhooks,
            "identityStatements": found.statements,
            "decisions": decisions,
            "deliveries": [*deliveries],
            "recipients": recipients,
            "outcomes": [outcome_row(outcome) for outcome in found.outcomes.values()],
            "sources": self._sources(found),
            "retention": {
                "eventsDays": self._retention_days,
                "quarantineDays": 30,
                "rules": [_rule(key, rule) for key, rule in self._rules],
            },
        }

    def _recipients(self, profile: JsonObject, deliveries: list[JsonObject]) -> set[str]:
        """Name who got messages about the person, or hears of the segments that it is in."""
        segments = profile["segments"]
        held = set(segments) if isinstance(segments, list | tuple) else set()
        told = {
            endpoint.key
            for endpoint in self._unifier.policies.bundle.endpoints
            if any(event.startswith("audience") for event in endpoint.events)
            and held.intersection(endpoint.segments or held)
        }
        return told | {str(row["endpoint"]) for row in deliveries if row["endpoint"]}

    def _subscriptions(self, erasable: Erasable) -> Iterator[JsonObject]:
        """Tell of which topics the owner of the addresses wants to hear."""
        said = self._views.subscriptions
        addresses = sorted(value_of(name) for name in erasable.names if kind_of(name) == EMAIL)
        for address in addresses:
            for topic, one in sorted(said.of(address).items()) if said else ():
                yield {
                    "address": address,
                    "topic": topic,
                    "status": one.status,
                    "at": format_instant(one.at),
                    "source": one.source,
                    "reason": one.reason,
                }

    async def _gather(self, erasable: Erasable) -> Gathered:
        found, turns = Gathered(), Turns()
        upto = self._unifier.position
        for position, payload in self._log.read(0):
            if position > upto:
                break
            self._see(position, decode(payload), erasable, found)
            await turns.pause()
        await asyncio.sleep(0)
        return found

    def _see(self, position: int, record: Record, erasable: Erasable, found: Gathered) -> None:
        match record:
            case Collected():
                self._collected(position, record, erasable, found)
            case Decided(decision=decision) if erasable.decided(decision):
                found.decisions.append(decision)
            case Reported():
                theirs = {decision.decision_id for decision in found.decisions}
                for outcome in record.outcomes:
                    if erasable.reported(outcome) or outcome.decision_id in theirs:
                        found.outcomes.setdefault(outcome.outcome_id, outcome)
            case Arrived() if erasable.in_arrived(record, self._unread):
                at = format_instant(record.received_at)
                found.webhooks.append({"receivedAt": at, "webhook": record.hook})
            case Judged(judgement=said) if not erasable.names.isdisjoint(said.named):
                # Of others it tells nothing, nor what was written where others are named.
                own = said.without(said.named - erasable.names)
                found.statements.append(
                    {
                        "at": format_instant(said.at),
                        "kind": said.kind,
                        "identifiers": [*sorted(said.named & erasable.names)],
                        "reason": own.reason,
                    }
                )

    def _collected(
        self, position: int, record: Collected, erasable: Erasable, found: Gathered
    ) -> None:
        source = self._name(record.source_id)
        for one in record.refused:
            if erasable.in_refused(one, self._unread):
                found.set_aside.append(
                    {
                        "receivedAt": format_instant(record.received_at),
                        "source": source,
                        "code": one.code,
                        "element": one.element,
                    }
                )
        theirs = [
            index
            for index, event in enumerate(record.events)
            if erasable.fate(event, record.trust) == "gone"
        ]
        if not theirs:
            return
        verdict = self._verdict(position)
        found.sources.add(source)
        for index in theirs:
            event = record.events[index]
            found.source_of.setdefault(event.message_id, source)
            if index not in verdict.gone:
                row = element_of(event) | {
                    "timestamp": format_instant(event.at),
                    "receivedAt": format_instant(record.received_at),
                    "source": source,
                }
                found.events.append(row)
                said = {
                    name: event.context[name] for name in _CONSENT_FIELDS if name in event.context
                }
                if said:
                    at = {"at": format_instant(event.at), "source": source}
                    decoded = _decoded(said)
                    found.consent.append({**at, "messageId": event.message_id, **said, **decoded})
        for outcome in verdict.outcomes:
            if erasable.reported(outcome) or not outcome.leaf:
                found.outcomes.setdefault(outcome.outcome_id, outcome)

    def _verdict(self, position: int) -> Verdict:
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        return Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)

    def _evidence(self, person_id: str, erasable: Erasable) -> list[Json]:
        own = set(erasable.names)
        own |= {
            identifier(known.type, known.value)
            for known in self._unifier.directory.identifiers_of(person_id)
        }
        return [
            {
                "a": edge.a,
                "b": edge.b,
                "source": self._name(edge.source_id),
                "trust": edge.trust.name.lower(),
                "at": format_instant(edge.at),
                "messageId": edge.message_id,
                "refused": edge.reason,
            }
            for edge in self._views.links(person_id)
            if {edge.a, edge.b} <= own
        ]

    def _traits(self, person_id: str, found: Gathered) -> list[Json]:
        trusted, public = reading.registers(self._views.cells_of(person_id))
        written: list[tuple[str, Writing]] = [*trusted.items(), *public.items()]
        return [
            {
                "trait": key,
                "value": writing.value,
                "at": format_instant(writing.at),
                "source": found.source_of.get(writing.message_id, ""),
                "trust": Trust(writing.trust).name.lower(),
                "messageId": writing.message_id,
            }
            for key, writing in sorted(written, key=lambda pair: (pair[0], pair[1].at))
        ]

    def _decision(self, decision: Decision) -> JsonObject:
        return decision_row(decision) | {
            "group": decision.arm,
            "facts": decision.facts,
            "explanation": self._explain(decision),
        }

    def _deliveries(self, decision: Decision) -> Iterator[JsonObject]:
        for _, value in self._store.scan(DELIVERIES, f"msg_{decision.decision_id}_".encode()):
            delivery = msgspec.json.decode(value, type=Delivery)
            yield {
                "at": format_instant(delivery.parcel.at),
                "endpoint": delivery.endpoint,
                "state": delivery.state,
                "message": delivery.parcel.data.get("message"),
                "channel": delivery.parcel.data.get("channel"),
                "content": delivery.parcel.data.get("content"),
            }

    def _sources(self, found: Gathered) -> list[Json]:
        kinds = {source.name: source.kind for source in self._callers.sources()}
        return [{"source": name, "kind": kinds.get(name, "")} for name in sorted(found.sources)]

    def _name(self, source_id: str) -> str:
        names = {source.source_id: source.name for source in self._callers.sources()}
        return "operator" if source_id == OPERATOR else names.get(source_id, source_id)


def _decoded(said: JsonObject) -> JsonObject:
    """Give what strings of consent managers say, which nobody can read as they stand."""
    consent = said.get("consent")
    if not isinstance(consent, dict):
        return {}
    tcf = tcf_decoded(tcf_string(consent.get("tcf")))
    gpp = gpp_decoded(gpp_string(consent.get("gpp")))
    found = {"tcfDecoded": tcf, "gppDecoded": gpp}
    return {name: msgspec.to_builtins(one) for name, one in found.items() if one is not None}


def _rule(key: str, rule: Retention) -> JsonObject:
    days = rule.lasts_ms // DAY_MS
    return {"rule": key, "of": rule.of, "days": days, "events": [*rule.events]}
