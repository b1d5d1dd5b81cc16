"""Heavy tails: how much of a mean hangs on the largest units, and the difference with them cut."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from wegweiser.measure.compare import Arm
from wegweiser.measure.form import Asked, Row, real, text, whole
from wegweiser.measure.lift_estimate import look_at
from wegweiser.measure.lift_question import cluster_step, sum_select
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.statistic import sample_variance
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Result

CUT_AT = 0.995
LARGEST = 0.01
HEAVY_FROM = 0.5
WARNING = "few_units_carry_it"
ALL, CUT = "all", "cut"


def tail_steps(more: Sequence[str] = ()) -> str:
    """Give the CTEs behind `valued`: its units with amounts cut, and the largest 1 % of each arm.

    Cut is at the 99.5th percentile of both judged arms together, the time before likewise. `more`
    are columns of the units that are added up.
    """
    return f"""\
cuts as (
  select quantile_cont(y, {CUT_AT}) filter (where closed and arm in ($arm, $control)) as cut
  from valued),
cut_valued as (
  select v.* replace (least(v.y, c.cut) as y, least(v.x, c.cut) as x)
  from valued v, cuts c),
{cluster_step((), more, name="cut_clustered", units="cut_valued")},
placed_by_size as (
  select arm, unit_kind, y,
         row_number() over (partition by arm, unit_kind order by abs(y) desc) as place,
         count(*) over (partition by arm, unit_kind) as units
  from valued
  where closed),
largest as (
  select arm, unit_kind, count(*) as n, sum(y)::double as y, sum(y * y)::double as yy
  from placed_by_size
  where place <= ceil({LARGEST} * units)
  group by arm, unit_kind)"""


def tail_select(more: Sequence[str] = ()) -> str:
    """Give the SELECT of all sums, then of those with amounts cut, told apart by `part`."""
    return f"""\
select '{ALL}' as part, s.*, l.n as largest_n, l.y as largest_y, l.yy as largest_yy,
       null::double as cut
from (
{sum_select((), more)}) s
left join largest l on l.arm = s.arm and l.unit_kind = s.unit_kind
union all
select '{CUT}', s.*, null, null, null, c.cut
from cuts c, (
{sum_select((), more, clusters="cut_clustered")}) s
order by part, arm, unit_kind"""


def parted(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Split rows into those of all sums, and those with amounts cut; without parts all are all."""
    found = list(rows)
    return (
        [row for row in found if row.get("part", ALL) == ALL],
        [row for row in found if row.get("part") == CUT],
    )


def share_of_largest(arm: Arm, count: int, total: float, squares: float) -> float:
    """Give the share of an arm's variance that its largest units hold, from their sums.

    Σ(y − ȳ)² over the largest 1 %, over all; 0 where there is no variance.

    >>> share_of_largest(Arm(100, 199.0, 10_099.0), 1, 100.0, 10_000.0)
    0.9901
    """
    mean = arm.total / arm.units if arm.units else 0.0
    whole_spread = sample_variance(arm.units, arm.total, arm.squares) * (arm.units - 1)
    held = squares - 2 * mean * total + count * mean * mean
    return min(1.0, max(0.0, held / whole_spread)) if whole_spread > 0 else 0.0


class Largest(NamedTuple):
    """The largest 1 % of an arm: how many, the sum of their amounts, and that of the squares."""

    units: int = 0
    total: float = 0.0
    squares: float = 0.0

    def are_alike(self, reached: int) -> bool:
        """Tell whether all that have any amount have the same; `reached` units of the arm do.

        >>> Largest(3, 50.0, 1250.0).are_alike(2), Largest(3, 50.0, 1300.0).are_alike(2)
        (True, False)
        """
        count = min(self.units, reached)
        return math.isclose(count * self.squares, self.total**2, rel_tol=1e-9)


def largest_of(rows: Iterable[Row], asked: Asked) -> dict[str, Largest]:
    """Read the largest 1 % of the two judged arms."""
    held = {asked.text(name): Largest() for name in ("arm", "control")}
    for row in rows:
        arm = text(row, "arm")
        if arm in held:
            known = held[arm]
            held[arm] = Largest(
                known.units + whole(row, "largest_n"),
                known.total + real(row, "largest_y"),
                known.squares + real(row, "largest_yy"),
            )
    return held


def with_tail(results: list[Result], rows: list[Row], asked: Asked) -> list[Result]:
    """Say beside the figures where the largest 1 % hold half of the variance or more.

    The mean of such amounts is known badly however many units there are; the difference with
    amounts cut at the 99.5th percentile is another figure, steadier, and stands beside it. Source:
    measurement reference 0.6; Tukey 1962, Annals of Mathematical Statistics 33 (winsorised means).
    """
    every, cut_rows = parted(rows)
    if not cut_rows:
        return results
    sums, largest = read_sums(every), largest_of(every, asked)
    share = max(share_of_largest(sums[arm].after, *held) for arm, held in largest.items())
    # Where goals are rare the few that have any carry all; equal ones are no tail.
    alike = all(held.are_alike(sums[arm].reached) for arm, held in largest.items())
    if share < HEAVY_FROM or alike:
        return results
    warned = msgspec.structs.replace(results[0], warnings=(*results[0].warnings, WARNING))
    told = _cut(warned, read_sums(cut_rows), real(cut_rows[0], CUT), share, asked)
    return [warned, *results[1:], *([told] if told is not None else [])]


def _cut(
    base: Result, sums: dict[str, Sums], cut: float, share: float, asked: Asked
) -> Result | None:
    """Make the result with amounts cut; None where fewer than 1 in 200 have any."""
    if cut <= 0:
        return None
    look = look_at(sums[asked.text("arm")], sums[asked.text("control")], asked)
    found = look.interval
    percent = {lang: number(math.floor(100 * share), lang) for lang in ("en", "de")}
    at = {lang: number(cut, lang, 2) for lang in ("en", "de")}
    return msgspec.structs.replace(
        base,
        name="lift.difference_cut",
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="always_valid",
        verdict="",
        weeks_needed=None,
        smallest_visible=None,
        method="confidence sequence, amounts cut at the 99.5th percentile",
        sentence=both(
            f"The largest 1% hold {percent['en']}% of the variance. With amounts cut at {at['en']}"
            f" (199 of 200 are not above it) the difference is {estimate_of(found, 'en')}"
            f" ({between(found, 'en')}).",
            f"Das größte 1 % trägt {percent['de']} % der Varianz. Werden Beträge bei {at['de']}"
            f" gekappt (199 von 200 liegen nicht darüber), ist der Unterschied"
            f" {estimate_of(found, 'de')} ({between(found, 'de')}).",
        ),
    )
