"""The measure `lift.ratio`: a ratio of two sums per arm, such as revenue per order or per visit."""

import math

import msgspec
import pyarrow as pa
from scipy import special

from wegweiser.measure import lift
from wegweiser.measure.arm_words import in_arm
from wegweiser.measure.arms import EPOCH, LEAVE_OUT, SHARES, TWO_ARMS, placed_steps, read_shares
from wegweiser.measure.clustered import times_of
from wegweiser.measure.experiment import check_split
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, real, rows_of, whole
from wegweiser.measure.form import text as read_text
from wegweiser.measure.lift_planned import is_at_end, placed_units, too_early
from wegweiser.measure.lift_sums import FIRST
from wegweiser.measure.sequential import always_valid, tuned_for
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Answer, Gate, IntervalKind, Question, Result

NAME = "lift.ratio"
LEAST_UNITS, LEAST_EVENTS = 200, 50
TOPS = {
    "value": "coalesce(sum(case when {hit} then r.value end), 0)",
    "count": "count(case when {hit} then 1 end)",
}
PER = {
    "event": "e.name = $per_event and e.type = 'track'",
    "page": "e.type in ('page', 'screen')",
}
_WINDOW = "{at} >= p.first_at and {at} < p.first_at + to_days($window_days::integer)"


def question(asked: Asked) -> Question:
    """Ask, per arm, for sums of a numerator y and a denominator x over clusters of units.

    y is the goal within the window from the first trigger, x the events within the same window.
    A cluster is the account of a person, where it has one, else the unit itself.
    """
    top = TOPS[asked.text("top")].format(hit=_WINDOW.format(at="r.occurred_at"))
    units = placed_units(asked)
    by_cluster, in_all = (
        "".join(f", sum({of}{name}) as {name}" for name in units.more) for of in ("p.", "")
    )
    return asked.question(f"""
{placed_steps()},{units.step}
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
counted as (
  select person_id as unit, 'person' as unit_kind, occurred_at from events e
  where {PER[asked.text("per")]} and not bot and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at from events e
  where {PER[asked.text("per")]} and not bot and received_at <= $as_of::timestamptz
    and account_id is not null),
closed as (
  select * from {units.name} p
  where p.first_at + to_days($window_days::integer) <= $as_of::timestamptz),
tops as (
  select p.unit, p.unit_kind, {top} as y
  from closed p left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.unit, p.unit_kind),
bottoms as (
  select p.unit, p.unit_kind, count(*) as x
  from closed p join counted c on c.unit = p.unit and c.unit_kind = p.unit_kind
   and {_WINDOW.format(at="c.occurred_at")}
  group by p.unit, p.unit_kind),
clustered as (
  select p.arm, p.cluster, count(*) as units,
         sum(t.y)::double as y, coalesce(sum(b.x), 0)::double as x,
         count(*) filter (where t.y <> 0) as events{by_cluster}
  from closed p
  join tops t on t.unit = p.unit and t.unit_kind = p.unit_kind
  left join bottoms b on b.unit = p.unit and b.unit_kind = p.unit_kind
  group by p.arm, p.cluster)
select arm, sum(units) as units, count(*) as clusters, sum(events) as events,
       sum(y) as sum_y, sum(x) as sum_x,
       sum(y * y) as sum_yy, sum(x * x) as sum_xx, sum(x * y) as sum_xy{in_all}
from clustered
group by arm
order by arm
""")


class Sides(msgspec.Struct, frozen=True):
    """One arm: units, clusters, units with a goal, and sums over clusters of y, x and products.

    `first` are the units with which the planned number was reached.
    """

    units: int
    clusters: int
    events: int
    y: float
    x: float
    yy: float
    xx: float
    xy: float
    first: int = 0

    @property
    def equal_clusters(self) -> float:
        """Give (Σx)²/Σx²: as many clusters of one size know as much as these do."""
        return self.x**2 / self.xx

    @property
    def ratio(self) -> float:
        """Give Σy/Σx."""
        return self.y / self.x

    @property
    def variance(self) -> float:
        """Give G/(G − 1)·Σ(Y_g − R·X_g)²/(Σx)², the squared standard error of the ratio."""
        spread = max(0.0, self.yy - 2 * self.ratio * self.xy + self.ratio**2 * self.xx)
        return self.clusters / (self.clusters - 1) * spread / self.x**2


def ratio_difference(treated: Sides, control: Sides, level: float = 0.95) -> Interval:
    """Give R₁ − R₀ by t with Welch-Satterthwaite degrees of freedom over clusters.

    Assumes independent clusters and denominators well above zero. Source: Deng, Knoblich & Lu
    2018, KDD; B. L. Welch 1947, Biometrika 34.
    """
    difference, variance = treated.ratio - control.ratio, treated.variance + control.variance
    beneath = sum(arm.variance**2 / (arm.clusters - 1) for arm in (treated, control))
    if variance <= 0 or beneath <= 0:
        return Interval(difference, difference, difference)
    quantile = float(special.stdtrit(variance**2 / beneath, (1 + level) / 2))
    half = quantile * math.sqrt(variance)
    return interval(difference, difference - half, difference + half)


