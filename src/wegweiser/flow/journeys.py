"""The declared journey: one document over the built-in tables, kept until another is applied."""

from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import JOURNEYS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile.stage_kernel import Kernel
from wegweiser.profile.stage_signs import Signs
from wegweiser.profile.stage_table import Journey, compile_journey
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong

JOURNEY = "journey"


class JourneyBook:
    """The journey that counts now; a new one reads old evidence anew, from the next reading on."""

    def __init__(self, store: OperationalStore):
        self._documents = DocumentBook(store, JOURNEYS)
        self._read()

    def _read(self) -> None:
        documents = self._documents.all()
        self.declared: JsonObject = documents[0] if documents else {}
        self.journey: Journey = compile_journey(self.declared)
        self.signs = Signs(self.journey)
        self._kernels: dict[int, Kernel] = {}

    def kernel(self, busy: int = 1) -> Kernel:
        """Give the arithmetic for subjects `busy` times as active as one person."""
        found = self._kernels.get(busy)
        if found is None:
            found = self._kernels[busy] = Kernel(self.journey.table, busy)
        return found

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        found = documents.of_kind(JOURNEY)
        held = self.declared.get("key")
        for one in found:
            if one.key != (held or found[0].key):
                fault = wrong("one_journey", key=repr(held or found[0].key))
                raise DocumentRefused(one.file, one.line, fault)
            _compile(one)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; every stage is read by it from now on."""
        found = [one.fields for one in documents.of_kind(JOURNEY)]
        kept = self._documents.put(found)
        if kept.created or kept.changed:
            self._read()
        return kept


def _compile(found: Loose) -> None:
    try:
        compile_journey(found.fields)
    except InputRefused as error:
        raise DocumentRefused(found.file, found.line, error) from None
