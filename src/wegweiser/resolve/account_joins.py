"""Which accounts are one: what operators and trusted senders joined, and nobody cut or undid."""

from collections.abc import Iterable

import msgspec

from wegweiser.resolve.judgements import standing
from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.judgement import Judgement

GROUP = "group_id"
Pair = tuple[str, str]


class Joins(msgspec.Struct, frozen=True):
    """Clusters of group ids; an account that is in none stands for itself."""

    clusters: dict[str, frozenset[str]] = {}

    def together(self, group_id: str) -> frozenset[str]:
        """Give all group ids of the account that one of them names."""
        return self.clusters.get(group_id) or frozenset((group_id,))


def joined_accounts(judgements: Iterable[Judgement], stated: Iterable[Pair] = ()) -> Joins:
    """Compute the clusters from what operators said, in log order, and from `stated` pairs.

    A pair that an operator cut last stays apart, whoever else states it.

    >>> said = Judgement(operation_id="op_1", kind="link", at=0, by="ada",
    ...                  pairs=(("group_id:acme", "group_id:acme-de"),))
    >>> sorted(joined_accounts([said]).together("acme-de"))
    ['acme', 'acme-de']
    """
    pairs: dict[Pair, bool] = {_ordered(*pair): True for pair in stated}
    for one in standing(judgements):
        if one.kind not in {"link", "cut", "separate"}:
            continue
        for pair in one.pairs:
            if is_account_pair(pair):
                pairs[_ordered(value_of(pair[0]), value_of(pair[1]))] = one.kind == "link"
    return Joins(_clusters(pair for pair, joined in pairs.items() if joined))


def is_account_pair(pair: tuple[Identifier, Identifier]) -> bool:
    """Tell whether a pair is about two accounts."""
    return kind_of(pair[0]) == GROUP and kind_of(pair[1]) == GROUP


def _ordered(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _clusters(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for a, b in pairs:
        whole = found.get(a, frozenset((a,))) | found.get(b, frozenset((b,)))
        for name in whole:
            found[name] = whole
    return found


def path_up(group_id: str, parent_of: dict[str, str]) -> list[str]:
    """Give the accounts above one, nearest first; a circle ends before it closes.

    >>> path_up("a", {"a": "b", "b": "c", "c": "a"})
    ['b', 'c']
    """
    found: dict[str, None] = {}
    above = parent_of.get(group_id, "")
    while above and above != group_id and above not in found:
        found[above] = None
        above = parent_of.get(above, "")
    return [*found]
