"""How many mails of an endpoint come back: where it is too many, it sends nothing more."""

from collections.abc import Mapping

import msgspec

from wegweiser.flow.tables import SETTINGS
from wegweiser.measure.statistic import wilson
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import day_of

DAYS = 7
FEWEST_MAILS = 50
FEWEST_COMPLAINTS = 3
MOST_BOUNCED = 0.10
MOST_COMPLAINED = 0.003
# So many mails at most are forgotten by a crash.
_KEPT_EVERY = 50
_KEY = b"mail_returns"


class Day(msgspec.Struct):
    """Mails of one day (UTC) that left, those that bounced for good, and complaints."""

    left: int = 0
    bounced: int = 0
    complained: int = 0


class MailReturns:
    """Counts the mails of the last seven days by endpoint, over restarts."""

    def __init__(self, store: OperationalStore):
        self._store = store
        kept = store.get(SETTINGS, [_KEY])[0]
        self._days = (
            {} if kept is None else msgspec.json.decode(kept, type=dict[str, dict[int, Day]])
        )
        self._unkept = 0

    def left(self, endpoint: str, at: int, refused: bool) -> None:
        """Count a mail that left at a moment (ms), or whose address its server `refused`."""
        day = self._day(endpoint, at)
        day.left += 1
        day.bounced += refused
        self._unkept += 1
        if refused or self._unkept >= _KEPT_EVERY:
            self._keep()

    def came_back(self, endpoint: str, at: int, complained: bool) -> None:
        """Count a hard bounce or a complaint that was heard of at a moment (ms)."""
        day = self._day(endpoint, at)
        day.complained += complained
        day.bounced += not complained
        self._keep()

    def too_many(self, endpoint: str) -> str:
        """Say what is too much at an endpoint, "" where nothing surely is.

        Too many is what lies above the bound with its whole 95 % interval, so that a handful of
        mails stops nothing.
        """
        days = self._days.get(endpoint, {}).values()
        mails = sum(one.left for one in days)
        bounced, complained = (sum(getattr(one, name) for one in days) for name in _TOLD)
        if mails < FEWEST_MAILS:
            return ""
        if wilson(min(bounced, mails), mails).low > MOST_BOUNCED:
            return f"{bounced} of the last {mails} mails bounced for good"
        is_sure = wilson(min(complained, mails), mails).low > MOST_COMPLAINED
        if complained >= FEWEST_COMPLAINTS and is_sure:
            return f"{complained} of the last {mails} mails were complained of"
        return ""

    def forget(self, endpoint: str) -> None:
        """Begin to count anew, since somebody has looked."""
        if self._days.pop(endpoint, None) is not None:
            self._keep()

    def _day(self, endpoint: str, at: int) -> Day:
        days = self._days.setdefault(endpoint, {})
        today = day_of(at)
        found = days.setdefault(today, Day())
        newest = max(days)
        for old in [day for day in days if day <= newest - DAYS and day != today]:
            del days[old]
        return found

    def _keep(self) -> None:
        self._unkept = 0
        kept: Mapping[str, Mapping[int, Day]] = self._days
        self._store.commit([Change(SETTINGS, _KEY, msgspec.json.encode(kept))])


_TOLD = ("bounced", "complained")
