"""Plans of effort written down when they are handed over, and told to the next period's measure."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.flow.tables import EFFORT_PLANS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.effort import KeptPlan, PlannedCell
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.policy import Arms, Bundle, Cap
from wegweiser.terms.result import Answer

NAME = "allocate.effort"
WINDOW_DAYS = 30
_HOURS_PER_DAY = 24
# A plan is held only against what was asked in the same way.
_ALIKE = ("group", "what", "goal", "margin", "metric")


def keep_plan(
    store: OperationalStore, found: Answer, options: Mapping[str, str], draft: str
) -> KeptPlan:
    """Write the plan of an advised answer down under its moment."""
    advice = next(one for one in found.results if one.name == NAME)
    rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    cells = tuple(msgspec.convert(row, PlannedCell) for row in rows)
    kept = KeptPlan(
        at=found.as_of,
        gain=advice.estimate or 0.0,
        gain_low=advice.low or 0.0,
        gain_high=advice.high or 0.0,
        cells=cells,
        options={name: value for name, value in options.items() if name != "planned"},
        question=found.question_hash,
        draft=draft,
    )
    store.commit([Change(EFFORT_PLANS, f"{kept.at:015}".encode(), msgspec.json.encode(kept))])
    return kept


def kept_plans(store: OperationalStore) -> list[KeptPlan]:
    """Read all kept plans, the oldest first."""
    return [msgspec.json.decode(value, type=KeptPlan) for _, value in store.scan(EFFORT_PLANS)]


def effort_options(
    store: OperationalStore, options: Mapping[str, str], bundle: Bundle
) -> dict[str, str]:
    """Give what the measure of effort is told: contacts that caps allow, and the plan before.

    The plan is the last one that was kept before the period began and asked in the same way.
    """
    told = {}
    most = most_contacts(bundle.caps, bundle.arms, _days(options))
    if most is not None and "most_contacts" not in options:
        told["most_contacts"] = f"{most:.6g}"
    began = parse_instant(options.get("from", ""))
    plans = [one for one in kept_plans(store) if began is not None and one.at <= began]
    alike = [one for one in plans if all(options.get(k) == one.options.get(k) for k in _ALIKE)]
    if alike and "planned" not in options:
        told["planned"] = msgspec.json.encode(alike[-1]).decode()
    return told


def _days(options: Mapping[str, str]) -> int:
    # Whatever is no number is refused by the measure itself.
    written = options.get("window_days", "")
    return int(written) if written.isdecimal() else WINDOW_DAYS


def most_contacts(caps: Sequence[Cap], arms: Arms, days: int) -> float | None:
    """Give how many contacts caps allow a unit in so many days; None where none limits all.

    >>> most_contacts([Cap("week", 4, window_hours=168)], Arms(unit="person"), 28)
    16.0
    """
    limits = [
        one.limit * max(1.0, days * _HOURS_PER_DAY / one.window_hours)
        for one in caps
        if one.window_hours and one.scope == arms.unit and _limits_all(one)
    ]
    return min(limits, default=None)


def _limits_all(cap: Cap) -> bool:
    named = (cap.channels, cap.topics, cap.messages, cap.classes)
    single = cap.per or cap.per_message or cap.direction or "normal" in cap.exempt
    return not any(named) and not single
