"""Accounts as clusters of a difference between people: read from their squared sums."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.form import Row, real, text, whole
from wegweiser.measure.revenue.alike import Alike
from wegweiser.measure.revenue.strata import Sums

_ALL = "(all)"
# Products over accounts of units n, goals y and money v of those who have it (h) and of all (t).
PAIRS = (
    *("hn_hn", "hn_hy", "hy_hy", "hn_tn", "hn_ty", "hy_tn", "hy_ty"),
    *("hn_hv", "hv_hv", "hn_tv", "hv_tn", "hv_tv"),
    *("tn_tn", "tn_ty", "ty_ty", "tn_tv", "tv_tv"),
)
# A row of accounts has this fold; those of units have 0 to 4.
FOLD = -1


class Accounts(msgspec.Struct, frozen=True):
    """Accounts by feature, as the engine summed them up; none where people are compared alone."""

    features: dict[tuple[str, str], Row]
    whole: Row | None = None


def read_accounts(rows: Sequence[Row]) -> Accounts:
    """Read the rows of accounts."""
    own = [row for row in rows if whole(row, "fold") == FOLD]
    named = {(text(row, "kind"), text(row, "feature")): row for row in own}
    return Accounts(named, named.pop((_ALL, ""), None))


def alike_of(kind: str, name: str, having: Sums, lacking: Sums, accounts: Accounts) -> Alike:
    """Give how much accounts widen the difference between those with a feature and those without.

    Times = Var_accounts/Var_people of the difference without strata, 1 at least, with
    Var_accounts = G/(G − 1)·Σ_g((Y₁ − p₁N₁)/n₁ − (Y₀ − p₀N₀)/n₀)² over G accounts (a person without
    one is an account). Degrees of freedom: the fewer equal accounts, (Σn)²/Σn² − 1, of both sides.
    Assumes that strata leave people of an account as alike as they are without them. Source:
    Liang & Zeger 1986, Biometrika 73; Kish 1965, Survey Sampling (design effect).
    """
    row, every = accounts.features.get((kind, name)), accounts.whole
    if row is None or every is None or whole(every, "clusters") == having.units + lacking.units:
        return Alike()
    pairs = {pair: real(every if pair[0] == "t" else row, pair) for pair in PAIRS}
    clusters = whole(every, "clusters")
    equal = [
        having.units**2 / pairs["hn_hn"],
        lacking.units**2 / (pairs["tn_tn"] - 2 * pairs["hn_tn"] + pairs["hn_hn"]),
    ]
    goals = (having.goals, lacking.goals, float(having.goals), float(lacking.goals))
    money = (having.value, lacking.value, having.squares, lacking.squares)
    units = having.units, lacking.units
    return Alike(
        _times(pairs, "y", units, goals, clusters),
        _times(pairs, "v", units, money, clusters),
        whole(row, "clusters"),
        clusters - whole(row, "whole_clusters"),
        whole(every, "goal_clusters"),
        max(1.0, min(equal) - 1),
    )


def _times(
    pairs: dict[str, float],
    of: str,
    units: tuple[int, int],
    sums: tuple[float, float, float, float],
    clusters: int,
) -> float:
    """Hold the variance over accounts of Σψ against that over people."""
    one, none = sums[0] / units[0], sums[1] / units[1]
    alone = (sums[2] - one * sums[0]) / units[0] ** 2 + (sums[3] - none * sums[1]) / units[1] ** 2
    # ψ_g as weights on (N₁, Y₁, N, Y) of an account; those without it are all less those with it.
    weights = {
        "hn": -one / units[0] - none / units[1],
        f"h{of}": 1 / units[0] + 1 / units[1],
        "tn": none / units[1],
        f"t{of}": -1 / units[1],
    }
    names = list(weights)
    square = sum(
        weights[a] * weights[b] * _pair(pairs, a, b) * (1 if a == b else 2)
        for place, a in enumerate(names)
        for b in names[place:]
    )
    if alone <= 0 or clusters < 2:
        return 1.0
    return max(1.0, clusters / (clusters - 1) * square / alone)


def _pair(pairs: dict[str, float], one: str, other: str) -> float:
    return pairs.get(f"{one}_{other}", pairs.get(f"{other}_{one}", 0.0))
