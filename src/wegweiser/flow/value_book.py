"""How customers buy, learned once a day from all of them, and what one of them will bring by it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.tables import CUSTOMER_MODELS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.order_days import order_days
from wegweiser.profile.purchase import order_count
from wegweiser.profile.reading import CellAt
from wegweiser.terms.customer_value import CustomerModel, CustomerValue
from wegweiser.terms.instant import day_of
from wegweiser.terms.result import Answer

NAME = "lifetime.value"
KEY = b"person"
Asking = Callable[[str, Mapping[str, str]], Awaitable[Answer]]


class ValueBook:
    """The kept model; the value of one customer needs no archive, only the cells of the profile."""

    def __init__(
        self,
        store: OperationalStore,
        views: ProfileCache,
        clock: Clock,
        currency: str,
        asking: Asking,
    ):
        self._store = store
        self._views = views
        self._clock = clock
        self._currency = currency
        self._asking = asking
        stored = store.get(CUSTOMER_MODELS, [KEY])[0]
        self.model = None if stored is None else msgspec.json.decode(stored, type=CustomerModel)

    async def run_due(self) -> None:
        """Learn anew if that was not done on the present UTC day."""
        today = day_of(self._clock.now_ms())
        if self.model is None or day_of(self.model.as_of) < today:
            await self.learn()

    async def learn(self) -> CustomerModel:
        """Learn now from all orders, and keep the model or why there is none."""
        # The statistics are loaded where somebody asks for a value, not where events come in.
        from wegweiser.measure.lifetime.one_customer import customer_model

        found = await self._asking(NAME, {"by": "model"})
        self.model = customer_model(found, self._currency)
        self._store.commit([Change(CUSTOMER_MODELS, KEY, msgspec.json.encode(self.model))])
        return self.model

    def of_person(self, person_id: str) -> CustomerValue:
        """Give the value to come of a person at the end of the present UTC day."""
        return self.of_cells(self._views.cells_of(person_id))

    def of_cells(self, cells: Sequence[CellAt]) -> CustomerValue:
        """Give the value to come of whoever these cells belong to."""
        from wegweiser.measure.lifetime.one_customer import customer_value

        bought = order_days(cells, self._currency)
        today = day_of(self._clock.now_ms())
        return customer_value(self.model, bought, bool(order_count(cells)), today)
