"""What an operator says about identity: stored as it was said, and undone by saying so."""

from collections.abc import Set
from typing import Literal

import msgspec

from wegweiser.terms.identity import Identifier

JudgementKind = Literal["link", "cut", "separate", "restore", "release", "undo"]


class Judgement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement of an operator about who is who; overrides all other evidence.

    - link: the two of each pair are one person;
    - cut: the evidence of each pair joins nobody; with `hold` also what comes later;
    - separate: the two of each pair may not share a person, whatever joins them;
    - restore: evidence stored after log position `position`, up to this statement, does not
      count in the component that held `names` when this was said, which lists them all;
    - release: the frozen component of `names` is resolved again;
    - undo: the statement `undoes` was never said.

    `at` is milliseconds UTC, `by` who said it, `reason` what for; `said` is the log position of
    the statement itself, which whoever takes it in fills in.
    """

    operation_id: str
    kind: JudgementKind
    at: int
    by: str
    pairs: tuple[tuple[Identifier, Identifier], ...] = ()
    names: tuple[Identifier, ...] = ()
    hold: bool = True
    position: int = 0
    undoes: str = ""
    reason: str = ""
    said: int = 0

    @property
    def named(self) -> frozenset[Identifier]:
        """Every identifier that the statement names."""
        return frozenset(self.names).union(*self.pairs)

    def without(self, gone: Set[Identifier]) -> "Judgement":
        """Give what is left of the statement when identifiers are erased.

        The reason is free text that may name somebody, so that it goes with any of them.

        >>> said = Judgement(
        ...     operation_id="op_1", kind="separate", at=0, by="ada", reason="Two sisters.",
        ...     pairs=(("user_id:u-1", "user_id:u-2"), ("user_id:u-2", "user_id:u-3")),
        ... )
        >>> left = said.without({"user_id:u-1"})
        >>> left.pairs, left.reason
        ((('user_id:u-2', 'user_id:u-3'),), '')
        """
        if self.named.isdisjoint(gone):
            return self
        return msgspec.structs.replace(
            self,
            pairs=tuple(pair for pair in self.pairs if gone.isdisjoint(pair)),
            names=tuple(name for name in self.names if name not in gone),
            reason="",
        )
