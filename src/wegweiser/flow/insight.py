"""What views need of insights: what rules read is worked out with the view, and each day anew."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from wegweiser.flow.withheld import Withheld, withheld
from wegweiser.profile.reading import CellAt
from wegweiser.terms.computed import ComputedValue
from wegweiser.terms.profile import AccountProfile, PersonProfile

P = TypeVar("P", PersonProfile, AccountProfile)
"""A profile of a person or of an account."""


class Insight(Protocol):
    """Works out what rules and doors read beyond what the cells say themselves."""

    def early(self, profile: P, cells: Sequence[CellAt]) -> P:
        """Give the profile with what any rule reads."""

    def worked_out(
        self, profile: P, cells: Sequence[CellAt], names: Iterable[str], until: int
    ) -> P:
        """Give the profile with some of INSIGHTS, as at a moment (ms)."""

    def values_of(self, subject: str) -> list[ComputedValue]:
        """Give the computed traits of "person_id:..." or "group_id:...", by key."""

    def is_new_day(self) -> bool:
        """Tell, once, that what was worked out is of yesterday."""

    def resting_on(self, traits: tuple[str, ...]) -> Withheld:
        """Give what tells of some traits: themselves, intents and the segments of people."""


class NoInsight:
    """Nobody reads anything of it."""

    def early(self, profile: P, cells: Sequence[CellAt]) -> P:
        """Give the profile as it is."""
        return profile

    def worked_out(
        self, profile: P, cells: Sequence[CellAt], names: Iterable[str], until: int
    ) -> P:
        """Give the profile as it is."""
        return profile

    def values_of(self, subject: str) -> list[ComputedValue]:
        """Give none."""
        return []

    def is_new_day(self) -> bool:
        """Nothing was worked out."""
        return False

    def resting_on(self, traits: tuple[str, ...]) -> Withheld:
        """Give the traits alone."""
        return withheld(traits)
