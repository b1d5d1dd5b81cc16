"""What measures of arms are told of the plan: the shares, and since when units are drawn so."""

from collections.abc import Mapping

from wegweiser.decide.holdout import epoch_began, epoch_of, shares_of
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.policy import Arms

# Reports never cross epochs; all but the plan of a test hold the arms against their shares.
OF_ARMS = (
    "lift",
    "lift.arms",
    "lift.ratio",
    "lift.accounts",
    "lift.guardrails",
    "lift.several",
    "lift.segments",
    "lift.targeting",
    "experiment.split_check",
    "experiment.split_checks",
    "experiment.sample_size",
    "verdicts",
    "allocate.budget",
    "allocate.effort",
    "watch.effect",
    "credit",
)
# What broke is looked for where arms are summed up; the checks themselves see all days.
_SUMMED = tuple(name for name in OF_ARMS if not name.startswith("experiment."))
_CHECKED = tuple(name for name in OF_ARMS if name != "experiment.sample_size")


def planned_arms(arms: Arms, name: str, options: Mapping[str, str], now: int) -> dict[str, str]:
    """Give the options of a measure that follow from the arms; a report is of its last epoch.

    >>> planned_arms(Arms(nothing=0.1, random=0.0), "lift", {}, 1_800_000_000_000)
    {'epoch_start': '2027-...', 'shares': 'nothing=0.1,main=0.9', 'leave_out': 'bad'}
    """
    until = parse_instant(options.get("to")) or now
    # The first epoch has no beginning: whatever was decided before has its label.
    first = epoch_of(arms, until - 1) == arms.epoch
    told = {"epoch_start": format_instant(0 if first else epoch_began(arms, until - 1))}
    if name in _CHECKED:
        shares = shares_of(arms).items()
        told["shares"] = ",".join(f"{arm}={share:.6g}" for arm, share in shares if share > 0)
    if name in _SUMMED:
        told["leave_out"] = "bad"
    return told
