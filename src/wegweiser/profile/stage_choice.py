"""Which of many moves a figure counts: by way, by stages at start and end, by what went before."""

from collections.abc import Sequence

import msgspec

from wegweiser.profile.stage_flow import Moved, against_the_tide

TIDE = "tide"


class Choice(msgspec.Struct, frozen=True):
    """What is wanted; empty words let all through.

    `source` and `target` are the stages at start and end; `came` and `left` those that somebody
    came into and went out of; `ever` one stood in before the end; `stood` one stood in at the mark
    `at`; `touched` a kind of evidence before the move.
    """

    way: str = ""
    source: str = ""
    target: str = ""
    came: str = ""
    left: str = ""
    ever: str = ""
    touched: str = ""
    stood: str = ""
    at: int = 0

    def fits(self, one: Moved) -> bool:
        """Tell whether somebody is meant, whatever others did.

        >>> there = Moved("a", ("explore", "evaluate"), frozenset({"pricing"}))
        >>> Choice(came="evaluate").fits(there), Choice(left="evaluate").fits(there)
        (True, False)
        >>> Choice(ever="evaluate").fits(there), Choice(stood="explore", at=0).fits(there)
        (False, True)
        """
        first, last = one.step
        return (
            self.way in ("", TIDE, one.way)
            and self.source in ("", first)
            and self.target in ("", last)
            and (not self.came or self.came == last != first)
            and (not self.left or self.left == first != last)
            and (not self.ever or self.ever in one.stages[:-1])
            and (not self.touched or self.touched in one.touched)
            and (not self.stood or one.stages[self.at : self.at + 1] == (self.stood,))
        )


def chosen(moved: Sequence[Moved], choice: Choice) -> tuple[Moved, ...]:
    """Give those who are meant, in their order."""
    kept = against_the_tide(moved) if choice.way == TIDE else tuple(moved)
    return tuple(one for one in kept if choice.fits(one))
