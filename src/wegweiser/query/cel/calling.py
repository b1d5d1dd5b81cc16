"""Closures for arithmetic and function calls; what has no value is unknown."""

from collections.abc import Callable

from wegweiser.query.cel.steps import charge, cost_of, steps_of
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

    def call(scope: Scope) -> object:
        values = [step(scope) for step in arguments]
        for value, text in zip(values, texts, strict=True):
            if type(value) is Unknown:
                return value
            if text and type(value) is not str:
                return Unknown("type", where, shown(value))
        left = steps_of(scope)
        try:
            if left is not None:
                charge(left, sum(map(cost_of, values)))
            return run(*values)
        except _NO_VALUE as failure:
            reason = next(name for kind, name in _REASONS if isinstance(failure, kind))
            return Unknown(reason, where, shown(values[0]))

    return call
