"""What configuration says of everything that comes in: masking, legal bases, topics."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from wegweiser.collect.consent import LegalBasis
from wegweiser.collect.enrich.topic import TopicRule
from wegweiser.collect.mask import UNTOUCHED, FieldRule, Masker
from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import FIELD_RULES, LEGAL_BASES, SETTINGS, TAXONOMIES
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.policy import PURPOSES
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

SECRET_BYTES = 32
SECRET_KEY = b"mask_secret"
MOST_PATTERNS = 2_000


class Taxonomy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A declared taxonomy: the topics of pages."""

    topics: tuple[TopicRule, ...]


class Rules(msgspec.Struct, frozen=True):
    """All rules as they stand, compiled."""

    masker: Masker
    bases: tuple[LegalBasis, ...]
    topics: tuple[TopicRule, ...]


_TABLES = {"field_rule": FIELD_RULES, "legal_basis": LEGAL_BASES, "taxonomy": TAXONOMIES}
_Rule = TypeVar("_Rule", bound=msgspec.Struct)


class DoorRules:
    """The documents of the kinds `field_rule`, `legal_basis` and `taxonomy`, and their effect."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._books = {kind: DocumentBook(store, table) for kind, table in _TABLES.items()}
        self.current = self._compiled()

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        for found in documents.of_kind("field_rule"):
            _check_rule(found, _read(found, FieldRule))
        for found in documents.of_kind("legal_basis"):
            _check_basis(found, _read(found, LegalBasis))
        for found in documents.of_kind("taxonomy"):
            _check_taxonomy(found, _read(found, Taxonomy))

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; it counts from the next request on."""
        kept = Put()
        for kind, book in self._books.items():
            kept += book.put(found.fields for found in documents.of_kind(kind))
        if kept.created or kept.changed:
            self.current = self._compiled()
        return kept

    def _compiled(self) -> Rules:
        rules = [_converted(fields, FieldRule) for fields in self._books["field_rule"].all()]
        bases = [_converted(fields, LegalBasis) for fields in self._books["legal_basis"].all()]
        taxonomies = [_converted(fields, Taxonomy) for fields in self._books["taxonomy"].all()]
        secret = self._secret() if any(rule.action == "hash" for rule in rules) else ""
        return Rules(
            masker=Masker(rules, secret),
            bases=tuple(bases),
            topics=tuple(topic for taxonomy in taxonomies for topic in taxonomy.topics),
        )

    def _secret(self) -> str:
        """Give the secret of this workspace for keyed hashes, made when it is first needed."""
        stored = self._store.get(SETTINGS, [SECRET_KEY])[0]
        if stored is None:
            stored = self._clock.random_bytes(SECRET_BYTES).hex().encode()
            self._store.commit([Change(SETTINGS, SECRET_KEY, stored)])
        return stored.decode()


def _converted(fields: JsonObject, wanted: type[_Rule]) -> _Rule:
    own = {name: value for name, value in fields.items() if name not in ("kind", "key")}
    return msgspec.convert(own, wanted)


def _read(found: Loose, wanted: type[_Rule]) -> _Rule:
    try:
        return _converted(found.fields, wanted)
    except msgspec.ValidationError as error:
        raise _refused(found, misread(error)) from None


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault.of(found.name))


def _check_rule(found: Loose, rule: FieldRule) -> None:
    if bool(rule.field) == bool(rule.path):
        raise _refused(found, wrong("field_or_path"))
    if rule.field in UNTOUCHED or rule.path in UNTOUCHED:
        raise _refused(found, wrong("unmaskable", field=rule.field or rule.path))
    if '"' in rule.field + rule.path or "\\" in rule.field + rule.path:
        raise _refused(found, wrong("quoted"))


def _check_basis(found: Loose, basis: LegalBasis) -> None:
    if not basis.events:
        raise _refused(found, wrong("no_events"))
    if basis.purpose not in PURPOSES:
        known = ", ".join(PURPOSES)
        raise _refused(found, wrong("no_purpose", purpose=basis.purpose, known=known))


def _check_taxonomy(found: Loose, taxonomy: Taxonomy) -> None:
    counts: Sequence[int] = [len(topic.patterns) for topic in taxonomy.topics]
    for topic, count in zip(taxonomy.topics, counts, strict=True):
        if not topic.topic.strip():
            raise _refused(found, wrong("no_topic_name"))
        if not count:
            raise _refused(found, wrong("bare_topic", topic=topic.topic))
    if sum(counts) > MOST_PATTERNS:
        raise _refused(found, wrong("many_patterns", most=MOST_PATTERNS))
