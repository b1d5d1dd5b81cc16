"""Rows in batches: none is lost or told twice, and no batch is larger than a request may be."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.collect.batch import batches
from wegweiser.collect.limit import ELEMENTS_PER_BATCH
from wegweiser.collect.mapping import compile_mapping
from wegweiser.terms.json import Json, JsonObject

MAPPING: JsonObject = {
    "key": "m",
    "source": "s",
    "each": "=row.items",
    "event": {"type": "page", "userId": "=item"},
}


@settings(max_examples=20)
@given(st.lists(st.sampled_from([0, 1, 499, 2_600, ELEMENTS_PER_BATCH]), max_size=4))
def test_every_batch_fits_into_one_request(sizes: list[int]) -> None:
    rows: list[Json] = [{"items": ["u"] * size, "row": at} for at, size in enumerate(sizes)]
    found = list(batches(rows, compile_mapping(MAPPING)))
    assert sum(batch.rows for batch in found) == len(sizes)
    assert sum(len(batch.elements) for batch in found) == sum(sizes)
    assert all(len(batch.elements) + len(batch.unmapped) <= ELEMENTS_PER_BATCH for batch in found)
    names = [element["messageId"] for batch in found for element in batch.elements]
    assert len(set(names)) == len(names)


def test_a_row_of_too_many_events_is_set_aside_and_the_others_are_not() -> None:
    rows: list[Json] = [{"items": ["u"] * size} for size in (2, ELEMENTS_PER_BATCH + 1, 3)]
    (batch,) = batches(rows, compile_mapping(MAPPING))
    assert (batch.rows, len(batch.elements), len(batch.unmapped)) == (3, 5, 1)
    assert "5001 events" in batch.unmapped[0].message
