"""Closures for and, or, not, if and default: unknown goes where something else decides."""

from wegweiser.query.cel.values import Scope, Step, Unknown, shown


def junction_step(decisive: bool, operands: tuple[tuple[Step, str], ...]) -> Step:
    """Join operands: `decisive` is False for `&&` and True for `||`."""

    def join(scope: Scope) -> object:
        doubt: object = None
        for step, where in operands:
            found = step(scope)
            if found is decisive:
                return decisive
            if found is not (not decisive) and doubt is None:
                doubt = as_truth(found, where)
        return (not decisive) if doubt is None else doubt

    return join


def negation_step(of: Step, where: str) -> Step:
    """Turn true into false and false into true; unknown stays unknown."""

    def negate(scope: Scope) -> object:
        found = of(scope)
        if found is True:
            return False
        return True if found is False else as_truth(found, where)

    return negate


def choice_step(condition: Step, yes: Step, no: Step, where: str) -> Step:
    """Go on with one of two branches; unknown when the condition is."""

    def choose(scope: Scope) -> object:
        found = condition(scope)
        if found is True:
            return yes(scope)
        return no(scope) if found is False else as_truth(found, where)

    return choose


def as_truth(found: object, where: str) -> object:
    """Keep true, false and unknown; anything else is unknown because of its type."""
    if found is True or found is False or type(found) is Unknown:
        return found
    return Unknown("type", where, shown(found))


def fallback_step(value: Step, otherwise: Step) -> Step:
    """Give a value or, where there is none, another; work without end stays unknown."""

    def choose(scope: Scope) -> object:
        found = value(scope)
        if type(found) is Unknown and found.reason != "too_long":
            return otherwise(scope)
        return found

    return choose
