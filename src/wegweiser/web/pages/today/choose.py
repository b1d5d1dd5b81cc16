"""Which four figures stand on Today: everybody keeps their own choice."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.today.figures import COUNT, FIGURES, chosen_of
from wegweiser.web.text import Reader

HERE = "/today/figures"
PREFERENCE = "figures"


class Choice(msgspec.Struct, frozen=True):
    """One place on the page: its field, what stands there, and what may."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str], ...]


def choices_of(reader: Reader, chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    """Make the fields of the form; a place may stay empty."""
    options = tuple((name, reader.say(words)) for name, words in FIGURES.items())
    padded = (*chosen, *("",) * COUNT)[:COUNT]
    return tuple(
        Choice(
            f"figure-{at + 1}",
            reader.say("Figure {number}", number=reader.number(at + 1)),
            one,
            (("", reader.say("none")), *options),
        )
        for at, one in enumerate(padded)
    )


async def choose_figures(desk: Desk, request: Request) -> Response:
    """Keep the choice; its notice brings the one before back."""
    reader, operator = desk.reader(request), desk.who(request)
    form = await read_form(request, desk.form_limits)
    wanted = [form.get(f"figure-{at + 1}", "") for at in range(COUNT)]
    named = [one for one in wanted if one]
    if operator is None or not named or any(one not in FIGURES for one in named):
        raise InputRefused("bad_figures", reader.say("Choose one to four of the figures."), 422)
    before = chosen_of(operator.preferences.get(PREFERENCE, ""))
    desk.site.people.prefer(operator.name, {PREFERENCE: ",".join(dict.fromkeys(named))})
    fields = tuple((f"figure-{at + 1}", one) for at, one in enumerate(before))
    notice = Notice(reader.say("Your figures are stored."), undo=HERE, fields=fields)
    return desk.done(request, "/", notice)
