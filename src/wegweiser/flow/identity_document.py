"""The document of identity rules as it is written, and what makes it refused."""

from collections.abc import Iterator

import msgspec

from wegweiser.flow.erasure_subject import spelled
from wegweiser.resolve.classes import is_custom
from wegweiser.resolve.rulebook import pattern_of
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

MOST_PATTERNS, LONGEST_PATTERN = 200, 200
MOST_SENSITIVE = 200
# What says what the document is, and is no rule.
DESCRIBING = ("kind", "key", "description")
# The least that each number may be: a limit of nothing would take every person apart.
_LEAST = {
    "hot_window_days": 1,
    "strong_window_days": 1,
    "weak_window_days": 1,
    "keep_before_days": 0,
    "standing_days": 0,
}


def read_rules(fields: JsonObject) -> IdentityRules:
    """Read rules as they are written in a document; raises InputRefused with the fault.

    >>> read_rules({"strong_most": 6}).strong_most
    6
    """
    stated = {name: value for name, value in fields.items() if name not in DESCRIBING}
    try:
        rules = msgspec.convert(stated, IdentityRules)
    except msgspec.ValidationError as error:
        raise InputRefused("bad_rules", misread(error), 422) from error
    for name, value in msgspec.structs.asdict(rules).items():
        if isinstance(value, int) and value < _LEAST.get(name, 1):
            told = wrong("number_up", name=name, least=_LEAST.get(name, 1))
            raise InputRefused("bad_rules", told, 422, name)
    for field, told in _faults(rules):
        raise InputRefused("bad_rules", told, 422, field)
    for patterns in rules.blocked_patterns.values():
        for pattern in patterns:
            pattern_of(pattern)
    return rules


def _faults(rules: IdentityRules) -> Iterator[tuple[str, Wrong]]:
    """Yield what would do other than it seems, as (field, fault)."""
    for kind, rule in rules.types.items():
        if rule.refused and not is_custom(kind):
            yield f"types.{kind}.refused", wrong("only_custom", name=repr(kind[:100]))
        for name in ("priority", "most", "window_days"):
            number = getattr(rule, name)
            if number is not None and number < 1:
                place = f"types.{kind}.{name}"
                yield place, wrong("number_up", name=place, least=1)
    if len(rules.sensitive_traits) > MOST_SENSITIVE:
        yield "sensitive_traits", wrong("many_keys", most=MOST_SENSITIVE)
    if not all(key.strip() for key in rules.sensitive_traits):
        yield "sensitive_traits", wrong("empty_trait")
    patterns = [one for found in rules.blocked_patterns.values() for one in found]
    if len(patterns) > MOST_PATTERNS:
        yield "blocked_patterns", wrong("most_patterns", most=MOST_PATTERNS)
    if not all(one.strip() and len(one) <= LONGEST_PATTERN for one in patterns):
        yield "blocked_patterns", wrong("pattern_length", most=LONGEST_PATTERN)
    for name in rules.pinned:
        written = spelled(name) if ":" in name else ""
        if written != name:
            hint = wrong("write_so", words=repr(written[:300]) if written else "TYPE:VALUE")
            yield "pinned", wrong("pinned", name=repr(name[:300]), hint=hint)
