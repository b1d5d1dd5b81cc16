"""The linker: any engine that tells how probably two records are one person."""

from collections.abc import Callable, Sequence
from typing import Protocol

from wegweiser.terms.link import Blocks, LikelyPair, LinkRecord


class Linker(Protocol):
    """Learns from the records themselves; the same records and seed give the same answer."""

    def pairs(
        self,
        records: Sequence[LinkRecord],
        blocks: Blocks,
        at_least: float,
        tell: Callable[[str], None],
    ) -> list[LikelyPair]:
        """Give the pairs of a probability from `at_least`, most probable first.

        Only records that share a key of a block are compared. `tell` hears of every step.
        """
