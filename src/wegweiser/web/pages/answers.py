"""Answers of measures, kept and brought up to date beside the pages, which never wait long."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.terms.errors import InputRefused, WegweiserError
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

FRESH_MS = 30_000
PATIENCE_S = 1.5
ANSWERS_KEPT = 500
# Answers under way; whatever is wished for beyond that is begun when a page asks again. What a
# page never had an answer to takes the place of what others wait for.
MOST_AT_ONCE = 40
# Of these so many are asked of the worker: one that it answers, and one so that it never rests.
ASKED_AT_ONCE = 2
_log = logging.getLogger(__name__)


class Wish(msgspec.Struct, frozen=True, order=True):
    """A measure with its options, sorted by name."""

    measure: str
    options: tuple[tuple[str, str], ...] = ()


def wish(measure: str, options: Mapping[str, str]) -> Wish:
    """Say what is wanted; options without a value are left out."""
    return Wish(measure, tuple(sorted((name, text) for name, text in options.items() if text)))


class Answers:
    """The last answer to each wish; a stale one is shown while the next is computed.

    What the page that was opened last wishes for goes first, and of that what was never answered.
    """

    def __init__(self, site: Site):
        self._site = site
        self._held: dict[Wish, tuple[Answer, int]] = {}
        self._failed: dict[Wish, int] = {}
        self._refused: dict[Wish, InputRefused] = {}
        self._running: dict[Wish, asyncio.Task[None]] = {}
        self._asked = 0
        # Those whose turn has not come, the next one at the end.
        self._waiting: dict[Wish, asyncio.Event] = {}
        self._listing: asyncio.Task[Json] | None = None
        self._erasures = 0
        self._heard: object = None
        self._listen()

    async def get(
        self, wishes: Sequence[Wish], patience_s: float = PATIENCE_S
    ) -> dict[Wish, Answer]:
        """Give what is known of each wish; waits so long at most for what was never asked."""
        self._listen()
        unknown = [one for one in wishes if one not in self._held]
        stale = [one for one in wishes if one in self._held]
        for _ in range(self._lacking(unknown)):
            self._give_up_last(wishes)
        begun = [self._refresh(one) for one in (*unknown, *stale) if self._stale(one)]
        missing = [one for one in begun if one is not None]
        self._prefer([*unknown, *stale])
        if unknown and missing:
            await asyncio.wait(missing, timeout=patience_s)
        return {one: self._held[one][0] for one in wishes if one in self._held}

    def _lacking(self, unknown: Sequence[Wish]) -> int:
        """Count how many wishes find no room beside those under way."""
        new = {one for one in unknown if one not in self._running and self._stale(one)}
        return max(0, min(len(new), MOST_AT_ONCE) + len(self._running) - MOST_AT_ONCE)

    def _give_up_last(self, wishes: Sequence[Wish]) -> None:
        """Make room by what would have the last turn of what other pages wish for.

        They ask again while they are open.
        """
        last = next((one for one in self._waiting if one not in wishes), None)
        if last is not None:
            del self._waiting[last]
            self._running.pop(last).cancel()

    def _prefer(self, wishes: Sequence[Wish]) -> None:
        """Let wishes that wait have the next turns, in their order."""
        for one in reversed(wishes):
            turn = self._waiting.pop(one, None)
            if turn is not None:
                self._waiting[one] = turn

    def computing(self, wishes: Sequence[Wish]) -> bool:
        """True when an answer is under way, or is due when a page asks again, and none is there.

        So it is with what found no room or made it, and with what an erasure took away.
        """
        return any(
            one not in self._held and (one in self._running or self._stale(one)) for one in wishes
        )

    def known(self, one: Wish) -> Answer | None:
        """Give the last answer without asking; None where there is none."""
        return self._held[one][0] if one in self._held else None

    def failed(self, one: Wish) -> bool:
        """True when the last try to answer failed, so that an older answer stands."""
        return one in self._failed

    def refused(self, one: Wish) -> InputRefused | None:
        """Give why a wish cannot be answered at all; None where it can."""
        return self._refused.get(one)

    async def listing(self) -> Json:
        """List all measures, asked for once; null while the list is not there."""
        if self._listing is None or (self._listing.done() and _in_vain(self._listing)):
            self._listing = asyncio.create_task(operations.run(self._site, "measure_list", {}))
        done, _ = await asyncio.wait([self._listing], timeout=PATIENCE_S)
        return self._listing.result() if done and not _in_vain(self._listing) else None

    def _listen(self) -> None:
        """Hear of erasures: rows of an answer from before may name whom it was about.

        A rebuild makes other views, and ends what was heard of the old ones.
        """
        if self._heard is not self._site.views:
            self._heard = self._site.views
            self._site.views.forgotten.append(self._forget)

    def _forget(self) -> None:
        self._erasures += 1
        self._held.clear()

    def _stale(self, one: Wish) -> bool:
        now = self._site.clock.now_ms()
        if now - self._failed.get(one, now - FRESH_MS) < FRESH_MS:
            return False
        if one not in self._held:
            return True
        answer, position = self._held[one]
        return position != self._site.unifier.position and now - answer.as_of >= FRESH_MS

    def _refresh(self, one: Wish) -> asyncio.Task[None] | None:
        if one not in self._running and len(self._running) >= MOST_AT_ONCE:
            return None
        if one not in self._running:
            turn = self._waiting[one] = asyncio.Event()
            self._running[one] = asyncio.create_task(self._in_turn(one, turn))
        return self._running[one]

    async def _in_turn(self, one: Wish, turn: asyncio.Event) -> None:
        self._call_next()
        try:
            await turn.wait()
            await self._compute(one)
        finally:
            # What was given up for another page is in no list any more.
            if self._running.get(one) is asyncio.current_task():
                # Whoever has a turn no longer waits.
                self._asked -= self._waiting.pop(one, None) is None
                del self._running[one]
                self._call_next()

    def _call_next(self) -> None:
        while self._waiting and self._asked < ASKED_AT_ONCE:
            self._asked += 1
            self._waiting.popitem()[1].set()

    async def _compute(self, one: Wish) -> None:
        try:
            position, erasures = self._site.unifier.position, self._erasures
            answer = await self._site.measure(one.measure, dict(one.options))
            self._held.pop(one, None)
            if erasures == self._erasures:
                self._held[one] = (answer, position)
            self._failed.pop(one, None)
            self._refused.pop(one, None)
            if len(self._held) > ANSWERS_KEPT:
                self._held.pop(next(iter(self._held)))
        except WegweiserError as error:
            self._fail(one, error)
            _log.warning("%s has no answer: %s", one.measure, error)
        except Exception:  # noqa: BLE001 - a measure that fails leaves its last answer standing
            self._fail(one, None)
            _log.exception("%s failed", one.measure)

    def _fail(self, one: Wish, error: WegweiserError | None) -> None:
        self._failed.pop(one, None)
        self._failed[one] = self._site.clock.now_ms()
        self._refused.pop(one, None)
        if isinstance(error, InputRefused):
            self._refused[one] = error
        if len(self._failed) > ANSWERS_KEPT:
            oldest = next(iter(self._failed))
            del self._failed[oldest]
            self._refused.pop(oldest, None)


def _in_vain(listing: "asyncio.Task[Json]") -> bool:
    return listing.cancelled() or listing.exception() is not None
