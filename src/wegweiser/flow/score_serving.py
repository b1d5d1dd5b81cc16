"""Scores of live profiles: computed when somebody reads them, from cells, and explained."""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.score_subjects import is_allowed, may_be_scored
from wegweiser.flow.scores import ScoreBook
from wegweiser.learn.score_columns import Raw
from wegweiser.learn.score_reading import ScoreReader
from wegweiser.profile.reading import CellAt, goals_reached
from wegweiser.profile.score_facts import score_facts
from wegweiser.profile.view import account_cells
from wegweiser.resolve.directory import Directory
from wegweiser.terms.instant import day_of
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.score import Contribution, ScoreFeature, ShownScore

Why = Literal["", "no_consent", "not_meant", "too_little_data"]


class Told(msgspec.Struct, frozen=True):
    """One score of one subject with what makes it; `why` says why there is none."""

    why: Why
    score: ShownScore | None = None
    logit: float = 0.0
    intercept: float = 0.0
    contributions: tuple[Contribution, ...] = ()


class NoScores:
    """Nothing was learned."""

    def of(
        self, profile: PersonProfile | AccountProfile, cells: Sequence[CellAt], until: int
    ) -> dict[str, ShownScore]:
        """Give none."""
        return {}


class Scores:
    """Reads the newest models over the cells of persons and accounts."""

    def __init__(
        self,
        book: ScoreBook,
        views: ProfileCache,
        directory: Directory,
        now: Callable[[], int],
    ):
        self._book = book
        self._views = views
        self._directory = directory
        self._now = now

    def of(
        self, profile: PersonProfile | AccountProfile, cells: Sequence[CellAt], until: int
    ) -> dict[str, ShownScore]:
        """Give the scores of a profile by key, as at the end of a UTC day (ms)."""
        found: dict[str, ShownScore] = {}
        held: tuple[Sequence[CellAt], Sequence[CellAt]] | None = None
        for key in sorted(self._book.readers):
            reader = self._book.readers[key]
            if not _is_of(reader, profile):
                continue
            if held is None:
                read = self._cells(profile, cells)
                if read is None:
                    return {}
                held = read
            raw = raw_facts(reader, held, until)
            if raw is not None:
                found[key] = reader.read(raw, until)
        return found

    def explain(
        self, key: str, profile: PersonProfile | AccountProfile, cells: Sequence[CellAt], until: int
    ) -> Told:
        """Give one score with what every feature adds to its logit."""
        reader = self._book.readers.get(key)
        if reader is None:
            return Told("too_little_data")
        if not _is_of(reader, profile):
            return Told("not_meant")
        held = self._cells(profile, cells)
        if held is None:
            return Told("no_consent")
        raw = raw_facts(reader, held, until)
        if raw is None:
            return Told("not_meant")
        return Told(
            "",
            reader.read(raw, until),
            float(reader.logits([raw])[0][0]),
            reader.model.intercept,
            tuple(reader.contributions(raw)),
        )

    def _cells(
        self, profile: PersonProfile | AccountProfile, cells: Sequence[CellAt]
    ) -> tuple[Sequence[CellAt], Sequence[CellAt]] | None:
        """Give what may be read of somebody and an account's own cells, None where nothing may."""
        if isinstance(profile, PersonProfile):
            return (cells, ()) if is_allowed(profile.consent) else None
        names = [one.value for one in profile.identifiers if one.type == "group_id"]
        group_id = next((name for name in names if self._directory.account_id(name)), "")
        return self._allowed(group_id), self._views.own_cells_of(group_id)

    def _allowed(self, group_id: str) -> list[CellAt]:
        """Give the cells of the members of an account who do not refuse profiling."""
        now = self._now()
        shares = [
            share
            for part in self._directory.members_of(group_id)
            if part.counts and may_be_scored(self._views, self._directory, part.person_id, now)
            for share in part.shares
        ]
        together = self._directory.account_book.together(group_id)
        return account_cells(together, self._views.cells_within(shares))


def _is_of(reader: ScoreReader, profile: PersonProfile | AccountProfile) -> bool:
    of = "person" if isinstance(profile, PersonProfile) else "account"
    return reader.model.declared.unit == of


def raw_facts(
    reader: ScoreReader, held: tuple[Sequence[CellAt], Sequence[CellAt]], until: int
) -> list[Raw] | None:
    """Give the raw features, None of whom the question makes no sense."""
    model = reader.model
    if model.declared.predicts == "fit" and _has_reached(model.declared.goal, held, until):
        return None
    asked = _meant(model.declared.predicts, model.window_days)
    *raw, meant = score_facts([*model.features, asked], *held, day_of(until))
    return raw if meant else None


def _has_reached(goal: str, held: tuple[Sequence[CellAt], Sequence[CellAt]], until: int) -> bool:
    """Tell whether an account reached the goal before a moment (ms): then it is no longer asked."""
    at = goals_reached([*held[0], *held[1]]).get(goal)
    return at is not None and at < until


def _meant(predicts: str, window_days: int) -> ScoreFeature:
    """Give the feature that must not be 0: as in training, whom the question is about."""
    if predicts == "next_purchase":
        return ScoreFeature("events", "Order Completed")
    return ScoreFeature("events", window_days=window_days if predicts == "dormancy" else 365)
