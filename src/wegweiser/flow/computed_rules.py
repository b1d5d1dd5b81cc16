"""Documents of kind computed_trait: read, checked, and compiled into counters for the fold."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.decide.document import Loose
from wegweiser.decide.rule_schema import compile_goal
from wegweiser.flow.goals import as_rules_read
from wegweiser.profile.computed import Condition, Counter
from wegweiser.query.cel import Rule
from wegweiser.terms.computed import LONGEST_WINDOW_DAYS, ComputedTrait
from wegweiser.terms.errors import DocumentRefused, RuleRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

KIND = "computed_trait"
MOST_TRAITS = 50
# The state of each may take four kilobytes in a cell.
MOST_UNIQUE = 10
LONGEST_PATH = 5


def read_trait(fields: JsonObject) -> ComputedTrait:
    """Read a document; raises msgspec.ValidationError."""
    return msgspec.convert(
        {name: value for name, value in fields.items() if name != "kind"}, ComputedTrait
    )


def counter_of(trait: ComputedTrait, state: str = "") -> Counter:
    """Compile what the fold gathers for a trait, in a state of its own or in another.

    >>> counter_of(ComputedTrait(key="k", event="Paid", type="sum", path="order.total")).path
    ('order', 'total')
    """
    path = tuple(trait.path.split(".")) if trait.path else ()
    return Counter(state or trait.state, trait.type, path, _condition(trait.when))


def _condition(when: str) -> Condition | None:
    if not when:
        return None
    rule: Rule = compile_goal(when)
    return lambda event: rule.evaluate(as_rules_read(event)) is True


def check_all(found: Sequence[Loose], stored: Sequence[JsonObject]) -> None:
    """Check documents together with those that are kept; raises DocumentRefused."""
    together: dict[str, ComputedTrait] = {}
    for fields in stored:
        together[str(fields["key"])] = read_trait(fields)
    for one in found:
        together[one.key] = _checked(one)
        _check_bounds(one, together)


def _check_bounds(found: Loose, together: Mapping[str, ComputedTrait]) -> None:
    counted = [one for one in together.values() if not one.off]
    if len(counted) > MOST_TRAITS:
        raise _refused(found, wrong("many_traits", most=MOST_TRAITS))
    if sum(one.type == "unique" for one in counted) > MOST_UNIQUE:
        raise _refused(found, wrong("many_unique", most=MOST_UNIQUE))


def _checked(found: Loose) -> ComputedTrait:
    try:
        trait = read_trait(found.fields)
    except msgspec.ValidationError as error:
        raise _refused(found, misread(error)) from None
    if not trait.event.strip():
        raise _refused(found, wrong("no_event"))
    if trait.type != "count" and not trait.path:
        raise _refused(found, wrong("no_property", type=trait.type))
    if len(trait.path.split(".")) > LONGEST_PATH or "" in trait.path.split(".")[1:]:
        raise _refused(found, wrong("no_path", path=trait.path))
    if trait.window_days is not None and not 1 <= trait.window_days <= LONGEST_WINDOW_DAYS:
        raise _refused(found, wrong("window_days", most=LONGEST_WINDOW_DAYS))
    try:
        counter_of(trait)
    except RuleRefused as error:
        raise _refused(found, wrong("at_start", name="when", reason=error)) from error
    return trait


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault.of(found.name))
