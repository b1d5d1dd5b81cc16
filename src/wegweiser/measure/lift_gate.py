"""The gates before a lift is shown, in their order; the first that fails is the answer."""

import math

from wegweiser.measure.adjusted import before_began
from wegweiser.measure.arm_words import in_arm
from wegweiser.measure.arms import TWO_ARMS, read_shares
from wegweiser.measure.experiment import LEAST_UNITS, check_split
from wegweiser.measure.form import Asked, gated
from wegweiser.measure.lift_planned import is_at_end
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.pace import ready_on, weeks_until
from wegweiser.measure.words import both, date, number
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Gate, Result

NAME = "lift.difference"
# What each arm takes at least (0.6).
ACCOUNTS_PER_ARM = 20
CONVERTED_PER_ARM = 100
VALUED_PER_ARM = 200
_IMBALANCE = 4.0
_KINDS = {True: both("accounts", "Unternehmen"), False: both("people", "Personen")}


def first_closed_gate(sums: dict[str, Sums], asked: Asked) -> Result | None:
    """Give the result of the first gate that does not open, None when all do."""
    for gate in (_source, _broken, _windows, _enough):
        found = gate(sums, asked)
        if found is not None:
            return found
    return None


def _stop(reason: Gate, sums: dict[str, Sums], english: str, german: str) -> Result:
    counts = {
        "units": sum(arm.closed for arm in sums.values()),
        "goals": sum(arm.reached for arm in sums.values()),
        "two_arms": sums[TWO_ARMS].triggered if TWO_ARMS in sums else 0,
    }
    return gated(NAME, "per unit", reason, counts, both(english, german))


def _source(sums: dict[str, Sums], asked: Asked) -> Result | None:
    if not sums:
        return _stop(
            "no_source",
            sums,
            "No decision was taken in this period.",
            "In diesem Zeitraum wurde keine Entscheidung getroffen.",
        )
    missing = [name for name in (asked.text("arm"), asked.text("control")) if name not in sums]
    if not missing:
        return None
    there = next((arm for name, arm in sums.items() if name != TWO_ARMS), None)
    least = {lang: _least(there, asked.text("metric"), lang) for lang in ("en", "de")}
    return _stop(
        "no_source",
        sums,
        f"Nothing can be compared: nobody is {in_arm(missing[0])['en']} yet;"
        f" it takes {least['en']} in each group at least.",
        f"Es lässt sich nichts vergleichen: {in_arm(missing[0])['de']} ist noch niemand;"
        f" nötig sind mindestens {least['de']} je Gruppe.",
    )


def _least(there: Sums | None, metric: str, lang: str) -> str:
    """Say how many units each arm takes, in the kind of those that are there."""
    if there is not None and there.by_account:
        return f"{ACCOUNTS_PER_ARM} {_KINDS[True][lang]}"
    people = CONVERTED_PER_ARM if metric == "converted" else VALUED_PER_ARM
    return f"{people} {_KINDS[False][lang]}"


def _broken(sums: dict[str, Sums], asked: Asked) -> Result | None:
    if _is_divided_otherwise(sums, asked):
        return _stop(
            "broken",
            sums,
            "Something is wrong with the test: units are not divided as planned."
            " Repair the assignment first.",
            "Mit dem Test stimmt etwas nicht: Die Einheiten sind nicht wie geplant aufgeteilt."
            " Erst die Zuteilung reparieren.",
        )
    if _differed_before(sums[asked.text("arm")], sums[asked.text("control")]):
        return _stop(
            "broken",
            sums,
            "Something is wrong with the test: the arms differed before it began.",
            "Mit dem Test stimmt etwas nicht: Die Gruppen waren schon vor dem Beginn verschieden.",
        )
    return None


def _is_divided_otherwise(sums: dict[str, Sums], asked: Asked) -> bool:
    """Read the e-value at every look, and χ² once: over the units that were planned."""
    shares = read_shares(asked.text("shares"))
    arms = {arm: found for arm, found in sums.items() if arm != TWO_ARMS}
    counted = {arm: found.triggered for arm, found in arms.items()}
    if len([share for share in shares.values() if share > 0]) < 2:
        return False
    if sum(counted.values()) < LEAST_UNITS:
        return False
    first = {arm: found.first for arm, found in arms.items()}
    ended = is_at_end(sum(first.values()), asked) and check_split(first, shares).broken
    return ended or check_split(counted, shares, running=True).broken


