"""Resolution: from the set of evidence to persons, with a reason for every no."""

from collections.abc import Container, Iterable

import msgspec

from wegweiser.resolve.edges import Edges, Pair
from wegweiser.resolve.judgements import ruling_of
from wegweiser.resolve.links import Links
from wegweiser.resolve.phases import Phases, canonical_order
from wegweiser.resolve.rulebook import BUILT_IN, Rulebook
from wegweiser.resolve.shared import SharedDevice
from wegweiser.terms.identity import Evidence, Identifier, Refusal
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement


class Clusters(msgspec.Struct, frozen=True):
    """Persons of one or more components.

    `root_of` gives one member that stands for the whole cluster; `standing` are the pairs on
    which a claim may rest, with the time of their first evidence.
    """

    root_of: dict[Identifier, Identifier]
    members: dict[Identifier, tuple[Identifier, ...]]
    shared: dict[Identifier, SharedDevice]
    accepted: tuple[Evidence, ...]
    refusals: tuple[Refusal, ...]
    known: frozenset[Identifier]
    superseded: frozenset[Identifier]
    unverified: frozenset[Identifier]
    standing: dict[Pair, int]


def resolve(
    evidence: Iterable[Evidence],
    rules: IdentityRules | None = None,
    judgements: Iterable[Judgement] = (),
    leaves: Container[str] = frozenset(),
) -> Clusters:
    """Compute the persons of a whole set of evidence, under rules and operators' statements.

    A pure function: the order in which evidence is given changes nothing. `leaves` are the
    identifiers that have events, of which one person may have so many only.

    >>> first = Evidence("anonymous_id:a", "user_id:u", 1, 0, "m-1", "site", 1)
    >>> sorted(resolve([first]).members[resolve([first]).root_of["user_id:u"]])
    ['anonymous_id:a', 'user_id:u']
    """
    told = set(evidence)
    book = BUILT_IN if rules is None else Rulebook(rules)
    links = Links(Edges.of(told), book, ruling_of(judgements), leaves)
    return resolve_all(links, told)


def resolve_all(links: Links, told: Iterable[Evidence]) -> Clusters:
    """Compute the persons of some evidence that is kept; what joins nobody gets its reason."""
    told = set(told)
    may_join, refused = sifted(links, {item.pair for item in told})
    may_join.update(links.by_operator())
    names = {name for item in (*told, *may_join) for name in item.pair}
    names = {name for name in names if links.book.joins_persons(name)}
    return clusters_of(links, names, may_join, refused)


def sifted(links: Links, pairs: Iterable[Pair]) -> tuple[set[Evidence], list[Refusal]]:
    """Give the evidence of some pairs that may join, and one refusal where none of it may."""
    may_join: set[Evidence] = set()
    refused: list[Refusal] = []
    for pair in pairs:
        reasons = {item: links.reason(item) for item in links.edges.of_pair(*pair)}
        free = {item for item, reason in reasons.items() if not reason}
        may_join |= free
        if reasons and not free:
            first = min(reasons, key=lambda item: canonical_order(item, links.book))
            refused.append(Refusal(first, reasons[first]))
    return may_join, refused


def clusters_of(
    links: Links,
    names: Iterable[Identifier],
    evidence: Iterable[Evidence],
    refused: Iterable[Refusal] = (),
) -> Clusters:
    """Run all phases over evidence that may join, and write down what came of it."""
    phases = Phases(links, names, evidence)
    for _ in phases.run():
        pass
    return outcome(links, phases, refused)


def outcome(links: Links, phases: Phases, refused: Iterable[Refusal] = ()) -> Clusters:
    """Write down what became of the names and the evidence of a run."""
    unions = phases.unions
    roots = {name: unions.root(name) for name in phases.names}
    strong = (name for name in phases.names if links.book.class_of(name) == "strong")
    return Clusters(
        root_of=roots,
        members={root: tuple(sorted(unions.members(root))) for root in set(roots.values())},
        shared=phases.shared,
        accepted=tuple(phases.accepted),
        refusals=tuple(dict.fromkeys((*refused, *phases.refusals))),
        known=frozenset(root for root in set(roots.values()) if unions.known(root)),
        superseded=frozenset(unions.superseded()),
        unverified=frozenset(name for name in strong if not links.is_known(name)),
        standing={pair: seen[0] for pair, seen in phases.first_at.items()},
    )
