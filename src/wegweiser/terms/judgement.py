"""What an operator says about identity: stored as it was said, and undone by saying so."""

from typing import Literal

import msgspec

from wegweiser.terms.identity import Identifier

JudgementKind = Literal["link", "cut", "separate", "restore", "release", "undo"]


class Judgement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement of an operator about who is who; overrides all other evidence.

    - link: the two of each pair are one person;
    - cut: the evidence of each pair joins nobody; with `hold` also what comes later;
    - separate: the two of each pair may not share a person, whatever joins them;
    - restore: evidence stored after log position `position` does not count in the component
      that held `names` when this was said, which lists them all;
    - release: the frozen component of `names` is resolved again;
    - undo: the statement `undoes` was never said.

    `at` is milliseconds UTC, `by` who said it, `reason` what for.
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
