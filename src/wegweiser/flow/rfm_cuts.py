"""The distribution of recency, frequency and money among all who ordered, counted once a day."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

import msgspec

from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.tables import RFM_CUTS
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.reading import CellAt
from wegweiser.profile.rfm import Cuts, Figures, cuts_of, figures_of
from wegweiser.terms.instant import day_of
from wegweiser.terms.reserved_traits import Of

SUBJECTS_PER_SLICE = 20
# Of more buyers the first by id are compared; ids say nothing about buying.
MOST_BUYERS = 100_000


class RfmBook:
    """The borders between the fifths, for persons and for accounts."""

    def __init__(
        self, store: OperationalStore, unifier: Unifier, views: ProfileCache, clock: Clock
    ):
        self._store = store
        self._unifier = unifier
        self._views = views
        self._clock = clock
        self.cuts: dict[Of, Cuts] = {"person": Cuts(), "account": Cuts()}
        for of in self.cuts:
            stored = store.get(RFM_CUTS, [of.encode()])[0]
            if stored is not None:
                self.cuts[of] = msgspec.json.decode(stored, type=Cuts)

    async def run_due(self) -> None:
        """Count anew if that was not done on the present UTC day."""
        if day_of(self.cuts["person"].counted_at) < day_of(self._clock.now_ms()):
            await self.count()

    async def count(self) -> None:
        """Count anew now."""
        directory = self._unifier.directory
        # Read beside the kept views, which hold those who are wanted again.
        persons = await _figures(
            sorted(directory.persons()),
            lambda name: self._views.cells_within(directory.leaves_of(name)),
        )
        accounts = await _figures(sorted(directory.accounts()), self._views.account_cells_of)
        now = self._clock.now_ms()
        self.cuts = {"person": cuts_of(persons, now), "account": cuts_of(accounts, now)}
        self._store.commit(
            [
                Change(RFM_CUTS, of.encode(), msgspec.json.encode(cuts))
                for of, cuts in self.cuts.items()
            ]
        )
        self._views.forget_views()


async def _figures(
    names: Iterable[str], cells_of: Callable[[str], Sequence[CellAt]]
) -> Sequence[Figures]:
    found: list[Figures] = []
    for number, name in enumerate(names, 1):
        figures = figures_of(cells_of(name))
        if figures is not None:
            found.append(figures)
        if number % SUBJECTS_PER_SLICE == 0:
            await asyncio.sleep(0)
        if len(found) == MOST_BUYERS:
            break
    return found
