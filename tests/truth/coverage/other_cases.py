"""Base and hard cases of clicks, regions, relations, times, targeting and other policies."""

from collections.abc import Iterator

import numpy as np

from tests.truth.coverage.draws import Case, Floats, Rng, Told
from wegweiser.measure.bayes import believed, believed_of_rates
from wegweiser.measure.compare import newcombe, rate_arm
from wegweiser.measure.form import Row
from wegweiser.measure.off_policy import Choices, Offers, estimate
from wegweiser.measure.revenue.second_opinion import second_opinion
from wegweiser.measure.revenue.strata import Stratum, Sums, standardised
from wegweiser.measure.revenue.survival import Counted, reached_by
from wegweiser.measure.statistic import wilson
from wegweiser.measure.targeting.curve import (
    Cells,
    area,
    bootstrapped,
    gains_of,
    resampled,
    value,
)
from wegweiser.measure.web.click_estimate import beside_the_rest, per_exposure

Products = dict[str, Floats]


def row_of(sums: Products, world: int) -> Row:
    """Give the sums of one world as the engine's row."""
    return {name: float(column[world]) for name, column in sums.items()}


def seen(rng: Rng, shape: tuple[int, int], mean: float, heavy: bool) -> Floats:
    """Draw how often people see something; a few see it very often where it is heavy."""
    often = rng.lognormal(0.0, 1.0, shape) * mean if heavy else np.full(shape, mean)
    return 1.0 + rng.poisson(often)


def clicks_of(rng: Rng, people: int, share: float, heavy: bool, worlds: int) -> list[Products]:
    """Draw one message and the rest of its place: the same people, some of them keener."""
    shape = (worlds, people)
    keen = rng.beta(2.0, 2.0 / share - 2.0, shape)
    views = seen(rng, shape, 1.5, heavy), seen(rng, shape, 3.0, heavy)
    x, others = views
    c, rest = (np.asarray(rng.binomial(v.astype(int), keen), dtype=float) for v in views)
    return [products(x, c, x + others, c + rest), products(x + others, c + rest, x, c)]


def products(x: Floats, c: Floats, all_x: Floats, all_c: Floats) -> Products:
    """Sum over people, as the question does."""
    pairs = {
        "exposures": x, "clicks": c, "exposures_squares": x * x, "clicks_squares": c * c,
        "products": x * c, "people_with_click": c > 0, "place_yy": c * all_c,
        "place_yx": c * all_x, "place_xy": x * all_c, "place_xx": x * all_x, "people": x > 0,
    }  # fmt: skip
    return {name: part.sum(axis=1) for name, part in pairs.items()}


def of_clicks(people: int, share: float, heavy: bool = False) -> Case:
    """Clicks per exposure with people as clusters."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        own, _ = clicks_of(rng, people, share, heavy, worlds)
        for world in range(worlds):
            yield [(per_exposure(row_of(own, world)), share)]

    return case


def of_clickers(people: int, share: float) -> Case:
    """The share of people who clicked, who all saw it three times."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for reached in rng.binomial(people, share, worlds).tolist():
            yield [(wilson(reached, people), share)]

    return case


def of_places(people: int, share: float, heavy: bool = False) -> Case:
    """A click rate less that of the rest of its place; in truth they are alike."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        own, place = clicks_of(rng, people, share, heavy, worlds)
        for world in range(worlds):
            found = beside_the_rest(row_of(own, world), row_of(place, world))
            yield [] if found is None else [(found.difference, 0.0)]

    return case


def of_regions(shares: tuple[float, float], people: tuple[int, int]) -> Case:
    """A region's rate less that of all others."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        drawn = [rng.binomial(n, p, worlds).tolist() for p, n in zip(shares, people, strict=True)]
        for one, rest in zip(*drawn, strict=True):
            found = newcombe(rate_arm(one, people[0]), rate_arm(rest, people[1]))
            yield [(found, shares[0] - shares[1])]

    return case


RATES = {"base": ((0.10, 0.05), (0.30, 0.20)), "rare": ((0.008, 0.005), (0.010, 0.005))}
ODDS = ((0.2, 1 / 9), (0.5, 1 / 3))


def strata(
    rng: Rng, rates: tuple[tuple[float, float], ...], units: tuple[int, int]
) -> list[Stratum]:
    """Draw strata with and without a feature; who reaches the goal brings about 100."""
    found = []
    for place, pair in enumerate(rates):
        sides = []
        for share, count in zip(pair, units, strict=True):
            goals = int(rng.binomial(count, share))
            paid = rng.normal(100.0, 30.0, goals)
            sides.append(Sums(count, goals, float(paid.sum()), float(paid @ paid)))
        found.append(Stratum((str(place),), sides[0], sides[1]))
    return found


