"""The groups of value and potential in words: what they are, how they change, and what pays."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from wegweiser.measure.profit.groups_crowd import Response
from wegweiser.measure.profit.groups_grid import LEVELS, SIDE
from wegweiser.measure.revenue.money import said
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, estimate_of, number

# German wants the adjective to go with the noun.
_LEVELS = {
    "low": {"en": ("low", "low"), "de": ("niedriger", "niedriges")},
    "middle": {"en": ("middle", "middle"), "de": ("mittlerer", "mittleres")},
    "high": {"en": ("high", "high"), "de": ("hoher", "hohes")},
}
_AXES = {"en": ("value", "potential"), "de": ("Wert", "Potenzial")}
_TRENDS = {
    "rising": both("rising", "steigend"),
    "falling": both("falling", "fallend"),
    "steady": both("steady", "gleichbleibend"),
    "": both("", ""),
}


class Told(msgspec.Struct, frozen=True):
    """One group as it is shown: its cells, its sums of money, and how much of it stays."""

    cells: tuple[int, ...]
    customers: int
    value: Decimal
    served: float
    expected: float
    gap: float
    potential: float
    stability: float
    trend: Interval | None
    advised: bool

    @property
    def direction(self) -> str:
        """The trend in one word, none where it is not known."""
        if self.trend is None:
            return ""
        if self.trend.low > 0:
            return "rising"
        return "falling" if self.trend.high < 0 else "steady"


def code_of(cells: Sequence[int]) -> str:
    """Name a group for machines: its levels of value, then of potential.

    >>> code_of([8]), code_of([0, 1, 2])
    ('high/high', 'low/low+middle+high')
    """
    if _is_whole(cells):
        return "/".join("+".join(LEVELS[one] for one in axis) for axis in _axes(cells))
    return "+".join(code_of([cell]) for cell in cells)


def name_of(cells: Sequence[int]) -> Sentence:
    """Name a group by its levels.

    >>> name_of([8])["en"], name_of([0, 1, 2])["de"]
    ('high value, high potential', 'niedriger Wert')
    """
    if len(cells) == SIDE * SIDE:
        return both("all customers", "alle Kunden")
    if not _is_whole(cells):
        parts = [name_of([cell]) for cell in cells]
        return both(
            " and ".join(one["en"] for one in parts), " und ".join(one["de"] for one in parts)
        )
    axes = _axes(cells)
    return {lang: _axes_named(axes, lang) for lang in ("en", "de")}


def _axes_named(axes: tuple[list[int], list[int]], language: str) -> str:
    joint = {"en": " or ", "de": " oder "}[language]
    return ", ".join(
        f"{joint.join(_LEVELS[LEVELS[at]][language][axis] for at in held)} {noun}"
        for axis, (held, noun) in enumerate(zip(axes, _AXES[language], strict=True))
        if len(held) < SIDE
    )


def _axes(cells: Sequence[int]) -> tuple[list[int], list[int]]:
    return sorted({cell // SIDE for cell in cells}), sorted({cell % SIDE for cell in cells})


def _is_whole(cells: Sequence[int]) -> bool:
    value, potential = _axes(cells)
    return len(value) * len(potential) == len(set(cells))


def full_name(one: Told) -> Sentence:
    """Name a group with its trend, as in "high value, low potential, falling"."""
    name, trend = name_of(one.cells), _TRENDS[one.direction]
    return {lang: f"{name[lang]}, {trend[lang]}" if trend[lang] else name[lang] for lang in name}


def said_of_group(one: Told, currency: str) -> Sentence:
    """Say what a group brought, cost and may bring."""
    name = full_name(one)
    count = {lang: number(one.customers, lang) for lang in ("en", "de")}
    held = {lang: number(100 * one.stability, lang) for lang in ("en", "de")}
    value, served, coming, gap = (
        said(amount, currency)
        for amount in (one.value, *(_exact(each) for each in (one.served, one.expected, one.gap)))
    )
    return both(
        f"{_begun(name['en'])}: {count['en']} customers left {value['en']} in 12 months and cost"
        f" {served['en']} to serve; {coming['en']} are expected in the next 12, and {gap['en']} lie"
        f" between them and the best quarter of similar customers. {held['en']}% stay in the"
        f" group when customers are drawn anew.{advice_of(one)['en']}",
        f"{_begun(name['de'])}: {count['de']} Kunden ließen in 12 Monaten {value['de']} übrig und"
        f" kosteten {served['de']} an Betreuung; {coming['de']} sind in den nächsten 12 zu"
        f" erwarten, und {gap['de']} trennen sie vom besten Viertel ähnlicher Kunden."
        f" {held['de']} % bleiben in der Gruppe, wenn Kunden neu gezogen"
        f" werden.{advice_of(one)['de']}",
    )


def advice_of(one: Told) -> Sentence:
    """Advise only what an experiment measured; else nothing."""
    if not one.advised:
        return both("", "")
    return both(
        " More contact is likely to pay: even the lower end of what an experiment measured is"
        " above the cost to serve.",
        " Mehr Kontakt lohnt sich wahrscheinlich: Selbst das untere Ende dessen, was ein Experiment"
        " maß, liegt über den Kosten der Betreuung.",
    )


def said_of_stability(share: Interval, groups: int) -> Sentence:
    """Say how many groups hold, and how well."""
    shown = {lang: estimate_of(share, lang, 100, "%") for lang in ("en", "de")}
    return both(
        f"{shown['en']} of customers stay in their group when customers and models are drawn anew"
        f" ({between(share, 'en', 100, '%')}); of nine cells {groups} groups hold.",
        f"{shown['de']} der Kunden bleiben in ihrer Gruppe, wenn Kunden und Modelle neu gezogen"
        f" werden ({between(share, 'de', 100, '%')}); von neun Feldern halten {groups} Gruppen.",
    )


def said_of_response(response: Response) -> Sentence:
    """Say which share of the gap contact closed."""
    share = response.share
    if share is None:
        return both(
            "No experiment measured how much of the gap contact closes, so that the gap counts"
            " nothing and nothing is advised. Keep a control group of customers with a year's"
            " money.",
            "Kein Experiment maß, wie viel vom Abstand Kontakt schließt; deshalb zählt der Abstand"
            " nichts, und es gibt keinen Rat. Halten Sie eine Kontrollgruppe unter den Kunden.",
        )
    shown = {lang: estimate_of(share, lang, 100, "%") for lang in ("en", "de")}
    ends = {lang: between(share, lang, 100, "%") for lang in ("en", "de")}
    if not response.counted:
        return both(
            f"Contact closes {shown['en']} of the gap to similar customers ({ends['en']}): no"
            " effect can be told, so that the gap counts nothing.",
            f"Kontakt schließt {shown['de']} des Abstands zu ähnlichen Kunden ({ends['de']}): Eine"
            " Wirkung ist nicht zu erkennen, deshalb zählt der Abstand nichts.",
        )
    return both(
        f"Contact closes {shown['en']} of the gap to similar customers ({ends['en']}), as the"
        " control group shows.",
        f"Kontakt schließt {shown['de']} des Abstands zu ähnlichen Kunden ({ends['de']}), wie die"
        " Kontrollgruppe zeigt.",
    )


def _exact(amount: float) -> Decimal:
    return Decimal(str(round(amount, 4)))


def _begun(words: str) -> str:
    return words[0].upper() + words[1:]
