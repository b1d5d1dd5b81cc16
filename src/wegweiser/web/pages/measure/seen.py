"""What a reader may see of an answer: who sees counts gets no small cells and no persons."""

import msgspec

from wegweiser.terms.kept_back import COUNTS, without_few
from wegweiser.terms.result import Answer
from wegweiser.web.text import Reader


class Seen(msgspec.Struct, frozen=True):
    """An answer as far as it may be seen, and how many rows are kept back."""

    answer: Answer
    kept_back: int = 0


def seen(reader: Reader, answer: Answer, unit: str) -> Seen:
    """Keep back what is too small or names persons; `unit` says what a customer is."""
    if reader.sight != "counts":
        return Seen(answer)
    kept = without_few(answer, unit)
    return Seen(kept.answer, kept.rows)


__all__ = ["COUNTS", "Seen", "seen"]
