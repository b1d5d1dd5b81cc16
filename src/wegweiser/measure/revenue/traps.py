"""Traps of a relation that the landmark does not remove, named in words beside the figure."""

from wegweiser.measure.revenue.leak_rules import words_of
from wegweiser.measure.revenue.strata import Standardised
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, both

_SURVIVORS = frozenset(
    ["account", "login", "dashboard", "app", "my", "profile", "konto", "anmelden"]
)
_REVERSE = frozenset(
    [
        "cart",
        "checkout",
        "basket",
        "thank",
        "thanks",
        "you",
        "invoice",
        "onboarding",
        "support",
        "warenkorb",
        "danke",
    ]
)


def traps_of(
    crude: float, found: Standardised, opinion: Interval | None, page: str
) -> dict[str, Sentence]:
    """Name what speaks against a relation: by a key for machines, in words for people.

    `crude` is the difference without strata, `opinion` that of a regression, `page` the path of a
    page (empty for other features), which tells by its words who sees it.
    """
    told: dict[str, Sentence] = {}
    if crude * found.rate.estimate < 0:
        told["crude_and_standardised_differ_in_sign"] = both(
            "Without comparing like with like the sign would be the other one.",
            "Ohne Gleiches mit Gleichem zu vergleichen, wäre das Vorzeichen umgekehrt.",
        )
    if found.opposite is not None:
        where = "/".join(found.opposite)
        told["opposite_in_a_large_part"] = both(
            f"Among {where}, more than a fifth of all, it is the other way round.",
            f"Bei {where}, mehr als einem Fünftel aller, ist es umgekehrt.",
        )
    if opinion is not None and _is_apart(found.rate, opinion):
        told["a_regression_says_otherwise"] = both(
            "A regression says otherwise.", "Eine Regression sagt etwas anderes."
        )
    words = words_of(page)
    if words & _SURVIVORS:
        told["survivors"] = both(
            "Only who is logged in sees it: these are those who stayed.",
            "Nur wer angemeldet ist, sieht es: Das sind jene, die geblieben sind.",
        )
    if words & _REVERSE:
        told["reverse"] = both(
            "It may be visited because the sale was made already.",
            "Vielleicht wird es besucht, weil schon verkauft ist.",
        )
    return told


def _is_apart(one: Interval, other: Interval) -> bool:
    return one.high < other.estimate or other.estimate < one.low
