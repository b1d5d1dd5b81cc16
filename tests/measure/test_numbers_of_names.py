"""Numbers that stand for names in questions: one each, the same wherever the name stands."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.measure.views import with_views
from wegweiser.query.relation import EVENTS, LEAVES

LEAVES_TOLD = 20_000


def test_a_leaf_has_one_number_in_files_and_tables_and_no_other_has_it(tmp_path: Path) -> None:
    names = [f"anonymous_id:visitor-{number}" for number in range(LEAVES_TOLD)]
    # Twice each, so that the file keeps them in a dictionary.
    events = EVENTS.rows([{"leaf": name} for name in names * 2])
    pq.write_table(events, tmp_path / "events.parquet")
    owners = [f"person-{number // 2}" for number in range(LEAVES_TOLD)]
    warehouse = DuckDBWarehouse([tmp_path])
    warehouse.offer_files("archived_events", [str(tmp_path / "events.parquet")], EVENTS.schema)
    warehouse.offer("leaves", pa.table([names, owners, [False] * LEAVES_TOLD], LEAVES.schema))
    [told] = warehouse.ask(with_views(_QUESTION), {}).to_pylist()
    warehouse.close()
    assert told == {
        "events": 2 * LEAVES_TOLD,
        "leaves": LEAVES_TOLD,
        "persons": LEAVES_TOLD // 2,
        "numbers_of_persons": LEAVES_TOLD // 2,
        "misled": 0,
    }


_QUESTION = """
select count(*) as events, count(distinct e.leaf_number) as leaves,
       count(distinct s.person_id) as persons,
       count(distinct s.person_number) as numbers_of_persons,
       count(*) filter (where s.leaf <> e.leaf) as misled
from leaf_events e
join shared_leaves s on s.leaf_number = e.leaf_number
"""