def of_relations(kind: str, units: tuple[int, int], money: bool = False) -> Case:
    """The standardised difference of rates, or of money."""
    rates = RATES[kind]
    truth = sum(one - none for one, none in rates) / len(rates)

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for _ in range(worlds):
            found = standardised(strata(rng, rates, units))
            yield [(found.money, 100 * truth) if money else (found.rate, truth)]

    return case


def of_regressions(rng: Rng, worlds: int) -> Iterator[list[Told]]:
    """The second opinion where one odds ratio holds in all strata."""
    truth = sum(one - none for one, none in ODDS) / len(ODDS)
    for _ in range(worlds):
        yield [(second_opinion(strata(rng, ODDS, (150, 250))), truth)]


def of_times(goal_days: float, people: int) -> Case:
    """The share of leads that reach the goal within 30 days; they are seen for 1 to 120 days."""
    truth = 1 - float(np.exp(-30 / goal_days))

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for _ in range(worlds):
            days = 1 + rng.exponential(goal_days, people).astype(int)
            last = rng.integers(1, 121, people)
            reached = np.bincount(days[days <= last], minlength=121)
            still = np.bincount(last[days > last], minlength=121)
            counts = [Counted(day, int(reached[day]), int(still[day])) for day in range(121)]
            yield [(reached_by(counts, 30), truth)]

    return case


def of_beliefs(rng: Rng, worlds: int) -> Iterator[list[Told]]:
    """The Bayesian view, averaged over its prior."""
    effects = rng.normal(0.0, 0.05, worlds)
    for effect, seen_at in zip(effects, rng.normal(effects, 0.03), strict=True):
        yield [(believed(float(seen_at), 0.03**2, 0.05).effect, float(effect))]


def of_few_goals(rng: Rng, worlds: int) -> Iterator[list[Told]]:
    """The Bayesian view of rates with few goals, averaged over the prior Beta(½, ½)."""
    for _ in range(worlds):
        chances = rng.beta(0.5, 0.5, 2)
        reached = rng.binomial(30, chances)
        found = believed_of_rates((int(reached[0]), int(reached[1])), (30, 30), 0.1)
        yield [(found.effect, float(chances[0] - chances[1]))]


def treated_world(rng: Rng, units: int, kind: str) -> tuple[Cells, Floats]:
    """Draw units whose effect rises with their score, and give the effect per score."""
    level = rng.integers(0, 5, units)
    effects = np.linspace(0.0, 1.0, 5)
    treated = rng.random(units) < (0.95 if kind == "unequal" else 0.5)
    cluster = np.arange(units)
    noise = rng.normal(0.0, 1.0, units)
    if kind == "rare":
        effects = np.linspace(0.0, 0.005, 5)
        y = (rng.random(units) < 0.005 + treated * effects[level]).astype(float)
    elif kind == "heavy":
        y = (1 + treated * effects[level]) * rng.lognormal(0.0, 1.0, units)
        effects = effects * float(np.exp(0.5))
    else:
        if kind == "accounts":
            cluster = np.arange(units) // 4
            noise = np.sqrt(0.1) * rng.normal(0, 1, units)[cluster] + np.sqrt(0.9) * noise
            treated = treated[cluster]
        y = 1.0 + treated * effects[level] + noise
    levels = np.arange(5, dtype=float)
    if kind == "rare":
        # Equal units are one cell with a count, as the engine gives them.
        cells, count = np.unique(np.column_stack([level, treated, y]), axis=0, return_counts=True)
        level, treated, y = cells[:, 0].astype(int), cells[:, 1] > 0, cells[:, 2] * count
        return Cells(levels, level, treated, count.astype(float), y, np.arange(len(y)),
                     np.full(len(y), True)), effects  # fmt: skip
    alone = np.full(units, kind != "accounts")
    return Cells(levels, level, treated, np.ones(units), y, cluster, alone), effects


