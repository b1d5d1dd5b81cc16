"""Protected traits as declared: keys that a browser cannot change once a server has stated them."""

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import PROTECTED_TRAITS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile.trait import PROTECTED
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.reserved_traits import read_as
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

KIND = "protected_traits"
MOST_KEYS = 200


class ProtectedTraits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document of kind protected_traits: keys of people's traits, beside the built-in four."""

    key: str
    traits: tuple[str, ...]


class ProtectedBook:
    """All protected keys of people; every trait of an account is protected anyway."""

    def __init__(self, store: OperationalStore):
        self._documents = DocumentBook(store, PROTECTED_TRAITS)
        self._read()

    def _read(self) -> None:
        declared = (key for one in self._documents.all() for key in _converted(one).traits)
        self.keys = PROTECTED | {read_as(key, "person") for key in declared}

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        for found in documents.of_kind(KIND):
            try:
                traits = _converted(found.fields).traits
            except msgspec.ValidationError as error:
                raise _refused(found, misread(error)) from None
            if not traits or not all(key.strip() for key in traits):
                raise _refused(found, wrong("no_keys"))
            if len(traits) > MOST_KEYS:
                raise _refused(found, wrong("many_keys", most=MOST_KEYS))

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; traits are read by it from now on."""
        kept = self._documents.put(one.fields for one in documents.of_kind(KIND))
        if kept.created or kept.changed:
            self._read()
        return kept


def _converted(fields: JsonObject) -> ProtectedTraits:
    return msgspec.convert(
        {name: value for name, value in fields.items() if name != "kind"}, ProtectedTraits
    )


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault.of(found.name))
