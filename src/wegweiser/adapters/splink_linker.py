"""Probable duplicates by Splink over DuckDB: weights learnt from the records themselves."""

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log2

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from wegweiser.adapters.splink_model import COLUMNS, FIELDS, TRAINED_ON, Field, comparison
from wegweiser.terms.link import Blocks, LikelyPair, LinkRecord, Weight

SEED = 1
# Pairs drawn at random, to see how often strangers agree by chance.
RANDOM_PAIRS = 1_000_000
# With more, Splink deals them out to the processors, and refuses where there is one.
RANDOM_PAIRS_OF_ONE = 10_000
MOST_ROUNDS = 30
# A field that fewer have is not compared: nothing can be learnt of it.
SMALLEST_SHARE = 0.01
# Among fewer, a value is common already because the two of a pair have it.
FEWEST_FOR_FREQUENCY = 500
MEMORY = "1GB"
_DIGITS = 4


class SplinkLinker:
    """One model per call; nothing is kept between calls.

    Fellegi and Sunter's model: `u` by random sampling, `m` by expectation maximisation within
    blocks, agreement on rare values weighted by their frequency.
    """

    def __init__(self, random_pairs: int = RANDOM_PAIRS, seed: int = SEED):
        alone = multiprocessing.cpu_count() < 2
        self._random_pairs = min(random_pairs, RANDOM_PAIRS_OF_ONE) if alone else random_pairs
        self._seed = seed

    def pairs(
        self,
        records: Sequence[LinkRecord],
        blocks: Blocks,
        at_least: float,
        tell: Callable[[str], None],
    ) -> list[LikelyPair]:
        """Give the pairs of a probability from `at_least`, most probable first."""
        fields = _fields_of(records)
        if not fields or not blocks.pairs:
            return []
        logging.getLogger("splink").setLevel(logging.ERROR)
        with duckdb.connect() as connection:
            # One thread: sums come out the same each time, and the server keeps its cores.
            connection.execute(f"SET threads = 1; SET memory_limit = '{MEMORY}'")
            linker = _linker(connection, records, blocks, fields)
            tell("chance")
            linker.training.estimate_u_using_random_sampling(self._random_pairs, self._seed)
            for rule in blocks.training:
                tell(f"learning:{rule}")
                _learn(linker, rule)
            tell("comparing")
            found = linker.inference.predict(threshold_match_probability=at_least)
            rows = found.as_duckdbpyrelation().to_arrow_table().to_pylist()
        return sorted(_pairs_of(rows, fields, blocks.prior), key=lambda one: -one.probability)


def _fields_of(records: Sequence[LinkRecord]) -> list[Field]:
    fewest = max(2, SMALLEST_SHARE * len(records))
    return [
        field
        for field in FIELDS
        if any(sum(1 for one in records if getattr(one, name)) >= fewest for name in field.columns)
    ]


def _linker(
    connection: duckdb.DuckDBPyConnection,
    records: Sequence[LinkRecord],
    blocks: Blocks,
    fields: Sequence[Field],
) -> Linker:
    by_frequency = len(records) >= FEWEST_FOR_FREQUENCY
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="subject",
        comparisons=[comparison(field, by_frequency) for field in fields],
        blocking_rules_to_generate_predictions=[block_on(_key(name)) for name in blocks.keys],
        probability_two_random_records_match=blocks.prior,
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
        max_iterations=MOST_ROUNDS,
    )
    table = _table(records, blocks)
    return Linker(table, settings, DuckDBAPI(connection), set_up_basic_logging=False)


def _table(records: Sequence[LinkRecord], blocks: Blocks) -> pa.Table:
    full = [f"{one.first_name} {one.last_name}".strip() for one in records]
    both = [name if " " in name else "" for name in full]
    columns: dict[str, list[str | None]] = {"subject": [one.subject for one in records]}
    for name in COLUMNS:
        values = both if name == "full_name" else [getattr(one, name) for one in records]
        columns[name] = [value or None for value in values]
    for rule, keys in blocks.keys.items():
        columns[_key(rule)] = [key or None for key in keys]
    return pa.table({name: pa.array(found, pa.string()) for name, found in columns.items()})


def _key(rule: str) -> str:
    return f"key_{rule}"


def _learn(linker: Linker, rule: str) -> None:
    """Learn how often the values of one person differ, from pairs that share a key."""
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(_key(rule), *TRAINED_ON[rule]), estimate_without_term_frequencies=True
    )


def _pairs_of(
    rows: Sequence[Mapping[str, float | int | str]], fields: Sequence[Field], prior: float
) -> Iterator[LikelyPair]:
    start = Weight("prior", "", round(log2(prior / (1 - prior)), _DIGITS))
    for row in rows:
        a, b = sorted((str(row["subject_l"]), str(row["subject_r"])))
        weights = (start, *(_weight(row, field) for field in fields))
        yield LikelyPair(a, b, float(row["match_probability"]), weights)


def _weight(row: Mapping[str, float | int | str], field: Field) -> Weight:
    number = int(row[f"gamma_{field.name}"])
    factor = float(row[f"bf_{field.name}"]) * float(row.get(f"bf_tf_adj_{field.name}", 1.0))
    finding = field.findings[number] if number >= 0 else "missing"
    return Weight(field.name, finding, round(log2(factor), _DIGITS))
