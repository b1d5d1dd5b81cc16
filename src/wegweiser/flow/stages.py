"""Stages of persons and accounts as doors and decisions read them, kept until evidence changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from math import log2

from wegweiser.flow.journeys import JourneyBook
from wegweiser.profile import stage_evidence
from wegweiser.profile.reading import CellAt
from wegweiser.profile.stage import StageBelief, belief_at, read_stage, start_of
from wegweiser.profile.stage_kernel import Kernel, Numbers
from wegweiser.profile.stage_words import document
from wegweiser.terms.instant import DAY_MS, MINUTE_MS
from wegweiser.terms.journey import STAGES, Sign
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import Happening

SEEN_WITHIN_MS = 90 * DAY_MS
MOST_BUSY = 6
MOST_SIGNS = 1_000
# Of larger accounts a new colleague says little; nobody's start leans on them.
MOST_COLLEAGUES = 100

# Evidence and weight of each person of an account, by person id.
People = Mapping[str, tuple[Sequence[Happening], float]]


class Told:
    """All that a reading needs: signs by time, the belief before them, and the arithmetic."""

    def __init__(self, kernel: Kernel, signs: Sequence[Sign], start: Numbers):
        self.kernel = kernel
        self.signs = tuple(signs)
        self.start = start

    @cached_property
    def last(self) -> Numbers:
        """The belief right after the last sign."""
        if not self.signs:
            return self.start
        moment = self.signs[-1].minute * MINUTE_MS
        return belief_at(self.kernel, self.signs, moment, self.start)

    def at(self, as_of: int) -> StageBelief:
        """Give the belief at a moment (ms) with its reasons."""
        return read_stage(self.kernel, self.signs, as_of, self.start)

    def probabilities(self, as_of: int) -> JsonObject:
        """Give the bare probabilities at a moment (ms), by stage, predicted through silence."""
        now = as_of // MINUTE_MS
        if not self.signs:
            belief = self.start
        elif now >= self.signs[-1].minute:
            belief = self.kernel.silence(self.last, now - self.signs[-1].minute)
        else:
            belief = belief_at(self.kernel, self.signs, as_of, self.start)
        return {name: float(part) for name, part in zip(STAGES, belief, strict=True)}


class Stages:
    """Readings by person; an account's are made anew, since its views are kept by the profile."""

    def __init__(self, book: JourneyBook):
        self.book = book
        self._told: dict[str, Told] = {}
        self._leaning: dict[str, set[str]] = {}
        self._version = book.journey.version

    @property
    def leaning(self) -> bool:
        """True while somebody's reading leans on an account."""
        return bool(self._leaning)

    def forget(self, person_id: str) -> None:
        """Drop the reading of a person."""
        self._told.pop(person_id, None)

    def forget_leaning(self, group_id: str) -> set[str]:
        """Drop the readings that lean on an account; gives whose they were."""
        dropped = self._leaning.pop(group_id, set())
        for person_id in dropped:
            self._told.pop(person_id, None)
        return dropped

    def forget_all(self) -> None:
        """Drop all readings."""
        self._told.clear()
        self._leaning.clear()

    def is_current(self, told: Json) -> bool:
        """Tell whether a document was written by the journey that counts now."""
        return isinstance(told, dict) and told.get("table") == self.book.journey.version

    def _renew(self) -> None:
        """Drop all readings once another journey was applied."""
        if self._version != self.book.journey.version:
            self._version = self.book.journey.version
            self.forget_all()

    def person(
        self,
        person_id: str,
        cells: Sequence[CellAt],
        email: str,
        group_id: str,
        people: Callable[[str], People],
    ) -> Told:
        """Give the reading of a person; `people` are asked for only when it is made anew."""
        self._renew()
        held = self._told.get(person_id)
        if held is None:
            signs = self.book.signs.of_person(evidence_of(cells))
            kernel = self.book.kernel()
            account = self._account_start(person_id, signs, group_id, people)
            rival = email.rpartition("@")[2].lower() in self.book.journey.competitors
            held = Told(kernel, signs, start_of(kernel.start, account, rival))
            self._told[person_id] = held
        return held

    def _account_start(
        self,
        person_id: str,
        signs: Sequence[Sign],
        group_id: str,
        people: Callable[[str], People],
    ) -> Numbers | None:
        if not group_id or not signs:
            return None
        self._leaning.setdefault(group_id, set()).add(person_id)
        members = people(group_id)
        others = {name: told for name, told in members.items() if name != person_id}
        if not 0 < len(others) <= MOST_COLLEAGUES:
            return None
        moment = signs[0].minute * MINUTE_MS
        told = self.account(others, moment)
        return belief_at(told.kernel, told.signs, moment, told.start)

    def account(self, people: People, as_of: int) -> Told:
        """Give the reading of an account from the evidence of its people until a moment (ms)."""
        self._renew()
        since = as_of - SEEN_WITHIN_MS
        seen = sum(any(since < one.at <= as_of for one in told) for told, _ in people.values())
        kernel = self.book.kernel(busy_of(seen))
        return Told(kernel, self.signs_of(people), kernel.start)

    def signs_of(self, people: People) -> list[Sign]:
        """Give the newest signs of an account by time."""
        return self.book.signs.of_account(people)[-MOST_SIGNS:]

    def weight_of(self, role: str, confidence: float) -> float:
        """Give how far the evidence of a member counts: weight of the role times confidence.

        The confidence of a membership goes from 0 to 1: a CRM is surer than a website.
        """
        return self.book.journey.roles.get(role, 1.0) * confidence

    def document(self, told: Told, as_of: int) -> JsonObject:
        """Write the belief at a moment (ms) as profiles tell it."""
        return document(told.at(as_of), self.book.journey)


def evidence_of(cells: Iterable[CellAt]) -> list[Happening]:
    """Give the evidence of stages in some cells, by time."""
    parts = (part for held in cells for part in (held.cell.recent, held.cell.earlier))
    return stage_evidence.newest(*parts)


def busy_of(seen: int) -> int:
    """Give how many times as active as one person so many people are taken to be.

    >>> [busy_of(seen) for seen in (0, 1, 3, 100)]
    [1, 1, 3, 6]
    """
    return min(MOST_BUSY, max(1, round(1 + log2(max(seen, 1)))))
