"""The evaluator of cel-python, which the product does not use, as a second opinion on rules."""

from datetime import UTC, datetime
from typing import Any

import celpy
from celpy import celtypes

from wegweiser.terms.json import Json, JsonObject

# Where these stand there is a moment, written as text or in milliseconds.
_MOMENTS = ("as_of", "last_seen", "since")
# What cel-python says otherwise than we do, each with the reason; everything else must agree.
MIXED = "CEL compares and calculates whole and decimal numbers as numbers; cel-python refuses to"
OTHER_TYPE = "in CEL values of different types are unequal; cel-python refuses to compare them"
TRUTH_IS_NO_NUMBER = "in CEL true is no number; in cel-python it is Python's 1"
NOT_A_NUMBER = "we know nothing of what is no number or has no end; CEL goes on with it"
NO_MAP = "we know nothing of a field of nothing, CEL calls that an error; cel-python says false"
NO_LIST = "a text is no list; cel-python goes over its characters"
PYTHON_WORD = "CEL writes true; cel-python writes True"
DIFFERS: dict[str, str] = {
    "person.traits.seats == 12.0": MIXED,
    'person.traits.seats == "12"': OTHER_TYPE,
    'person.traits.seats != "12"': OTHER_TYPE,
    "person.traits.vip == 1": TRUTH_IS_NO_NUMBER,
    "person.traits.vip != 1": TRUTH_IS_NO_NUMBER,
    "person.traits.tags == ['a', 1.0, 2.5]": MIXED,
    "person.traits.tags == ['a', true, 2.5]": OTHER_TYPE,
    "person.traits.nan == person.traits.nan": NOT_A_NUMBER,
    "12 <= person.traits.score": MIXED,
    "person.traits.vip > 0": TRUTH_IS_NO_NUMBER,
    "person.traits.nan < 1": NOT_A_NUMBER,
    "person.traits.seats > person.traits.score": MIXED,
    'person.traits.seats in ["free", "pro"]': OTHER_TYPE,
    "person.traits.seats in [1, 12.0]": MIXED,
    "has(person.traits.absent.more)": NO_MAP,
    "person.traits.seats * person.traits.score == 6": MIXED,
    "person.traits.score / 0.0 > 1.0": NOT_A_NUMBER,
    'string(person.traits.vip) == "true"': PYTHON_WORD,
    "days_since(person.last_seen) == 10": MIXED,
    "person.traits.plan.exists(p, p == 'x')": NO_LIST,
}


def second_opinion(text: str, activation: JsonObject) -> bool | None:
    """Evaluate a rule with cel-python; an error is unknown, as it is for us."""
    variables = {name: _value(value, name) for name, value in activation.items()}

    def days_since(moment: Any) -> celtypes.DoubleType:
        since = variables["as_of"] - _moment(moment)
        return celtypes.DoubleType(since.total_seconds() / 86_400)

    environment = celpy.Environment()
    try:
        program = environment.program(environment.compile(text), {"days_since": days_since})
        found = program.evaluate(variables)
    except (celpy.CELEvalError, TypeError, ValueError, KeyError, ArithmeticError):
        return None
    return bool(found) if isinstance(found, celtypes.BoolType | bool) else None


def _value(value: Json, name: str) -> Any:
    if name in _MOMENTS and isinstance(value, str | int):
        # A trait holds the text that was sent; declared fields hold moments.
        return _moment(value)
    if isinstance(value, dict):
        inside = name != "traits"
        return celtypes.MapType(
            {
                celtypes.StringType(key): _value(part, key if inside else "")
                for key, part in value.items()
            }
        )
    if isinstance(value, list):
        return celtypes.ListType([_value(part, "") for part in value])
    return celpy.json_to_cel(value)


def _moment(value: Any) -> celtypes.TimestampType:
    if isinstance(value, str):
        return celtypes.TimestampType(value)
    if isinstance(value, int):
        return celtypes.TimestampType(datetime.fromtimestamp(value / 1000, UTC))
    return celtypes.TimestampType(value)
