"""Probable duplicates against public records with known truth: one setting for all of them."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from wegweiser.flow.link_search import search
from wegweiser.measure.statistic import wilson
from wegweiser.resolve.link_judge import Thresholds
from wegweiser.resolve.link_record import link_record
from wegweiser.terms.json import JsonObject
from wegweiser.terms.link import LinkRecord

pytest.importorskip("splink", reason="the extra `link` is not installed")

Find = Callable[[str], Path]
Pair = tuple[str, str]


class Found(NamedTuple):
    """Pairs that were right, pairs that were proposed, and pairs that are true."""

    right: int
    proposed: int
    true: int

    @property
    def precision(self) -> float:
        """The share of what was proposed that is right."""
        return self.right / self.proposed

    @property
    def recall(self) -> float:
        """The share of what is true that was proposed."""
        return self.right / self.true

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.right / (self.proposed + self.true)


def rows(path: Path) -> Iterator[Mapping[str, str]]:
    """Read a CSV file; blanks around values do not count."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            yield {name: (value or "").strip() for name, value in row.items()}


def febrl(path: Path) -> Iterator[tuple[str, str, JsonObject]]:
    """Give id, true person and traits of each record; the social security number stays out."""
    for row in rows(path):
        traits: JsonObject = {
            "firstName": row["given_name"],
            "lastName": row["surname"],
            "birthday": row["date_of_birth"],
            "address": {
                "street": f"{row['street_number']} {row['address_1']}",
                "city": row["suburb"],
                "postalCode": row["postcode"],
            },
        }
        yield row["rec_id"], row["rec_id"].split("-")[1], traits


def fake(path: Path) -> Iterator[tuple[str, str, JsonObject]]:
    """Give id, true person and traits of each record."""
    for row in rows(path):
        traits: JsonObject = {
            "firstName": row["first_name"],
            "lastName": row["surname"],
            "birthday": row["dob"],
            "email": row["email"],
            "address": {"city": row["city"]},
        }
        yield row["unique_id"], row["cluster"], traits


def measured(told: Iterable[tuple[str, str, JsonObject]], name: str) -> Found:
    """Search as the product does, with its own settings, and count against the truth."""
    from wegweiser.adapters.splink_linker import SplinkLinker

    records: list[LinkRecord] = []
    persons: dict[str, list[str]] = defaultdict(list)
    for subject, person, traits in told:
        persons[person].append(subject)
        record = link_record(subject, [], traits)
        records += [] if record is None else [record]
    linkage = search(SplinkLinker(), records, Thresholds().possible)
    proposed = {(one.a, one.b) for one in linkage.pairs}
    true: set[Pair] = set()
    for held in persons.values():
        true |= set(combinations(sorted(held), 2))
    found = Found(len(proposed & true), len(proposed), len(true))
    tell(name, found)
    return found


def tell(name: str, found: Found) -> None:
    """Print what was measured, with 95 % intervals."""
    for word, of in (("precision", found.proposed), ("recall", found.true)):
        interval = wilson(found.right, of)
        share = found.right / of
        print(f"{name}: {word} {share:.4f} [{interval.low:.4f}, {interval.high:.4f}]")
    print(f"{name}: F1 {found.f1:.4f}")


def test_febrl1(shared_data: Find) -> None:
    found = measured(febrl(shared_data("record_linkage") / "febrl" / "dataset1.csv"), "febrl1")
    assert found.true == 500
    assert found.f1 >= 0.95


@pytest.mark.sweep
def test_febrl2(shared_data: Find) -> None:
    found = measured(febrl(shared_data("record_linkage") / "febrl" / "dataset2.csv"), "febrl2")
    assert found.true == 1_934
    assert found.f1 >= 0.95


@pytest.mark.sweep
def test_fake_1000(shared_data: Find) -> None:
    path = shared_data("record_linkage") / "fake_1000" / "fake_1000.csv"
    found = measured(fake(path), "fake_1000")
    assert found.true == 2_031
    assert found.precision >= 0.98
    assert found.f1 >= 0.75
