"""Imported costs, rates and series, and what was done, as tables that questions read."""

import pyarrow as pa

from wegweiser.flow.money_book import read_kept_costs, read_kept_rates
from wegweiser.flow.practice import practice_table
from wegweiser.flow.series_book import series_table
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.ports.warehouse import Warehouse
from wegweiser.query.offered import COSTS, PRACTICE, RATES, SERIES
from wegweiser.terms.cost import Cost, Rate


def offer_imported(warehouse: Warehouse, store: OperationalStore) -> None:
    """Make imported costs, rates and series, and what was done, readable in a warehouse."""
    for name, rows in imported_tables(store).items():
        warehouse.offer(name, rows)


def imported_tables(store: OperationalStore) -> dict[str, pa.Table]:
    """Lay out imported costs, rates and series, and what was done, for questions."""
    costs = [
        {**_fields(one), "received_at": one.received_at * 1000} for one in read_kept_costs(store)
    ]
    rates = [_fields(one) for one in read_kept_rates(store)]
    return {
        COSTS.name: COSTS.rows(costs),
        RATES.name: RATES.rows(rates),
        SERIES.name: series_table(store),
        PRACTICE.name: practice_table(store),
    }


def _fields(row: Cost | Rate) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__struct_fields__}
