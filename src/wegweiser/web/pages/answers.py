"""Answers of measures, kept and brought up to date beside the pages, which never wait long."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.terms.errors import WegweiserError
from wegweiser.terms.result import Answer
from wegweiser.workspace.site import Site

FRESH_MS = 30_000
PATIENCE_S = 1.5
ANSWERS_KEPT = 500
_log = logging.getLogger(__name__)


class Wish(msgspec.Struct, frozen=True, order=True):
    """A measure with its options, sorted by name."""

    measure: str
    options: tuple[tuple[str, str], ...] = ()


def wish(measure: str, options: Mapping[str, str]) -> Wish:
    """Say what is wanted; options without a value are left out."""
    return Wish(measure, tuple(sorted((name, text) for name, text in options.items() if text)))


class Answers:
    """The last answer to each wish; a stale one is shown while the next is computed."""

    def __init__(self, site: Site):
        self._site = site
        self._held: dict[Wish, tuple[Answer, int]] = {}
        self._failed: dict[Wish, int] = {}
        self._running: dict[Wish, asyncio.Task[None]] = {}

    async def get(self, wishes: Sequence[Wish]) -> dict[Wish, Answer]:
        """Give what is known of each wish, after waiting at most 1.5 s for what was never asked."""
        missing = [self._refresh(one) for one in wishes if self._stale(one)]
        unknown = [one for one in wishes if one not in self._held]
        if unknown and missing:
            await asyncio.wait(missing, timeout=PATIENCE_S)
        return {one: self._held[one][0] for one in wishes if one in self._held}

    def computing(self, wishes: Sequence[Wish]) -> bool:
        """True when an answer is under way that was never given before."""
        return any(one in self._running and one not in self._held for one in wishes)

    def _stale(self, one: Wish) -> bool:
        now = self._site.clock.now_ms()
        if now - self._failed.get(one, now - FRESH_MS) < FRESH_MS:
            return False
        if one not in self._held:
            return True
        answer, position = self._held[one]
        return position != self._site.unifier.position and now - answer.as_of >= FRESH_MS

    def _refresh(self, one: Wish) -> asyncio.Task[None]:
        if one not in self._running:
            self._running[one] = asyncio.create_task(self._compute(one))
        return self._running[one]

    async def _compute(self, one: Wish) -> None:
        try:
            position = self._site.unifier.position
            answer = await self._site.measure(one.measure, dict(one.options))
            self._held.pop(one, None)
            self._held[one] = (answer, position)
            self._failed.pop(one, None)
            if len(self._held) > ANSWERS_KEPT:
                self._held.pop(next(iter(self._held)))
        except WegweiserError as error:
            self._failed[one] = self._site.clock.now_ms()
            _log.warning("%s has no answer: %s", one.measure, error)
        except Exception:  # noqa: BLE001 - a measure that fails leaves its last answer standing
            self._failed[one] = self._site.clock.now_ms()
            _log.exception("%s failed", one.measure)
        finally:
            del self._running[one]
