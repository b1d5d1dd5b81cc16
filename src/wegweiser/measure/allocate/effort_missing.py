"""What a plan of effort still waits for: how many units and weeks each part would need."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.allocate.effort_cell import Tested
from wegweiser.measure.allocate.effort_words import called
from wegweiser.measure.form import Asked, Row
from wegweiser.measure.lift_gate import first_closed_gate, needed, weeks_needed
from wegweiser.measure.words import Sentence, both, number, percent
from wegweiser.terms.result import Result

# What asks for less than it.
_COARSER = {"message": "--what channel, --what all", "channel": "--what all", "all": ""}


class Missing(msgspec.Struct, frozen=True):
    """One part that no experiment tells of: the gate that is closed, None where it is not its own.

    `units` are those of both arms; of `needed` and `weeks` None is not known.
    """

    tested: Tested
    gate: Result | None
    units: int
    needed: int | None
    weeks: float | None

    @property
    def name(self) -> str:
        """Name it by what tells it apart."""
        return called((self.tested.group, *self.tested.place))


def missing(tested: Sequence[Tested], asked: Asked) -> list[Missing]:
    """Say what each part waits for; who waits for least comes first."""
    found = [_missing(one, asked) for one in tested if one.effect is None]
    return sorted(found, key=lambda one: (_share_missing(one), one.name))


def _missing(one: Tested, asked: Asked) -> Missing:
    sums = one.thing.sums
    gate = first_closed_gate(sums, asked)
    arms = [sums[name] for name in (asked.text("arm"), asked.text("control")) if name in sums]
    units = sum(arm.closed for arm in arms)
    return Missing(one, gate, units, needed(sums, asked) or None, weeks_needed(sums, asked))


def _share_missing(one: Missing) -> float:
    if one.gate is None or one.needed is None:
        return 1.0
    return 1 - one.units / one.needed


def missing_words(found: Sequence[Missing], asked: Asked) -> Sentence:
    """Say of how many parts nothing is known, which is nearest, and what would ask for less."""
    short = [one for one in found if one.gate is not None]
    mixed = [one for one in found if one.gate is None]
    parts = [_counted(len(found)), *_short(short), *_mixed(mixed), *_less(asked)]
    return {lang: " ".join(part[lang] for part in parts) for lang in ("en", "de")}


def _counted(count: int) -> Sentence:
    if count == 1:
        return both(
            "No advice: the experiment does not tell yet what the only part earns.",
            "Kein Rat: Der Versuch sagt noch nicht, was der einzige Teil bringt.",
        )
    return both(
        f"No advice: of none of the {number(count, 'en')} parts the experiment tells yet what it"
        " earns.",
        f"Kein Rat: Der Versuch sagt noch von keinem der {number(count, 'de')} Teile, was er"
        " bringt.",
    )


def _short(short: Sequence[Missing]) -> list[Sentence]:
    if not short or short[0].gate is None:
        return []
    one, gate = short[0], short[0].gate
    return [
        both(
            f"Nearest is {one.name}: {_begun(gate.sentence['en'])}",
            f"Am nächsten dran ist {one.name}: {_begun(gate.sentence['de'])}",
        )
    ]


def _begun(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _mixed(mixed: Sequence[Missing]) -> list[Sentence]:
    if not mixed:
        return []
    one = min(mixed, key=lambda each: each.tested.thing.followed_share)
    share = one.tested.thing.followed_share
    return [
        both(
            f"{percent(share, 'en', 0)} of the units of {one.name} were offered other things as"
            " well, so that what it does cannot be told apart: show a part of the units, drawn by"
            " lot, only one.",
            f"{percent(share, 'de', 0)} der Einheiten von {one.name} wurde auch anderes angeboten,"
            " so dass nicht zu trennen ist, was daran liegt: Zeigen Sie einem ausgelosten Teil der"
            " Einheiten nur eines.",
        )
    ]


def _less(asked: Asked) -> list[Sentence]:
    ways = [one for one in (_COARSER[asked.text("what")],) if one]
    groups = asked.text("group")
    if not (ways or groups):
        return []
    english = [*ways, "no --group"] if groups else ways
    german = [*ways, "kein --group"] if groups else ways
    return [
        both(
            f"Fewer and larger parts need fewer units: {', '.join(english)}.",
            f"Weniger und größere Teile brauchen weniger Einheiten: {', '.join(german)}.",
        )
    ]


def missing_rows(found: Sequence[Missing]) -> list[Row]:
    """Give a row per part with the units and weeks that it waits for."""
    return [_row(one) for one in found]


def _row(one: Missing) -> Row:
    channel, message = one.tested.place
    thing = one.tested.thing
    return {
        "group": one.tested.group,
        "channel": channel,
        "message": message,
        "units_needed": one.needed,
        "units": one.units,
        "weeks_needed": one.weeks,
        "now": round(thing.contacts, 1),
        "followed_share": thing.followed_share,
        "why": "not_its_own" if one.gate is None else one.gate.reason,
    }
