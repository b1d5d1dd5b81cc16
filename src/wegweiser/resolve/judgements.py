"""What operators said and nobody undid, made ready for resolution."""

from collections.abc import Iterable, Mapping

import msgspec

from wegweiser.resolve.edges import Pair, in_order
from wegweiser.terms.identity import Evidence, Identifier
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.source import Trust

# The source of links that an operator made; no sender is called so.
OPERATOR = "\x00operator"


def standing(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Give the statements that no standing statement undoes, in log order.

    An undo can be undone, so that the latest word is looked at first.

    >>> cut = Judgement(operation_id="op_1", kind="cut", at=1, by="ada", said=1)
    >>> undo = Judgement(operation_id="op_2", kind="undo", at=2, by="ada", undoes="op_1", said=2)
    >>> again = Judgement(operation_id="op_3", kind="undo", at=3, by="ada", undoes="op_2", said=3)
    >>> [one.operation_id for one in standing([cut, undo])]
    ['op_2']
    >>> [one.operation_id for one in standing([cut, undo, again])]
    ['op_1', 'op_3']
    """
    undone: set[str] = set()
    found: list[Judgement] = []
    for one in sorted(judgements, key=_age, reverse=True):
        if one.operation_id in undone:
            continue
        found.append(one)
        if one.kind == "undo":
            undone.add(one.undoes)
    return tuple(reversed(found))


def _age(judgement: Judgement) -> tuple[int, int, str]:
    return (judgement.said, judgement.at, judgement.operation_id)


class Ruling(msgspec.Struct, frozen=True):
    """Standing statements by what they do; positions are log positions.

    `cuts` maps pairs to the position up to which their evidence does not count (None: all of
    it), `restores` identifiers to spans (after, up to) that do not count.
    """

    links: tuple[Evidence, ...] = ()
    cuts: Mapping[Pair, int | None] = {}
    separations: Mapping[Identifier, frozenset[Identifier]] = {}
    restores: Mapping[Identifier, tuple[tuple[int, int], ...]] = {}
    released: frozenset[Identifier] = frozenset()

    def ignores(self, item: Evidence) -> bool:
        """Tell whether an operator took a record of evidence out."""
        if self.cuts and (item.a, item.b) in self.cuts:
            until = self.cuts[(item.a, item.b)]
            if until is None or item.position <= until:
                return True
        if not self.restores:
            return False
        spans = (*self.restores.get(item.a, ()), *self.restores.get(item.b, ()))
        return any(after < item.position <= until for after, until in spans)


def ruling_of(judgements: Iterable[Judgement]) -> Ruling:
    """Make the standing ones among some statements ready.

    >>> cut = Judgement(
    ...     operation_id="op_1", kind="cut", at=1, by="ada", pairs=(("user_id:u", "email:e"),)
    ... )
    >>> dict(ruling_of([cut]).cuts)
    {('email:e', 'user_id:u'): None}
    """
    links: list[Evidence] = []
    cuts: dict[Pair, int | None] = {}
    apart: dict[Identifier, set[Identifier]] = {}
    spans: dict[Identifier, list[tuple[int, int]]] = {}
    released: set[Identifier] = set()
    for one in standing(judgements):
        pairs = [in_order(*pair) for pair in one.pairs if pair[0] != pair[1]]
        if one.kind == "link":
            links += [_link(one, pair) for pair in pairs]
        elif one.kind == "cut":
            links = [link for link in links if link.pair not in pairs]
            cuts.update(_cut(cuts, one, pairs))
        elif one.kind == "separate":
            for a, b in pairs:
                apart.setdefault(a, set()).add(b)
                apart.setdefault(b, set()).add(a)
        elif one.kind == "restore":
            for name in one.names:
                spans.setdefault(name, []).append((one.position, one.said))
        elif one.kind == "release":
            released.update(one.names)
    return Ruling(
        tuple(links),
        cuts,
        {name: frozenset(others) for name, others in apart.items()},
        {name: tuple(found) for name, found in spans.items()},
        frozenset(released),
    )


def _link(judgement: Judgement, pair: Pair) -> Evidence:
    return Evidence(
        *pair, Trust.OPERATOR, judgement.at, judgement.operation_id, OPERATOR, judgement.said
    )


def _cut(
    before: Mapping[Pair, int | None], judgement: Judgement, pairs: Iterable[Pair]
) -> dict[Pair, int | None]:
    if judgement.hold:
        return dict.fromkeys(pairs)
    found: dict[Pair, int | None] = {}
    for pair in pairs:
        until = before.get(pair, 0)
        found[pair] = None if until is None else max(until, judgement.said)
    return found
