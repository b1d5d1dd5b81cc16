"""What the next period allows, read from options: capacities, hours, budget, contacts per unit."""

from collections.abc import Sequence

from wegweiser.measure.allocate.effort_cell import Cell
from wegweiser.measure.allocate.effort_plan import Possible
from wegweiser.measure.form import Asked
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong


def possible(cells: Sequence[Cell], asked: Asked) -> Possible:
    """Read what is possible; without a budget it is what today costs. Raises InputRefused."""
    channels = read_amounts("capacity", asked.text("capacity"))
    for channel, contacts in read_hours(asked.text("hours")).items():
        channels[channel] = min(contacts, channels.get(channel, contacts))
    spent = sum(one.now * one.cost for one in cells)
    stated = asked.number("budget")
    budget = spent if stated < 0 else stated
    share = asked.number("floor")
    if not 0 <= share <= 0.5:
        raise InputRefused("bad_option", wrong("floor_share"), 422, "floor")
    # Where nothing costs anything there is nothing that a budget could hold back.
    paid = any(one.cost > 0 for one in cells)
    return Possible(
        channels, budget if paid else None, asked.number("most_contacts") or None, share
    )


def read_amounts(option: str, text: str) -> dict[str, float]:
    """Read amounts by name; raises InputRefused.

    >>> read_amounts("capacity", "sales=240, email=20000")
    {'sales': 240.0, 'email': 20000.0}
    """
    found: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, written = part.partition("=")
        found[name.strip()] = _amount(option, part, name, written)
    return found


def read_hours(text: str) -> dict[str, float]:
    """Read hours and hours per contact as contacts; raises InputRefused.

    >>> read_hours("sales=120/0.5")
    {'sales': 240.0}
    """
    found: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, written = part.partition("=")
        hours, _, each = written.partition("/")
        per_contact = _amount("hours", part, name, each)
        if per_contact <= 0:
            raise _refused("hours", part)
        found[name.strip()] = _amount("hours", part, name, hours) / per_contact
    return found


def _amount(option: str, part: str, name: str, written: str) -> float:
    try:
        amount = float(written)
    except ValueError:
        amount = -1.0
    if not name.strip() or not 0 <= amount < float("inf"):
        raise _refused(option, part)
    return amount


def _refused(option: str, part: str) -> InputRefused:
    example = "sales=120/0.5" if option == "hours" else "sales=240"
    return InputRefused(
        "bad_option",
        wrong("written_like", option=option, part=repr(part), example=example),
        422,
        option,
    )
