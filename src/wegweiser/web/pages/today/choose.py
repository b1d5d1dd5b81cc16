"""Which four figures stand on Today: everybody keeps their own choice."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Faults
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import VALUE_SHOWN
from wegweiser.web.pages.today.figures import COUNT, FIGURES, chosen_of
from wegweiser.web.text import Reader, mark

PREFERENCE = "figures"
NO_FIGURE = mark("{value} is not one of the figures. Choose another one.")


class Choice(msgspec.Struct, frozen=True):
    """One place on the page: its field, what stands there, and what may."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str], ...]


class Refused(msgspec.Struct, frozen=True):
    """A choice that was not stored: what was chosen at each place, and what is wrong with it."""

    wanted: tuple[str, ...]
    faults: Faults


def choices_of(reader: Reader, chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    """Make the fields of the form; a place may stay empty."""
    options = tuple((name, reader.say(words)) for name, words in FIGURES.items())
    padded = (*chosen, *("",) * COUNT)[:COUNT]
    return tuple(
        Choice(
            _field(at),
            reader.say("Figure {number}", number=reader.number(at + 1)),
            one,
            (("", reader.say("none")), *options),
        )
        for at, one in enumerate(padded)
    )


async def choose_figures(desk: Desk, request: Request) -> Response | Refused:
    """Keep the choice; its notice brings the one before back."""
    reader, operator = desk.reader(request), desk.who(request)
    form = await read_form(request, desk.form_limits)
    wanted = tuple(form.get(_field(at), "") for at in range(COUNT))
    faults = _faults(reader, wanted)
    if faults or operator is None:
        return Refused(wanted, faults)
    before = chosen_of(operator.preferences.get(PREFERENCE, ""))
    named = dict.fromkeys(one for one in wanted if one)
    desk.site.people.prefer(operator.name, {PREFERENCE: ",".join(named)})
    fields = tuple((_field(at), one) for at, one in enumerate(before))
    here = desk.view(request).to()
    notice = Notice(reader.say("Your figures are stored."), undo=here, fields=fields)
    return desk.done(request, here, notice)


def _field(at: int) -> str:
    return f"figure-{at + 1}"


def _faults(reader: Reader, wanted: tuple[str, ...]) -> Faults:
    """Say at each place what is no figure, or that no place has one."""
    unknown = tuple(
        (_field(at), reader.say(NO_FIGURE, value=one[:VALUE_SHOWN]))
        for at, one in enumerate(wanted)
        if one and one not in FIGURES
    )
    if unknown or any(wanted):
        return unknown
    return ((_field(0), reader.say("Choose one to four of the figures.")),)
