"""What was weighed for each slot of a decision: the ranking, its sums, and what they rest on."""

from collections.abc import Sequence

import msgspec

from wegweiser.web.pages.decisions.explanation import Chosen, Contribution, Ranked, Weighed
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table, paged
from wegweiser.web.pages.frame.view import View
from wegweiser.web.text import Reader
from wegweiser.web.words import HOW, named

ROWS_PER_PAGE = 20
FEATURES_SHOWN = 10


class Share(msgspec.Struct, frozen=True):
    """What the features of one candidate add to its response."""

    title: str
    rows: tuple[tuple[str, str, str], ...]


class SlotPart(msgspec.Struct, frozen=True):
    """What was chosen for one slot, how, and from what."""

    title: str
    how: str
    probability: str
    table: Table
    contributions: tuple[Share, ...]


def slot_of(reader: Reader, view: View, chosen: Chosen, currency: str) -> SlotPart:
    """Write one slot: twenty candidates on a page, the chosen one marked."""
    shown, pages = paged(reader, view, chosen.ranked, ROWS_PER_PAGE)
    columns = (
        Column(reader.say("Message")),
        Column(reader.say("Response probability"), number=True),
        Column(reader.say("Value"), number=True),
        Column(reader.say("Context"), number=True),
        Column(reader.say("Lever"), number=True),
        Column(reader.say("Increment"), number=True),
        Column(reader.say("Cost"), number=True),
        Column(reader.say("Priority"), number=True),
        Column(reader.say("Selection probability"), number=True),
    )
    rows = tuple(_row(reader, one, one.candidate == chosen.candidate, currency) for one in shown)
    return SlotPart(
        title=reader.say(
            "{placement}, place {number}",
            placement=chosen.placement,
            number=reader.number(chosen.slot + 1),
        ),
        how=named(reader, HOW, chosen.how),
        probability=reader.percent(chosen.pi),
        table=Table(columns, rows, pages=pages),
        contributions=tuple(_contributions(reader, chosen)),
    )


def _row(reader: Reader, one: Ranked, is_chosen: bool, currency: str) -> Row:
    note = reader.say("Chosen") if is_chosen else reader.say("also allowed")
    return Row(
        (
            Cell(cut(one.candidate), note=note),
            Cell(reader.percent(one.p_response, 2)),
            Cell(reader.money(one.value, currency)),
            Cell(reader.number(one.factor, 2)),
            Cell(reader.number(one.lever, 2)),
            Cell(reader.number(one.increment, 2)),
            Cell(reader.money(one.cost + one.price, currency)),
            Cell(reader.money(one.utility, currency, 3)),
            Cell(reader.percent(one.pi)),
        ),
        here=is_chosen,
    )


def _contributions(reader: Reader, chosen: Chosen) -> list[Share]:
    """Say what the response of the winner is made of, and that of the runner-up."""
    found: list[Weighed] = [chosen, *([chosen.runner_up] if chosen.runner_up else [])]
    shares = [Share(cut(one.candidate), _strongest(reader, one)) for one in found]
    return [one for one in shares if one.rows]


def _strongest(reader: Reader, one: Weighed) -> tuple[tuple[str, str, str], ...]:
    heads: Sequence[Contribution] = one.contributions.get("engage", ())
    strongest = sorted(heads, key=lambda part: -abs(part.points))[:FEATURES_SHOWN]
    return tuple(
        (part.feature, reader.number(part.weight, 2), reader.number(part.points, 2))
        for part in strongest
    )
