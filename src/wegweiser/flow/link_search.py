"""One search for probable duplicates: keys first, then the linker; run beside the server."""

from collections.abc import Callable, Sequence

from wegweiser.ports.linker import Linker
from wegweiser.resolve.link_blocks import blocks_of
from wegweiser.terms.link import Linkage, LinkRecord

# Of more, the least probable are not kept: a page looks at all of them each time.
MOST_FOUND = 2_000


def search(
    linker: Linker,
    records: Sequence[LinkRecord],
    at_least: float,
    tell: Callable[[str], None] = lambda step: None,
) -> Linkage:
    """Find the pairs that are one person with a probability from `at_least`."""
    tell("keys")
    blocks = blocks_of(records)
    found = linker.pairs(records, blocks, at_least, tell)
    return Linkage(
        pairs=tuple(found[:MOST_FOUND]),
        records=len(records),
        pairs_compared=blocks.pairs,
        keys_left_out=blocks.left_out,
        learned_from=blocks.training,
    )
