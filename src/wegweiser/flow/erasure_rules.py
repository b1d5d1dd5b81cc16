"""Rules of identity without the erased, however the rules spell their identifiers."""

from collections.abc import Callable, Iterator

import msgspec

from wegweiser.flow.erasure_subject import spelled
from wegweiser.terms.identity import Identifier
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.record import Ruled


def rules_without(rules: IdentityRules, is_gone: Callable[[Identifier], bool]) -> IdentityRules:
    """Give the rules without what they say of identifiers that are gone; else the same rules.

    >>> rules = IdentityRules(blocked={"email": ("Ada@Buyer.example",)})
    >>> rules_without(rules, lambda name: name == "email:ada@buyer.example").blocked
    {'email': ()}
    """
    gone = {written for written in _written_in(rules) if is_gone(spelled(written) or written)}
    return rules.without(gone) if gone else rules


def ruled_without(ruled: Ruled, is_gone: Callable[[Identifier], bool]) -> Ruled:
    """Give a publication without them; its reason is free text, and goes with any of them."""
    left = rules_without(ruled.rules, is_gone)
    return ruled if left == ruled.rules else msgspec.structs.replace(ruled, rules=left, reason="")


def named_in(rules: IdentityRules) -> Iterator[Identifier]:
    """Yield the identifiers that rules name, each in its one spelling."""
    yield from filter(None, map(spelled, _written_in(rules)))


def _written_in(rules: IdentityRules) -> Iterator[Identifier]:
    yield from rules.pinned
    for kind, values in rules.blocked.items():
        yield from (f"{kind}:{value}" for value in values)