def answer_ratio(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the difference of the ratios, to be read daily and at the end, or what is missing."""
    arms = {read_text(row, "arm"): _sides(row) for row in rows_of(table)}
    twice = arms.pop(TWO_ARMS, None)
    units = sum(arm.units for arm in arms.values())
    counts = {"units": units, "two_arms": twice.units if twice else 0}
    gate = _gate(arms, counts, asked)
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], [], units)
    treated, control = arms[asked.text("arm")], arms[asked.text("control")]
    at_end = ratio_difference(treated, control)
    variance = (treated.variance + control.variance) * times_of(_freedom(treated, control))
    tau = asked.number("worth_knowing") or tuned_for(
        variance, treated.units + control.units, asked.whole("planned_units")
    )
    daily = always_valid(at_end.estimate, variance, tau)
    first = _result("difference", daily, counts, "always_valid")
    if is_at_end(units, asked):
        last = [_result("difference_at_end", at_end, counts, "frequentist")]
    else:
        last = too_early(f"{NAME}.difference_at_end", first.unit, units, None, asked)
    return answer(NAME, asked, asked_question, [first, *last], [*map(_row, arms.items())], units)


def _freedom(treated: Sides, control: Sides) -> float:
    """Give the degrees of freedom of Welch and Satterthwaite over equal clusters."""
    parts = [(arm.variance, arm.equal_clusters) for arm in (treated, control)]
    beneath = sum(part**2 / (count - 1) for part, count in parts if count > 1)
    return sum(part for part, _ in parts) ** 2 / beneath if beneath > 0 else 0.0


def _sides(row: Row) -> Sides:
    sums = (real(row, f"sum_{name}") for name in ("y", "x", "yy", "xx", "xy"))
    counts = (whole(row, name) for name in ("units", "clusters", "events"))
    found = Sides(*counts, *sums)
    return msgspec.structs.replace(found, first=whole(row, FIRST)) if FIRST in row else found


def _gate(arms: dict[str, Sides], counts: dict[str, int], asked: Asked) -> Result | None:
    missing = [name for name in (asked.text("arm"), asked.text("control")) if name not in arms]
    if missing:
        said = both(
            f"Nothing can be compared: nobody {in_arm(missing[0])['en']} has a closed window.",
            f"Es lässt sich nichts vergleichen: {in_arm(missing[0])['de']} hat niemand ein"
            " abgelaufenes Fenster.",
        )
        return _stopped("no_source", counts, said)
    if _is_divided_otherwise(arms, asked):
        said = both(
            "Something is wrong with the test: units are not divided as planned.",
            "Mit dem Test stimmt etwas nicht: Die Einheiten sind nicht wie geplant aufgeteilt.",
        )
        return _stopped("broken", counts, said)
    pair = [arms[asked.text("arm")], arms[asked.text("control")]]
    # Below the line the mean must be clear of zero: 4 standard errors, as with relative figures.
    clear = all(arm.clusters > 1 and arm.x**2 > 16 * _spread_of_x(arm) for arm in pair)
    enough = min(arm.units for arm in pair) >= LEAST_UNITS
    events = sum(arm.events for arm in pair)
    if clear and enough and events >= LEAST_EVENTS:
        return None
    said = both(
        f"Too little data: {LEAST_UNITS} units per arm and {LEAST_EVENTS} with the goal are"
        f" needed, there are {min(arm.units for arm in pair)} and {events}.",
        f"Zu wenig Daten: Nötig sind {LEAST_UNITS} Einheiten je Gruppe und {LEAST_EVENTS} mit"
        f" Ziel, es sind {min(arm.units for arm in pair)} und {events}.",
    )
    return _stopped("too_little", counts, said)


def _is_divided_otherwise(arms: dict[str, Sides], asked: Asked) -> bool:
    """Read the e-value at every look, and χ² once: over the units that were planned."""
    shares = read_shares(asked.text("shares"))
    if len([share for share in shares.values() if share > 0]) < 2:
        return False
    first = {name: arm.first for name, arm in arms.items()}
    ended = is_at_end(sum(first.values()), asked) and check_split(first, shares).broken
    units = {name: arm.units for name, arm in arms.items()}
    return ended or check_split(units, shares, running=True).broken


def _spread_of_x(arm: Sides) -> float:
    held = arm.xx - arm.x**2 / arm.clusters
    return arm.clusters / (arm.clusters - 1) * max(0.0, held)


def _stopped(reason: Gate, counts: dict[str, int], said: Sentence) -> Result:
    return gated(f"{NAME}.difference", "per one below the line", reason, counts, said)


def _result(name: str, found: Interval, counts: dict[str, int], kind: IntervalKind) -> Result:
    said: Sentence = {
        lang: f"{start} {estimate_of(found, lang)} ({between(found, lang)})."
        for lang, start in (
            ("en", "Difference of the ratios of both arms:"),
            ("de", "Unterschied der Verhältnisse beider Gruppen:"),
        )
    }
    return Result(
        name=f"{NAME}.{name}",
        unit="per one below the line",
        n=counts,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind=kind,
        evidence="experiment",
        warnings=() if kind == "always_valid" else ("read_once_at_planned_end",),
        sentence=said,
        method="ratio of sums, delta method over clusters",
    )


def _row(named: tuple[str, Sides]) -> Row:
    name, arm = named
    sound = arm.x > 0 and arm.clusters > 1
    return {
        "arm": name,
        "units": arm.units,
        "clusters": arm.clusters,
        "above": arm.y,
        "below": arm.x,
        "ratio": arm.ratio if sound else None,
        "standard_error": math.sqrt(arm.variance) if sound else None,
    }


_TAKEN = ("goal", "arm", "control", "window_days", "worth_knowing", "planned_units")
MEASURE = Measure(
    NAME,
    both("Lift of a ratio of two sums", "Wirkung auf ein Verhältnis zweier Summen"),
    (
        Option("top", "text", "value", both("above the line", "über dem Strich"), tuple(TOPS)),
        Option("per", "text", "page", both("below the line", "unter dem Strich"), tuple(PER)),
        Option(
            "per_event",
            "text",
            "",
            both("event below the line, with --per event", "Ereignis, mit --per event"),
        ),
        *(one for one in lift.MEASURE.options if one.name in _TAKEN),
        SHARES,
        EPOCH,
        LEAVE_OUT,
    ),
    question,
    answer_ratio,
)
