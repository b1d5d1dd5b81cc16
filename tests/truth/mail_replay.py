"""The e-mail experiment of 2008 replayed: what our learner would have sent, judged by what was.

A row counts where the choice equals the arm that the customer was really in; since arms were
random, the visit rate of the rows that count is that of the policy.
"""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import LEAST_SPREAD, Utilities, seen_in
from wegweiser.decide.facts import Facts
from wegweiser.decide.features import all_features
from wegweiser.decide.policy import compile_policy
from wegweiser.decide.probability import select
from wegweiser.decide.response import scorer
from wegweiser.learn.label import Example
from wegweiser.learn.train import Learner
from wegweiser.measure.compare import Arm, rate_arm
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Message, Placement, Variant
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms, Attribute, Bundle
from wegweiser.terms.prior import FEATURES, default_spread

SEGMENTS = ("Mens E-Mail", "No E-Mail", "Womens E-Mail")
MESSAGES = ("mens", "none", "womens")
NUMBERS = ("recency", "history")
TEXTS = ("mens", "womens", "newbie", "zip_code", "channel")
RHO, TOP = default_spread(FEATURES), 10
PUBLISHED_EVERY = 20
MAIL = Placement("weekly", "email", allow_nothing=False, direction="push")
START = 1_795_340_467_000


class Customer(msgspec.Struct, frozen=True):
    """What is known of a customer, the arm by its place in MESSAGES, and whether she came."""

    facts: Facts
    arm: int
    came: bool


def customers(file: Path) -> list[Customer]:
    """Read all customers with their traits."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        return [_customer(row) for row in csv.DictReader(opened)]


def _customer(row: dict[str, str]) -> Customer:
    traits: JsonObject = {name: row[name] for name in TEXTS}
    traits |= {name: float(row[name]) for name in NUMBERS}
    facts = Facts(person={"traits": traits})
    return Customer(facts, SEGMENTS.index(row["segment"]), row["visit"] == "1")


POLICY = compile_policy(
    Bundle(
        number=1,
        messages=tuple(
            Message(key, (Variant("v", "email"),), topic=f"of-{key}") for key in MESSAGES
        ),
        placements=(MAIL,),
        arms=Arms(nothing=0, random=0),
        attributes=tuple(
            Attribute(f"person.traits.{name}", ("decisions", "learning"))
            for name in (*TEXTS, *NUMBERS)
        ),
    )
)


def replay(rows: Sequence[Customer], seed: int, floor: float) -> Arm:
    """Send by our learner, row by row in random order; gives the rows that count, second half."""
    rng = np.random.default_rng([seed, 8])
    learner = Learner(Snapshot())
    snapshot = learner.snapshot()
    shelf = POLICY.shelves["email"]
    kept: list[bool] = []
    for number in rng.permutation(len(rows)).tolist():
        row = rows[number]
        seen = seen_in(POLICY, snapshot, row.facts, START)
        response = scorer(POLICY, MAIL, snapshot).respond(seen)
        spread = np.maximum(RHO * response.spread, LEAST_SPREAD)
        utilities = Utilities(response.mean, spread, shelf.worth, shelf.cost)
        chances = select(utilities, False, floor, TOP, push=True).probability
        place = int(np.searchsorted(np.cumsum(chances), rng.random(), side="right"))
        if min(place, len(MESSAGES) - 1) != row.arm:
            continue
        kept.append(row.came)
        weights = all_features(shelf.candidates[row.arm], MAIL.key, seen)
        learner.learn(
            Example(
                START + len(kept),
                f"dec-{len(kept):06d}",
                MAIL.key,
                0,
                "engage",
                row.came,
                weights,
                message=MESSAGES[row.arm],
                channel="email",
                numbers=dict(seen.numbers),
            )
        )
        if len(kept) % PUBLISHED_EVERY == 0:
            snapshot = learner.snapshot()
    late = kept[len(kept) // 2 :]
    return rate_arm(sum(late), len(late))


def sent_always(rows: Sequence[Customer], message: str) -> Arm:
    """Give everybody who was in the arm of one message."""
    came = [row.came for row in rows if row.arm == MESSAGES.index(message)]
    return rate_arm(sum(came), len(came))


def pooled(arms: Sequence[Arm]) -> Arm:
    """Put several arms together."""
    return rate_arm(round(sum(arm.total for arm in arms)), sum(arm.units for arm in arms))
