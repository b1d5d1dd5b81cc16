"""What is asked of a training, and what it gives back; it crosses between processes."""

import msgspec

from wegweiser.terms.score import ScoreCheck, ScoreDeclared, ScoreModel


class ScoreWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be learned, up to which moment (ms) and log position, and who is left out.

    With a model that stands already, only its drift is looked at unless much has moved.
    """

    declared: ScoreDeclared
    window_days: int
    as_of: int
    upto: int
    denied: frozenset[str] = frozenset()
    standing: ScoreModel | None = None
    renew: bool = True


class ScoreTrained(msgspec.Struct, frozen=True):
    """What was found, and a new model where there was enough to learn one from."""

    check: ScoreCheck
    model: ScoreModel | None = None
