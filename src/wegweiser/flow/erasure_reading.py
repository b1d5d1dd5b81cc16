"""What an erasure reads of the log: everything that is folded, record by record."""

import hashlib
import hmac
from collections.abc import Iterator

import msgspec

from wegweiser.flow.erasure_findings import Findings
from wegweiser.flow.erasure_receipt import Running
from wegweiser.flow.erasure_refold import Refold
from wegweiser.flow.erasure_scan import Scan
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.flow.turns import Turns
from wegweiser.flow.typed_names import TypedNames
from wegweiser.flow.unify import Unifier
from wegweiser.flow.unread import Unread
from wegweiser.log.record import decode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.record import ERASED, Record, Verdict


class LogReading:
    """Goes through the log in turns, so that nothing else waits for it."""

    def __init__(self, log: EventLog, store: OperationalStore, unifier: Unifier, unread: Unread):
        self._log = log
        self._store = store
        self._unifier = unifier
        self._unread = unread

    def records(self, after: int) -> Iterator[tuple[int, Record]]:
        """Yield what is folded already, with its positions."""
        for position, payload in self._payloads(after):
            yield position, decode(payload)

    def record_at(self, position: int) -> Record | None:
        """Give the record of a position, None where there is none."""
        found = next(self._log.read(position - 1), None)
        return None if found is None or found[0] != position else decode(found[1])

    def verdict_at(self, position: int) -> Verdict:
        """Give what the fold said of a record."""
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        return Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)

    async def scan(self, running: Running, typed: TypedNames) -> Findings:
        """Find what is about the erased, and what is left of it."""
        secret = running.secret

        def rename(text: str) -> str:
            return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:24]

        stand_in = f"{ERASED}{rename(running.request_id)}"
        subject = running.expired or running.erasable
        scan = Scan(subject, stand_in, rename, self.verdict_at, self._unread, typed, running.at)
        turns = Turns()
        for position, payload in self._payloads(0):
            scan.see(position, decode(payload), typed.may_hold(payload))
            await turns.pause()
        return scan.found

    async def refold(self, refold: Refold, found: Findings) -> int:
        """Fold what is left up to the present position, which it gives."""
        reached = self._unifier.position
        turns = Turns()
        for position, record in self.records(0):
            refold.see(position, found.records.get(position, record))
            await turns.pause()
        return reached

    def _payloads(self, after: int) -> Iterator[tuple[int, bytes]]:
        upto = self._unifier.position
        for position, payload in self._log.read(after):
            if position > upto:
                return
            yield position, payload
