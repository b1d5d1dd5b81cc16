"""Declared intent signals: documents of kind intent_signal over the built-in table."""

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import INTENT_SIGNALS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile.intent import Intents
from wegweiser.profile.intent_default import DEFAULT_SIGNALS
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.intent import IntentSignal
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

KIND = "intent_signal"
MOST_SIGNALS = 50
MOST_TERMS = 200


class IntentBook:
    """The signals that count now; one declared under a built-in key takes its place."""

    def __init__(self, store: OperationalStore):
        self._documents = DocumentBook(store, INTENT_SIGNALS)
        self._read()

    def _read(self) -> None:
        declared = {one.key: one for one in map(read_signal, self._documents.all())}
        together = {**{one.key: one for one in DEFAULT_SIGNALS}, **declared}
        self.declared = frozenset(declared)
        self.intents = Intents([one for one in together.values() if not one.off])

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        keys = {*self.declared, *(one.key for one in DEFAULT_SIGNALS)}
        for found in documents.of_kind(KIND):
            _check(found)
            keys.add(found.key)
            if len(keys) > MOST_SIGNALS:
                raise _refused(found, wrong("many_signals", most=MOST_SIGNALS))

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; old evidence is read by it from now on."""
        kept = self._documents.put(one.fields for one in documents.of_kind(KIND))
        if kept.created or kept.changed:
            self._read()
        return kept


def read_signal(fields: JsonObject) -> IntentSignal:
    """Read a document; raises msgspec.ValidationError."""
    return msgspec.convert(
        {name: value for name, value in fields.items() if name != "kind"}, IntentSignal
    )


def _check(found: Loose) -> None:
    try:
        signal = read_signal(found.fields)
    except msgspec.ValidationError as error:
        raise _refused(found, misread(error)) from None
    if not signal.terms and not signal.off:
        raise _refused(found, wrong("no_terms"))
    if len(signal.terms) > MOST_TERMS:
        raise _refused(found, wrong("many_terms", most=MOST_TERMS))
    for term in (*signal.pages, *signal.searches):
        if term != term.lower() or not term.replace("-", "").isalnum():
            raise _refused(found, wrong("no_term", term=repr(term)))
    if not 0 < signal.weight <= 100:
        raise _refused(found, wrong("weight"))


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault.of(found.name))