def _differed_before(treated: Sums, control: Sums) -> bool:
    if min(treated.closed, control.closed) < LEAST_UNITS:
        return False
    found = before_began(treated, control)
    return found.variance > 0 and abs(found.difference) > _IMBALANCE * math.sqrt(found.variance)


def _windows(sums: dict[str, Sums], asked: Asked) -> Result | None:
    arms = (sums[asked.text("arm")], sums[asked.text("control")])
    if all(arm.closed for arm in arms):
        return None
    days = asked.whole("window_days")
    ready = max(arm.first_at for arm in arms if not arm.closed) + days * DAY_MS
    return _stop(
        "too_early",
        sums,
        f"Too little data: the first {days} days for the goal end on {date(ready, 'en')}.",
        f"Zu wenig Daten: Die ersten {days} Tage bis zum Ziel enden am {date(ready, 'de')}.",
    )


def _enough(sums: dict[str, Sums], asked: Asked) -> Result | None:
    arms = (sums[asked.text("arm")], sums[asked.text("control")])
    need = needed(sums, asked)
    if need is None:
        return None
    have = sum(arm.closed for arm in arms)
    first = min(arm.first_at for arm in arms)
    when = {lang: ready_on(have, need, first, asked.as_of, lang) for lang in ("en", "de")}
    kind = _KINDS[arms[1].by_account]
    if not need:
        return _stop(
            "too_little",
            sums,
            f"Too little data: {number(have, 'en')} {kind['en']}, and nobody reached the goal.",
            f"Zu wenig Daten: {number(have, 'de')} {kind['de']}, und das Ziel wurde nie erreicht.",
        )
    return _stop(
        "too_little",
        sums,
        f"Too little data: {number(have, 'en')} of about {number(need, 'en')} {kind['en']}"
        f" needed; {when['en']}.",
        f"Zu wenig Daten: {number(have, 'de')} von etwa {number(need, 'de')} nötigen"
        f" {kind['de']}; {when['de']}.",
    )


def needed(sums: dict[str, Sums], asked: Asked) -> int | None:
    """Give how many units both arms need together (0.6), as they are divided now.

    None where there are enough of them or an arm is empty; 0 where nobody reached the goal, so
    that nobody knows.
    """
    arms = [sums[name] for name in (asked.text("arm"), asked.text("control")) if name in sums]
    if len(arms) < 2 or not all(arm.closed for arm in arms):
        return None
    short = _times_short((arms[0], arms[1]), asked.text("metric"))
    if short <= 1.0:
        return None
    return math.ceil(sum(arm.closed for arm in arms) * short) if math.isfinite(short) else 0


def weeks_needed(sums: dict[str, Sums], asked: Asked) -> float | None:
    """Give the weeks until there are enough units, at the pace of the last 28 days."""
    need = needed(sums, asked)
    if not need:
        return None
    arms = [sums[name] for name in (asked.text("arm"), asked.text("control"))]
    return weeks_until(sum(arm.closed for arm in arms), need, sum(arm.recent for arm in arms))


def _times_short(arms: tuple[Sums, Sums], metric: str) -> float:
    """Give how many times the present size would open the gate (0.6), 1 or less when open."""
    if all(arm.by_account for arm in arms):
        return max(
            _times(ACCOUNTS_PER_ARM, min(arm.closed for arm in arms)), _times(10, _goals(arms))
        )
    alike = _accounts_short(arms)
    if metric == "converted":
        least = min(arm.reached for arm in arms)
        units = _times(CONVERTED_PER_ARM, min(arm.closed for arm in arms))
        return max(alike, units, _times(25, _goals(arms)), _times(5, least))
    return max(
        alike, _times(VALUED_PER_ARM, min(arm.closed for arm in arms)), _times(50, _goals(arms))
    )


def _accounts_short(arms: tuple[Sums, Sums]) -> float:
    """Ask for 20 accounts per arm where people of one account count together."""
    if not any(arm.is_clustered for arm in arms):
        return 0.0
    return _times(ACCOUNTS_PER_ARM, min(arm.clusters.count for arm in arms))


def _goals(arms: tuple[Sums, Sums]) -> int:
    return sum(arm.reached for arm in arms)


def _times(need: int, have: int) -> float:
    return need / have if have else math.inf
