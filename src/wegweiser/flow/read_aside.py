"""Views aside read people as the live views do, and leave what changed to them."""

from collections.abc import Iterable, Sequence

from wegweiser.flow.insight import Insight, NoInsight, P
from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.withheld import Withheld
from wegweiser.profile.reading import CellAt


class ByRules(NoInsight):
    """What declared rules read is worked out as it is for the live views."""

    def __init__(self, live: Insight):
        self._live = live

    def early(self, profile: P, cells: Sequence[CellAt]) -> P:
        """Give the profile with what any rule reads."""
        return self._live.early(profile, cells)

    def worked_out(
        self, profile: P, cells: Sequence[CellAt], names: Iterable[str], until: int
    ) -> P:
        """Give the profile with some of INSIGHTS, as at a moment (ms)."""
        return self._live.worked_out(profile, cells, names, until)

    def resting_on(self, traits: tuple[str, ...]) -> Withheld:
        """Give what tells of some traits."""
        return self._live.resting_on(traits)


class ByOneRule(NoInsight):
    """What one rule reads is worked out, as at a moment (ms); it need not be declared."""

    def __init__(self, live: Insight, names: frozenset[str], until: int):
        self._live = live
        self._names = names
        self._until = until

    def early(self, profile: P, cells: Sequence[CellAt]) -> P:
        """Give the profile with what the rule reads."""
        if not self._names:
            return profile
        return self._live.worked_out(profile, cells, self._names, self._until)


def read_alike(aside: ProfileCache, live: ProfileCache) -> None:
    """Let views aside read under the purposes, protected traits and groups of the live ones."""
    aside.purposes = live.purposes
    aside.protected = live.protected
    aside.buying_groups = live.buying_groups
    aside.insight = ByRules(live.insight)
