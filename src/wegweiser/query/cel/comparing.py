"""Closures that compare: a quick form against a literal and a general form."""

import operator
from collections.abc import Callable, Mapping
from functools import partial
from math import isnan

from wegweiser.query.cel.steps import charge, cost_of, steps_of
from wegweiser.query.cel.tree import ComparisonSign
from wegweiser.query.cel.values import (
    Pay,
    Scope,
    Step,
    TooLong,
    Unknown,
    contained,
    free,
    ordered,
    same,
    shown,
)
from wegweiser.terms.json import Json

_ORDER: Mapping[str, Callable[..., bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MIRRORED: Mapping[ComparisonSign, ComparisonSign] = {
    "==": "==",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


def against_literal(sign: ComparisonSign, read: Step, literal: Json, where: str) -> Step:
    """Compare what was read with a text or number written in the rule."""
    if sign in _ORDER:
        return _order_literal(_ORDER[sign], read, literal, where)
    if isinstance(literal, str):
        return _same_text(sign == "==", read, literal)
    return _same_number(sign == "==", read, literal, where)


def _same_text(wanted: bool, read: Step, literal: str) -> Step:
    def is_text(scope: Scope) -> object:
        found = read(scope)
        return found if type(found) is Unknown else found == literal

    def is_other_text(scope: Scope) -> object:
        found = read(scope)
        return found if type(found) is Unknown else found != literal

    return is_text if wanted else is_other_text


def _same_number(wanted: bool, read: Step, literal: Json, where: str) -> Step:
    def is_number(scope: Scope) -> object:
        found = read(scope)
        if type(found) is int or (type(found) is float and not isnan(found)):
            return (found == literal) is wanted
        if type(found) is Unknown:
            return found
        return Unknown("arithmetic", where) if type(found) is float else not wanted

    return is_number


def _order_literal(compare: Callable[..., bool], read: Step, literal: Json, where: str) -> Step:
    text = isinstance(literal, str)

    def in_order(scope: Scope) -> object:
        found = read(scope)
        if text:
            fits = type(found) is str
        else:
            fits = type(found) is int or (type(found) is float and not isnan(found))
        if fits:
            return compare(found, literal)
        return found if type(found) is Unknown else Unknown("type", where, shown(found))

    return in_order


def comparison(sign: ComparisonSign, left: Step, right: Step, where: str) -> Step:
    """Compare two computed values."""

    def judge(one: object, other: object, pay: Pay) -> bool | None:
        if sign == "in":
            return contained(one, other, pay)
        if sign in _ORDER:
            return _ORDER[sign](one, other) if ordered(one, other) else None
        answer = same(one, other, pay)
        return answer if answer is None or sign == "==" else not answer

    def compare(scope: Scope) -> object:
        one, other = left(scope), right(scope)
        if type(one) is Unknown:
            return one
        if type(other) is Unknown:
            return other
        left_steps = steps_of(scope)
        try:
            if left_steps is None:
                answer = judge(one, other, free)
            else:
                charge(left_steps, min(cost_of(one), cost_of(other)))
                answer = judge(one, other, partial(charge, left_steps))
        except TooLong:
            return Unknown("too_long", where)
        return Unknown("type", where, shown(one)) if answer is None else answer

    return compare


def among_texts(read: Step, texts: frozenset[str]) -> Step:
    """Find what was read among texts written in the rule."""

    def is_among(scope: Scope) -> object:
        found = read(scope)
        if type(found) is str:
            return found in texts
        return found if type(found) is Unknown else False

    return is_among