def of_targeting(kind: str, units: int, policy: bool = False) -> Case:
    """The area of an order that tells who responds, or a policy against treating all."""
    shares = np.array([0.1, 0.3, 0.5, 0.7, 0.9]) - 0.5

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for _ in range(worlds):
            cells, effects = treated_world(rng, units, kind)
            once, again = gains_of(cells), resampled(cells, rng, 200)
            if policy:
                chosen, all_of = np.arange(5) >= 3, np.ones(5, dtype=bool)
                gap, drawn = (
                    value(one, chosen, 1.0, 0.5) - value(one, all_of, 1.0, 0.5)
                    for one in (once, again)
                )
                truth = float(-(effects[:3] - 0.5).sum() / 5)
                yield [(bootstrapped(float(gap[0]), drawn), truth)]
            else:
                found = bootstrapped(float(area(once)[0]), area(again))
                yield [(found, float((effects * shares).mean()))]

    return case


def of_policies(kind: str, which: str) -> Case:
    """The value of another policy than the one that drew, per unit of three choices."""
    rates = np.array([0.005, 0.008, 0.012]) if kind == "rare" else np.array([0.05, 0.10, 0.20])
    logged = np.array([0.94, 0.03, 0.03]) if kind == "unequal" else np.array([0.5, 0.3, 0.2])
    wanted = np.array([0.1, 0.2, 0.7])
    units = 4_000 if kind == "rare" else 1_200

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for _ in range(worlds):
            rows = units * 3
            unit = np.repeat(np.arange(units), 3)
            arm = rng.choice(3, rows, p=logged)
            keen = rng.gamma(4.0, 0.25, units)[unit] if kind != "rare" else np.ones(rows)
            reward = (rng.random(rows) < np.minimum(1.0, rates[arm] * keen)).astype(float)
            offers = Offers(
                np.arange(rows).repeat(3), np.tile(np.arange(3), rows), np.tile(wanted, rows)
            )
            log = Choices(arm, logged[arm], wanted[arm], reward, unit, np.zeros(rows), offers)
            found = getattr(estimate(log, rng, resamples=0), which).found
            yield [(found, float(wanted @ rates))]

    return case


CASES: dict[tuple[str, str], Case] = {
    ("clicks per exposure", "base"): of_clicks(500, 0.1),
    ("clicks per exposure", "rare goals"): of_clicks(1_200, 0.005),
    ("clicks per exposure", "a few see much"): of_clicks(500, 0.1, heavy=True),
    ("clicks per person", "base"): of_clickers(500, 0.1),
    ("clicks per person", "rare goals"): of_clickers(4_000, 0.005),
    ("clicks against the place", "base"): of_places(500, 0.1),
    ("clicks against the place", "rare goals"): of_places(2_000, 0.005),
    ("clicks against the place", "a few see much"): of_places(500, 0.1, heavy=True),
    ("region against the rest", "base"): of_regions((0.12, 0.10), (400, 4_000)),
    ("region against the rest", "rare goals"): of_regions((0.006, 0.005), (5_000, 40_000)),
    ("relation", "base"): of_relations("base", (150, 150)),
    ("relation", "rare goals"): of_relations("rare", (3_000, 3_000)),
    ("relation", "sides 95:5"): of_relations("base", (2_850, 150)),
    ("relation, money", "base"): of_relations("base", (150, 150), money=True),
    ("relation, money", "rare goals"): of_relations("rare", (3_000, 3_000), money=True),
    ("relation, regression", "base"): of_regressions,
    ("rate by time", "base"): of_times(60.0, 200),
    ("rate by time", "rare goals"): of_times(3_000.0, 1_500),
    ("belief", "over its prior"): of_beliefs,
    ("belief, few goals", "over its prior"): of_few_goals,
    ("targeting, area", "base"): of_targeting("base", 400),
    ("targeting, area", "rare goals"): of_targeting("rare", 6_000),
    ("targeting, area", "arms 95:5"): of_targeting("unequal", 1_200),
    ("targeting, area", "heavy tails"): of_targeting("heavy", 800),
    ("targeting, area", "accounts"): of_targeting("accounts", 1_000),
    ("targeting, policy", "base"): of_targeting("base", 400, policy=True),
    ("other policy, weighted", "base"): of_policies("base", "normalised"),
    ("other policy, weighted", "rare goals"): of_policies("rare", "normalised"),
    ("other policy, weighted", "hardly tried"): of_policies("unequal", "normalised"),
    ("other policy, plain", "base"): of_policies("base", "inverse"),
    ("other policy, robust", "base"): of_policies("base", "doubly_robust"),
    ("other policy, robust", "rare goals"): of_policies("rare", "doubly_robust"),
    ("other policy, robust", "hardly tried"): of_policies("unequal", "doubly_robust"),
}
