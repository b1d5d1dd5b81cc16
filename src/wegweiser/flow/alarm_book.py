"""The declared watches, each checked against what can be watched."""

from wegweiser.decide.document import Documents
from wegweiser.flow.alarm_document import Watch, read_watch
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import WATCHES
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound
from wegweiser.terms.wrong import wrong

KIND = "watch"


class WatchBook:
    """The documents of the kind `watch`."""

    def __init__(self, store: OperationalStore):
        self._book = DocumentBook(store, WATCHES)

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        for found in documents.of_kind(KIND):
            try:
                require_series(read_watch(found.fields))
            except InputRefused as error:
                reason = wrong("at_start", name=found.name, reason=error)
                raise DocumentRefused(found.file, found.line, reason) from None

    def put(self, documents: Documents) -> Put:
        """Keep what was checked."""
        return self._book.put([found.fields for found in documents.of_kind(KIND)])

    def all(self) -> list[Watch]:
        """List all watches by key."""
        return [read_watch(document) for document in self._book.all()]

    def get(self, key: str) -> Watch:
        """Find a watch; raises NotFound."""
        document = self._book.get(key)
        if document is None:
            raise NotFound(wrong("no_watch", key=repr(key)))
        return read_watch(document)

    def remove(self, key: str) -> None:
        """Keep a watch no more; raises NotFound."""
        self.get(key)
        self._book.remove(key)


def require_series(watch: Watch) -> None:
    """Raise InputRefused for a series that cannot be watched."""
    # Loaded only where a watch is declared: the measures bring much along.
    from wegweiser.measure.watch.question import series_of

    if watch.counted:
        series_of(",".join(watch.counted))
