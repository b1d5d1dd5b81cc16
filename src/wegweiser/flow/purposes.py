"""The purposes that a workspace declares, and their effect on what is read of people."""

from typing import Protocol

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.decide.kind import suggest
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import PURPOSES
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile.purpose import Purpose, Purposes
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.policy import PURPOSES as WELL_KNOWN
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

KIND = "purpose"


class Governed(Protocol):
    """What reads consent under the declared purposes."""

    purposes: Purposes

    def forget_all(self) -> None:
        """Read everything anew."""


class PurposeBook:
    """The documents of the kind `purpose`."""

    def __init__(self, store: OperationalStore):
        self._book = DocumentBook(store, PURPOSES)
        self._governed: Governed | None = None
        self.current = self._compiled()

    def govern(self, governed: Governed) -> None:
        """Let views read under these purposes, from now on and after every change."""
        self._governed = governed
        governed.purposes = self.current

    def key_of(self, name: str) -> str:
        """Give the purpose that a name stands for; raises InputRefused where it is none."""
        if name in self.current.by_key or name in WELL_KNOWN:
            return name
        key = self.current.key_of(name)
        if key == name:
            known = sorted({*WELL_KNOWN, *self.current.by_key})
            told = wrong("no_purpose_called", name=repr(name[:100]), hint=suggest(name, known))
            raise InputRefused("bad_input", told, 422, "purpose")
        return key

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        known = {one.key: one for one in self.current.declared}
        for found in documents.of_kind(KIND):
            purpose = _read(found)
            if purpose.valid_days < 0:
                raise _refused(found, wrong("valid_days"))
            known[purpose.key] = purpose
            taken = {alias for one in known.values() if one is not purpose for alias in one.aliases}
            doubled = sorted(taken.intersection((purpose.key, *purpose.aliases)))
            if doubled:
                raise _refused(found, wrong("alias_taken", name=doubled[0]))

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; it counts at once."""
        kept = self._book.put(found.fields for found in documents.of_kind(KIND))
        if kept.created or kept.changed:
            self.current = self._compiled()
            if self._governed is not None:
                self._governed.purposes = self.current
                self._governed.forget_all()
        return kept

    def _compiled(self) -> Purposes:
        return Purposes(
            tuple(
                msgspec.convert(_own(Loose(KIND, "", fields, "", 0)), Purpose)
                for fields in self._book.all()
            )
        )


def _own(found: Loose) -> dict[str, object]:
    return {name: value for name, value in found.fields.items() if name != "kind"}


def _read(found: Loose) -> Purpose:
    try:
        return msgspec.convert(_own(found), Purpose)
    except msgspec.ValidationError as error:
        raise _refused(found, misread(error)) from None


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault.of(found.name))
