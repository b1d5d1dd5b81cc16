"""Small archives in which one half is held out and each message has a known effect."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from tests.measure.asking import AS_OF, offer
from wegweiser.measure.form import Row
from wegweiser.terms.instant import DAY_MS

BEGAN = AS_OF - 60 * DAY_MS


def campaigns(
    effects: Mapping[str, float],
    seed: int,
    per_arm: int = 500,
    base: float = 0.1,
    cost: float = 0.01,
    clicks: Mapping[str, float] | None = None,
    followed: bool = False,
    costs: Sequence[Row] = (),
    rates: Sequence[Mapping[str, object]] = (),
    third: int = 0,
) -> None:
    """Offer an archive: `per_arm` people per message and arm, each offered that one message.

    Where `followed`, a day later everybody is offered the next message as well. So many of a
    `third` arm are shown each message too, and reach nothing.
    """
    rng = np.random.default_rng(seed)
    tables: dict[str, list[Row]] = {"decisions": [], "slots": [], "outcomes": []}
    for place, (message, effect) in enumerate(effects.items()):
        for arm in ("main", "nothing"):
            chance = base + (effect if arm == "main" else 0.0)
            reached = rng.random(per_arm) < chance
            clicked = rng.random(per_arm) < (clicks or {}).get(message, 0.0)
            for number in range(per_arm):
                leaf = f"{message}-{arm}-{number}"
                tables["decisions"].append(_decision(leaf, arm, message))
                tables["slots"].append(slot(leaf, arm, place))
                if followed:
                    later = (place + 1) % len(effects)
                    tables["slots"].append(slot(leaf, arm, later, BEGAN + DAY_MS))
                if arm == "main" and clicked[number]:
                    tables["outcomes"].append(_outcome(leaf, "click", 1))
                if reached[number]:
                    tables["outcomes"].append(_outcome(leaf, "goal", 2))
        for number in range(third):
            leaf = f"{message}-random-{number}"
            tables["decisions"].append(_decision(leaf, "random", message))
            tables["slots"].append(slot(leaf, "random", place))
    tables["candidates"] = [candidate(i, m, cost) for i, m in enumerate(effects)]
    offer({**tables, "imported_costs": costs, "rates": rates})


def imported(amount: str, **named: object) -> Row:
    """Make an imported cost that names a message, a campaign or a channel."""
    row: Row = {
        "file": "costs.csv",
        "row_key": str(sorted(named.items(), key=str)),
        "day": date(1970, 1, 1) + timedelta(days=BEGAN // DAY_MS),  # type: ignore[dict-item]
        "kind": "media",
        "amount": Decimal(amount),  # type: ignore[dict-item]
        "currency": "EUR",
        "received_at": 0,
    }
    return row | named  # type: ignore[operator]


def _decision(leaf: str, arm: str, message: str) -> Row:
    held = arm == "nothing"
    shown = "" if held else message
    return {
        "leaf": leaf,
        "decision_id": leaf,
        "arm": arm,
        "occurred_at": BEGAN,
        "ghost": held,
        "message": shown,
    }


def slot(leaf: str, arm: str, candidate: int, at: int = BEGAN) -> Row:
    return {
        "decision_id": leaf,
        "leaf": leaf,
        "unit_id": leaf,
        "unit_kind": "person",
        "decided_person_id": "",
        "group_id": "",
        "occurred_at": at,
        "received_at": 0,
        "arm": arm,
        "ghost": arm == "nothing",
        "status": "decided",
        "placement": "mail",
        "slot": 0,
        "channel": "email",
        "message": "(held out)" if arm == "nothing" else "shown",
        "candidate": candidate,
        "bundle": "sha256:a#7",
    }


def _outcome(leaf: str, kind: str, day: int) -> Row:
    return {
        "leaf": leaf,
        "occurred_at": BEGAN + day * DAY_MS,
        "kind": kind,
        "decision_id": leaf if kind == "click" else "",
        "placement": "mail" if kind == "click" else "",
        "goal": "sale" if kind == "goal" else "",
    }


def candidate(index: int, message: str, cost: float) -> Row:
    return {
        "bundle": 7,
        "idx": index,
        "message": message,
        "variant": "v",
        "channel": "email",
        "cost": cost,
        "attributes": "{}",
    }
