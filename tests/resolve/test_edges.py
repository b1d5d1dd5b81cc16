"""Evidence by pair: what goes with an identifier that is erased."""

import msgspec

from wegweiser.resolve.edges import Edges
from wegweiser.terms.identity import Evidence
from wegweiser.terms.source import Trust

LINK = Evidence("anonymous_id:a", "user_id:u", Trust.INFERRED, 0, "m-1", "site", 1)


def test_a_pair_that_was_only_inferred_goes_with_either_end() -> None:
    for gone in LINK.pair:
        edges = Edges()
        edges.add(LINK)
        other = msgspec.structs.replace(LINK, a="anonymous_id:b")
        edges.add(other)
        edges.replace(frozenset({gone}), (), Edges())
        assert edges.of_pair(*LINK.pair) == []
        left = [other] if gone == LINK.a else []
        assert edges.of_pair(*other.pair) == left
        assert edges.mentioned_with(gone) == frozenset()


def test_what_is_inferred_is_mentioned_but_stands_for_nothing() -> None:
    edges = Edges()
    edges.add(LINK)
    assert edges.mentioned_with("user_id:u") == {"anonymous_id:a"}
    assert edges.near("user_id:u") == frozenset()
