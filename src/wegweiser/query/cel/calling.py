"""Closures for arithmetic and function calls; what has no value is unknown."""

from collections.abc import Callable

from wegweiser.query.cel.steps import charge, cost_of_call, steps_of
from wegweiser.query.cel.tree import ArithmeticSign
from wegweiser.query.cel.values import Scope, Step, TooLong, Unknown, calculate, shown

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (ArithmeticError, "arithmetic"),
    (TooLong, "too_long"),
    (Exception, "type"),
)
_NO_VALUE = (ArithmeticError, TooLong, TypeError, ValueError)


def arithmetic_step(sign: ArithmeticSign, left: Step, right: Step, where: str) -> Step:
    """Calculate with two values."""

    def run(one: object, other: object) -> object:
        return calculate(sign, one, other)

    return call_step(run, (left, right), (False, False), where)


def minus_step(of: Step, where: str) -> Step:
    """Take the negative of a number."""

    def run(value: object) -> object:
        return calculate("-", 0, value)

    return call_step(run, (of,), (False,), where)


def call_step(
    run: Callable[..., object], arguments: tuple[Step, ...], texts: tuple[bool, ...], where: str
) -> Step:
    """Call a function with values; where `texts` says so, only a text will do."""

    must_be_text = tuple(number for number, text in enumerate(texts) if text)

    def call(scope: Scope) -> object:
        values = []
        for step in arguments:
            value = step(scope)
            if type(value) is Unknown:
                return value
            values.append(value)
        for number in must_be_text:
            if type(values[number]) is not str:
                return Unknown("type", where, shown(values[number]))
        left = steps_of(scope)
        try:
            if left is not None:
                charge(left, cost_of_call(values))
            return run(*values)
        except _NO_VALUE as failure:
            reason = next(name for kind, name in _REASONS if isinstance(failure, kind))
            return Unknown(reason, where, shown(values[0]))

    return call
