"""The body of a report of outcomes: each is read alone, one bad entry harms no other."""

import re

import msgspec

from wegweiser.collect.limit import OUTCOMES_PER_CALL
from wegweiser.collect.moment import FUTURE_TOLERANCE_MS, instant_of
from wegweiser.collect.name import id_text
from wegweiser.collect.subject import read_subject
from wegweiser.terms.decision import Subject
from wegweiser.terms.errors import BodyRefused, InputRefused
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.instant import YEAR_2000_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.outcome import OUTCOME_KINDS, Outcome, OutcomeKind

_KINDS: dict[str, OutcomeKind] = {kind: kind for kind in OUTCOME_KINDS}
_SUBJECT_FIELDS = frozenset({"subject", "userId", "anonymousId", "groupId"})
_CURRENCY = re.compile("[A-Z]{3}")
MOST_SLOTS = 1_000
LARGEST_AMOUNT = 1e12


class RefusedOutcome(msgspec.Struct, frozen=True):
    """An outcome that cannot be used, and why; `outcome_id` is "" where it has none."""

    index: int
    outcome_id: str
    code: str
    message: str
    field: str = ""


def read_outcomes(body: Json, received_at: int, source_id: str) -> list[Outcome | RefusedOutcome]:
    """Read the body of `POST /v1/outcomes`, in its order; times in ms.

    A decision's outcome names `decision_id`, any other a `subject`; a missing or unreadable
    `at` is `received_at`. Raises BodyRefused `bad_shape`, `too_large` (413).

    >>> found = read_outcomes(
    ...     [{"outcome_id": "o-1", "decision_id": "dec_1", "kind": "click"}, {}], 5, "web"
    ... )
    >>> found[0].kind, found[0].at, found[1].code
    ('click', 5, 'bad_id')
    """
    if not isinstance(body, list):
        raise BodyRefused("bad_shape", "The body is not an array of outcomes.")
    if len(body) > OUTCOMES_PER_CALL:
        raise BodyRefused("too_large", f"Send at most {OUTCOMES_PER_CALL} outcomes at once.", 413)
    return [
        _outcome_or_refusal(index, item, received_at, source_id) for index, item in enumerate(body)
    ]


def _outcome_or_refusal(
    index: int, item: Json, received_at: int, source_id: str
) -> Outcome | RefusedOutcome:
    try:
        if not isinstance(item, dict):
            raise InputRefused("bad_shape", "The outcome is not an object.")
        return _outcome(item, received_at, source_id)
    except InputRefused as error:
        stated = item.get("outcome_id") if isinstance(item, dict) else None
        named = stated[:255] if isinstance(stated, str) else ""
        return RefusedOutcome(index, named, error.code, error.message, error.field or "")


def _outcome(item: JsonObject, received_at: int, source_id: str) -> Outcome:
    outcome_id = id_text(item.get("outcome_id"), "outcome_id")
    if not outcome_id:
        raise InputRefused("bad_id", "`outcome_id` is missing.", field="outcome_id")
    kind = _kind(item.get("kind"))
    decision_id = id_text(item.get("decision_id"), "decision_id")
    subject = _subject(item, decision_id)
    account, goal = subject.account, id_text(item.get("goal"), "goal")
    if kind == "goal" and not goal and not decision_id:
        raise InputRefused("bad_value", "`goal` is missing.", field="goal")
    amount, currency = _value(item.get("value"))
    return Outcome(
        outcome_id=outcome_id,
        kind=kind,
        at=_at(item.get("at"), received_at),
        decision_id=decision_id,
        placement=id_text(item.get("placement"), "placement"),
        slot=_slot(item.get("slot")),
        leaf=subject.person or subject.device,
        group_id=value_of(account) if kind_of(account) == "group_id" else "",
        goal=goal,
        amount=amount,
        currency=currency,
        source_id=source_id,
        received_at=received_at,
    )


def _subject(item: JsonObject, decision_id: str) -> Subject:
    if decision_id and "subject" not in item:
        return Subject()
    if not decision_id and not _SUBJECT_FIELDS.intersection(item):
        raise InputRefused(
            "no_identity", "`decision_id` and `subject` are both missing.", field="decision_id"
        )
    return read_subject(item)


def _kind(value: Json) -> OutcomeKind:
    if not isinstance(value, str) or value not in _KINDS:
        raise InputRefused("bad_value", f"`kind` is not one of {', '.join(_KINDS)}.", field="kind")
    return _KINDS[value]


def _at(claim: Json, received_at: int) -> int:
    at = instant_of(claim)
    if at is None or at < YEAR_2000_MS:
        return received_at
    return min(at, received_at + FUTURE_TOLERANCE_MS)


def _slot(value: Json) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST_SLOTS:
        raise InputRefused("bad_value", "`slot` is not a whole number from 0.", field="slot")
    return value


def _value(value: Json) -> tuple[float, str]:
    if value is None:
        return 0.0, ""
    if not isinstance(value, dict):
        raise InputRefused("bad_shape", "`value` is not an object.", field="value")
    amount, currency = value.get("amount"), value.get("currency")
    if (
        isinstance(amount, bool)
        or not isinstance(amount, int | float)
        or not abs(amount) <= LARGEST_AMOUNT  # neither does a NaN pass
    ):
        raise InputRefused(
            "bad_value", "`value.amount` is not a number up to 1e12 in size.", field="value.amount"
        )
    if currency is not None and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        raise InputRefused(
            "bad_value", '`value.currency` is not a code such as "EUR".', field="value.currency"
        )
    return float(amount), currency or ""
