"""Splink as the linker: what it finds, how it explains it, and that it repeats itself."""

import random
from collections.abc import Sequence
from math import isclose, log2

import pytest

from wegweiser.resolve.link_blocks import blocks_of
from wegweiser.terms.link import LikelyPair, LinkRecord

pytest.importorskip("splink", reason="the extra `link` is not installed")

FIRST = (
    "ada",
    "bela",
    "cleo",
    "dana",
    "emil",
    "fina",
    "gero",
    "hans",
    "ines",
    "jan",
    "kira",
    "lea",
)
LAST = ("abel", "brandt", "conrad", "dietz", "engel", "franke", "graf", "hahn", "ihde", "jung")


def people(count: int, seed: int) -> list[LinkRecord]:
    """Make people who share nothing but what chance gives them."""
    draw = random.Random(seed)
    return [
        LinkRecord(
            subject=f"per_{number:04}",
            first_name=draw.choice(FIRST) + draw.choice("aeiou") * draw.randint(0, 1),
            last_name=draw.choice(LAST) + draw.choice(("", "er", "mann", "s")),
            birthday=f"{draw.randint(1950, 2005)}-0{draw.randint(1, 9)}-{draw.randint(10, 28)}",
            city=draw.choice(("bonn", "jena", "ulm", "kiel")),
        )
        for number in range(count)
    ]


def again(one: LinkRecord, number: int) -> LinkRecord:
    """Write somebody a second time, every other one with a slip of the pen."""
    slip = one.last_name[1:] if number % 2 else one.last_name
    return LinkRecord(
        subject=f"per_x{number:03}",
        first_name=one.first_name,
        last_name=slip,
        birthday=one.birthday,
        city=one.city,
    )


def linked(records: Sequence[LinkRecord], at_least: float = 0.5) -> list[LikelyPair]:
    """Search with few random pairs, so that it is quick."""
    from wegweiser.adapters.splink_linker import SplinkLinker

    linker = SplinkLinker(random_pairs=20_000)
    return linker.pairs(records, blocks_of(records), at_least, lambda step: None)


@pytest.fixture(scope="module")
def found() -> list[LikelyPair]:
    """What is found among 200 people of whom 40 are there twice."""
    once = people(200, seed=7)
    return linked([*once, *(again(one, number) for number, one in enumerate(once[:40]))])


def test_those_written_twice_are_found(found: list[LikelyPair]) -> None:
    right = {(f"per_{number:04}", f"per_x{number:03}") for number in range(40)}
    pairs = {(one.a, one.b) for one in found}
    assert len(pairs & right) >= 36
    assert len(pairs - right) <= 4


def test_the_most_probable_comes_first(found: list[LikelyPair]) -> None:
    probabilities = [one.probability for one in found]
    assert probabilities == sorted(probabilities, reverse=True)
    assert min(probabilities) >= 0.5


def test_the_weights_add_up_to_the_probability(found: list[LikelyPair]) -> None:
    for one in found:
        bits = sum(weight.bits for weight in one.weights)
        assert isclose(bits, log2(one.probability / (1 - one.probability)), abs_tol=0.01)


def test_a_weight_names_its_field_and_finding(found: list[LikelyPair]) -> None:
    told = {weight.field: weight.finding for weight in found[0].weights}
    assert told["birthday"] == "same"
    assert told["prior"] == ""
    assert "email" not in told  # nobody has one, so that nothing is compared


def test_the_same_records_give_the_same_answer() -> None:
    once = people(60, seed=3)
    records = [*once, *(again(one, number) for number, one in enumerate(once[:20]))]
    assert linked(records) == linked(records)


def test_among_strangers_hardly_anybody_is_found() -> None:
    assert len(linked(people(200, seed=11))) <= 2


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_few_records_are_no_error(count: int) -> None:
    assert all(one.probability >= 0.5 for one in linked(people(count, seed=1)))


def test_a_large_search_teaches_the_next_one_nothing() -> None:
    once = people(60, seed=3)
    records = [*once, *(again(one, number) for number, one in enumerate(once[:20]))]
    before = linked(records)
    linked(people(600, seed=5))
    assert linked(records) == before


def test_a_machine_of_one_processor_searches_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.cpu_count", lambda: 1)
    once = people(60, seed=3)
    assert linked([*once, *(again(one, number) for number, one in enumerate(once[:20]))])
