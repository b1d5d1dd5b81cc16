"""The declared reports, each checked against the measures that it names, with when it began."""

import msgspec

from wegweiser.decide.document import Documents
from wegweiser.deliver.report_document import Report, read_report
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import REPORT_STARTS, REPORTS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.query.period import Period
from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound
from wegweiser.terms.wrong import wrong

KIND = "report"
_OF_ALL = ("from", "to", "zone", "compare")


class ReportBook:
    """The documents of the kind `report`."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._book = DocumentBook(store, REPORTS)

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        for found in documents.of_kind(KIND):
            try:
                require_measures(read_report(found.fields))
            except InputRefused as error:
                reason = wrong("at_start", name=found.name, reason=error)
                raise DocumentRefused(found.file, found.line, reason) from None

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; a report that is new or changed is due from now on only."""
        fields = [found.fields for found in documents.of_kind(KIND)]
        fresh = [one for one in fields if self._book.get(str(one["key"])) != one]
        kept = self._book.put(fields)
        now = msgspec.json.encode(self._clock.now_ms())
        changes = [Change(REPORT_STARTS, str(one["key"]).encode(), now) for one in fresh]
        if changes:
            self._store.commit(changes)
        return kept

    def all(self) -> list[Report]:
        """List all reports by key."""
        return [read_report(document) for document in self._book.all()]

    def get(self, key: str) -> Report:
        """Find a report; raises NotFound."""
        document = self._book.get(key)
        if document is None:
            raise NotFound(wrong("no_report", key=repr(key)))
        return read_report(document)

    def remove(self, key: str) -> None:
        """Keep a report no more; raises NotFound."""
        self.get(key)
        self._book.remove(key)

    def began(self, key: str) -> int:
        """Give the moment (ms) before which a report was not due."""
        stored = self._store.get(REPORT_STARTS, [key.encode()])[0]
        return 0 if stored is None else msgspec.json.decode(stored, type=int)


def require_measures(report: Report) -> None:
    """Raise InputRefused for a measure that does not exist, or an option that it does not take."""
    # Loaded only where a report is declared: the measures bring much along.
    from wegweiser.measure.described import read_compared
    from wegweiser.measure.registry import find

    for shown in report.measures:
        options = {name: str(value) for name, value in shown.options.items()}
        read_compared(options.get("compare", ""))
        own = {name: text for name, text in options.items() if name not in _OF_ALL}
        find(shown.name).ask(own, Period(0, 1), 1)
