"""What views need of the segments: to hear of changes, and to judge what is read anew."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

from wegweiser.flow.segment_standing import Reason
from wegweiser.profile.reading import CellAt
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile

# Gives the probabilities of the stages at a moment (ms); asked for only where a rule needs them.
ReadStage = Callable[[int], JsonObject]


class Judge(Protocol):
    """Knows the segments, and is told of everybody who may have moved."""

    def changed(self, person_ids: Iterable[str]) -> None:
        """Take note of persons whom the fold touched."""

    def everything_changed(self, reason: Reason) -> None:
        """Take note that anybody may have changed."""

    def of_person(
        self, profile: PersonProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Give the segments of a person whose view was read anew."""

    def of_account(
        self, group_id: str, profile: AccountProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Give the segments of an account whose view was read anew."""

    def of_account_now(self, group_id: str) -> Collection[str]:
        """Give the segments that an account is in, as it was judged last."""


class Unjudged:
    """Nobody is in any segment, because none is declared."""

    def changed(self, person_ids: Iterable[str]) -> None:
        """Take note of nothing."""

    def everything_changed(self, reason: Reason) -> None:
        """Take note of nothing."""

    def of_person(
        self, profile: PersonProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Give no segments."""
        return ()

    def of_account(
        self, group_id: str, profile: AccountProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Give no segments."""
        return ()

    def of_account_now(self, group_id: str) -> Collection[str]:
        """Give no segments."""
        return ()
