"""Customer value of very many: `python -m bench.value` asks RFM, CLV and profit."""

import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wegweiser.adapters.delta import DeltaArchive
from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.flow.archive import offer_archive, offer_identity
from wegweiser.measure.completed import completed
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.query.offered import IMPORTED
from wegweiser.query.period import Period
from wegweiser.query.relation import EVENTS, LEAVES
from wegweiser.terms.instant import DAY_MS

DAYS = 1_095
FIRST_DAY = 19_700
END = (FIRST_DAY + DAYS) * DAY_MS
ORDERS_PER_CHUNK = 500_000
MEASURES = ("rfm.groups", "lifetime.value", "profit.concentration")
# The customers of this ledger are persons, as those of the other two measures always are.
OPTIONS = {"profit.concentration": {"unit": "person"}}
GOAL_SECONDS = 60.0
_ROWS = """
select 'o-' || number as event_id, 'shop' as source_id, 'm-' || number as message_id,
       number as position, 0::integer as idx,
       make_timestamptz(at_us) as occurred_at, make_timestamptz(at_us) as received_at,
       make_timestamptz(at_us)::date as received_day, 2::tinyint as trust,
       'user_id:customer-' || customer as leaf, 'customer-' || customer as user_id,
       '' as anonymous_id, '' as group_id, 'track' as type, 'Order Completed' as name,
       false as bot, '{}' as traits, '{}' as context,
       printf('{"order_id":"%d","revenue":%.2f,"currency":"EUR"}', number, value) as properties,
       number::varchar as stated_order, '' as stated_refund, 'EUR' as stated_currency,
       printf('%.2f', value)::decimal(18, 4) as stated_amount
from made
"""
_Numbers = NDArray[np.float64]


def write_orders(archive: DeltaArchive, customers: int, orders: int) -> int:
    """Write the orders of so many customers into an archive; gives how many they are.

    Customers begin on any day, buy at a rate of their own and stop at a rate of their own
    (Pareto/NBD), for values around a mean of their own (Gamma-Gamma).
    """
    chance = np.random.default_rng(7)
    starts = chance.uniform(0, DAYS, customers)
    lives = chance.exponential(1 / chance.gamma(1.5, 1 / 400.0, customers))
    active = np.minimum(DAYS - starts, lives)
    rate = chance.gamma(0.8, 1.0, customers) * active
    counts = 1 + chance.poisson(rate * (orders - customers) / rate.sum())
    who = np.repeat(np.arange(customers), counts)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    days = starts[who] + active[who] * chance.random(len(who))
    days[first] = starts
    mean = (60.0 / chance.gamma(3.7, 1.0, customers))[who]
    values = mean * chance.gamma(4.0, 0.25, len(who))
    order = np.argsort(days, kind="stable")
    for begin in range(0, len(who), ORDERS_PER_CHUNK):
        chosen = order[begin : begin + ORDERS_PER_CHUNK]
        rows = _rows(begin, who[chosen], days[chosen], values[chosen])
        archive.append("events", rows, begin + len(chosen))
        print(f"\r{begin + len(chosen):,} of {len(who):,} orders", end="", file=sys.stderr)
    return len(who)


def _rows(begin: int, who: NDArray[np.int64], days: _Numbers, values: _Numbers) -> pa.Table:
    made = pa.table(
        {
            "number": np.arange(begin + 1, begin + 1 + len(who)),
            "customer": who,
            "at_us": ((FIRST_DAY + days) * DAY_MS).astype(np.int64) * 1_000,
            "value": values,
        }
    )
    with duckdb.connect(":memory:") as engine:
        engine.execute("set TimeZone = 'UTC'")
        engine.register("made", made)
        found = engine.sql(_ROWS).to_arrow_table()
    columns = [
        found[field.name].cast(field.type)
        if field.name in found.column_names
        else pa.nulls(found.num_rows, field.type)
        for field in EVENTS.schema
    ]
    return pa.Table.from_arrays(columns, schema=EVENTS.schema)


def leaves_of(customers: int) -> pa.Table:
    """Say of each customer's leaf whose it is."""
    with duckdb.connect(":memory:") as engine:
        sql = "select 'user_id:customer-' || i as leaf, 'p-' || i as person_id from range($n) t(i)"
        found = engine.sql(sql, params={"n": customers}).to_arrow_table()
    return found.cast(LEAVES.schema)


def ask(warehouse: DuckDBWarehouse, name: str) -> tuple[float, float]:
    """Ask one measure; gives seconds, and processor seconds of all threads."""
    began, worked = time.perf_counter(), time.process_time()
    measure = find(name)
    asked = measure.ask(OPTIONS.get(name, {}), Period(0, END), END)
    question = measure.question(asked)
    table = warehouse.ask(with_views(question.sql), question.parameters)
    read = time.perf_counter() - began
    answer = completed(measure.answer(table, question, asked), measure, asked)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    print(
        f"{name}: {seconds:.1f} s ({read:.1f} s reading {table.num_rows:,} rows of statistics),"
        f" {processor:.1f} s of processor time\n  {answer.sentence['en']}",
        flush=True,
    )
    return seconds, processor


def main() -> None:
    """Write the ledger (or take one that is there), ask, and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.value", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path, help="keep the ledger here; one that is there is used")
    parser.add_argument("--measures", nargs="*", default=list(MEASURES))
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        kept = chosen.data or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        )
        archive = DeltaArchive(kept / "archive")
        if not archive.files("events"):
            began = time.perf_counter()
            many = write_orders(archive, chosen.customers, chosen.orders)
            print(f"\nwrote {many:,} orders in {time.perf_counter() - began:.0f} s", flush=True)
        warehouse = DuckDBWarehouse([kept / "archive"])
        offer_archive(archive, warehouse)
        offer_identity(warehouse, {"leaves": leaves_of(chosen.customers)})
        for relation in IMPORTED:
            warehouse.offer(relation.name, relation.rows([]))
        found = [ask(warehouse, name) for name in chosen.measures]
    seconds, processor = (sum(one[place] for one in found) for place in (0, 1))
    print(
        f"together: {seconds:.1f} s, {processor:.1f} s of processor time"
        f" ({'met' if seconds < GOAL_SECONDS else 'missed'}: < {GOAL_SECONDS:.0f} s)"
    )


if __name__ == "__main__":
    main()
