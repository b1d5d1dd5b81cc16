"""Sends reports when they are due: noted on disk first, to each address at most once a time."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from itertools import groupby

import msgspec

from wegweiser.deliver.receipt import Delivery, attempting, interrupted, start, step
from wegweiser.deliver.report_document import Report
from wegweiser.deliver.report_due import last_due
from wegweiser.deliver.report_part import Composed
from wegweiser.flow.report_book import ReportBook
from wegweiser.flow.tables import REPORT_SENDS
from wegweiser.ports.channel import Channel, OnceChannel, Parcel, Receipt
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, WegweiserError
from wegweiser.terms.instant import DAY_MS

TYPE = "report.send"
KEPT_MS = 400 * DAY_MS
NOTHING = "there was nothing to say"
_SPLIT = "\0"
_log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Delivery).decode

# A report for the days before a moment (ms); with True only as much as counts of ten people tell.
Compose = Callable[[Report, int, bool], Awaitable[Composed]]
Open = Callable[[Report, Composed], Channel]


class ReportDesk:
    """`run` sends what is due; what became of it stays readable, report by report."""

    def __init__(
        self,
        book: ReportBook,
        store: OperationalStore,
        clock: Clock,
        compose: Compose,
        open_channel: Open,
        sees_all: Callable[[str], bool],
    ):
        self.book = book
        self._store = store
        self._clock = clock
        self._compose = compose
        self._open = open_channel
        self._sees_all = sees_all
        self._working = asyncio.Lock()
        self._pending: dict[bytes, Delivery] = {}
        for key, value in store.scan(REPORT_SENDS):
            delivery = _decode(value)
            if not delivery.over:
                # What a crash cut off may have arrived: it is never sent again.
                self._keep(key, interrupted(delivery, False, clock.now_ms()))

    async def run(self) -> None:
        """Note what is due, then try what is waiting."""
        async with self._working:
            now = self._clock.now_ms()
            for report in self.book.all():
                due = last_due(report.schedule, now)
                if due > self.book.began(report.key) and not self._known(report.key, due):
                    self._note(report, due)
            await self._try_waiting()

    async def send_now(self, key: str) -> list[Delivery]:
        """Send a report at once, beside its schedule; gives what became of it, by address."""
        report = self.book.get(key)
        async with self._working:
            due = self._clock.now_ms()
            while self._known(key, due):
                due += 1
            self._note(report, due)
            await self._try_waiting()
        return [one for one in self.sends(key) if one.parcel.at == due]

    def sends(self, key: str) -> list[Delivery]:
        """List what became of a report, oldest first."""
        prefix = f"{key}{_SPLIT}".encode()
        return [_decode(value) for _, value in self._store.scan(REPORT_SENDS, prefix)]

    def _known(self, key: str, due: int) -> bool:
        return next(self._store.scan(REPORT_SENDS, _key(key, due, "")), None) is not None

    def _note(self, report: Report, due: int) -> None:
        """Write down all hand-overs of a due time in one commit, and forget very old ones."""
        now = self._clock.now_ms()
        made = {_key(report.key, due, to): _begun(report, due, to, now) for to in report.to}
        prefix = f"{report.key}{_SPLIT}".encode()
        old = [
            Change(REPORT_SENDS, key, None)
            for key, value in self._store.scan(REPORT_SENDS, prefix)
            if _decode(value).parcel.at < due - KEPT_MS
        ]
        fresh = [Change(REPORT_SENDS, key, msgspec.json.encode(one)) for key, one in made.items()]
        self._store.commit([*fresh, *old])
        self._pending |= made

    async def _try_waiting(self) -> None:
        now = self._clock.now_ms()
        waiting = [
            (key, one)
            for key, one in sorted(self._pending.items())
            if one.next_at is not None and one.next_at <= now
        ]
        waiting.sort(key=lambda one: self._alike(one[1]))
        for (name, due, only_counts), group in groupby(
            waiting, key=lambda one: self._alike(one[1])
        ):
            await self._send(name, due, only_counts, dict(group))

    def _alike(self, one: Delivery) -> tuple[str, int, bool]:
        """Give what hand-overs have in common that get the same mail."""
        data = one.parcel.data
        return str(data["report"]), one.parcel.at, not self._sees_all(str(data["to"]))

    async def _send(
        self, name: str, due: int, only_counts: bool, group: dict[bytes, Delivery]
    ) -> None:
        """Compose a report once and hand it over to each address."""
        try:
            report = self.book.get(name)
            composed = await self._compose(report, due, only_counts)
            if composed.empty and report.when_empty == "skip":
                self._end(group, "withdrawn", NOTHING)
                return
            channel = self._open(report, composed)
        except InputRefused as error:
            self._end(group, "blocked", error.message)
            return
        except (WegweiserError, OSError, RuntimeError) as error:
            _log.exception("report %s could not be made", name)
            for key, one in group.items():
                receipt = Receipt(one.parcel.parcel_id, "failed", 0, f"not made: {error}")
                self._keep(key, self._stepped(one, receipt))
            return
        for key, one in group.items():
            receipt = await self._handed_over(key, one, channel)
            self._keep(key, self._stepped(one, receipt))

    async def _handed_over(self, key: bytes, one: Delivery, channel: Channel) -> Receipt:
        def attempt() -> None:
            self._keep(key, attempting(one, self._clock.now_ms()))

        if isinstance(channel, OnceChannel):
            return await channel.hand_over_once(one.parcel, attempt)
        attempt()
        return await channel.hand_over(one.parcel)

    def _stepped(self, one: Delivery, receipt: Receipt) -> Delivery:
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        return step(one, receipt, self._clock.now_ms(), jitter)

    def _end(self, group: dict[bytes, Delivery], state: str, detail: str) -> None:
        for key, one in group.items():
            ended = {"state": state, "detail": detail, "next_at": None}
            now = self._clock.now_ms()
            self._keep(key, msgspec.structs.replace(one, tried_at=now, **ended))

    def _keep(self, key: bytes, after: Delivery) -> None:
        self._store.commit([Change(REPORT_SENDS, key, msgspec.json.encode(after))])
        if not after.over:
            self._pending[key] = after
            return
        self._pending.pop(key, None)
        if after.state not in ("delivered", "withdrawn"):
            _log.error("report %s was not sent: %s", after.parcel.data["report"], after.detail)


def _key(report: str, due: int, to: str) -> bytes:
    return f"{report}{_SPLIT}{due:016x}{_SPLIT}{to}".encode()


def _begun(report: Report, due: int, to: str, now: int) -> Delivery:
    named = hashlib.sha256(_key(report.key, due, to)).hexdigest()[:32]
    parcel = Parcel(f"rep_{named}", TYPE, due, {"report": report.key, "to": to})
    return start(parcel, report.endpoint, now)
