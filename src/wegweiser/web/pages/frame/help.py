"""Help: what each entry answers, the keys, and the words of verdicts."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.text import mark
from wegweiser.web.words import TONES, VERDICTS

KEYS = (
    ("/", mark("search or jump")),
    ("g", mark("then the letter of a page, as below")),
    ("d w m y", mark("today, week, month, year")),
    ("← →", mark("period before or after")),
    ("c", mark("another comparison")),
    ("Esc", mark("clear all filters")),
    ("j k", mark("down and up in a list")),
    ("Enter", mark("open what is marked")),
    ("?", mark("this page")),
)
MEANINGS = {
    "helps": mark("The whole interval lies on the good side of zero."),
    "harms": mark("The whole interval lies on the bad side of zero."),
    "too_small": mark("The whole interval lies inside what is not worth knowing."),
    "cannot_tell": mark("The planned number of people is reached, and both is still possible."),
    "broken": mark("Whom the test reached is not who was drawn; its figures do not count."),
    "waiting": mark("Fewer people than planned have been counted so far."),
}


class HelpPage(msgspec.Struct, frozen=True):
    """Keys, pages with their questions, and verdicts with what they mean."""

    keys: tuple[tuple[str, str], ...]
    keys_on: bool
    pages: tuple[tuple[str, str, str, str], ...]
    verdicts: tuple[tuple[str, str, str], ...]


async def help_page(desk: Desk, request: Request) -> Response:
    """Show the help."""
    reader, operator = desk.reader(request), desk.who(request)
    role = "" if operator is None else operator.role
    entries = (one.entry for one in desk.families if one.entry and one.first_page(role))
    frame = desk.frame(request, reader.say("Help"), reader.say("How is this page used?"))
    page = HelpPage(
        tuple((key, reader.say(words)) for key, words in KEYS),
        frame.keys,
        tuple((f"g {e.key}", e.path, reader.say(e.name), reader.say(e.question)) for e in entries),
        tuple(
            (reader.say(VERDICTS[code]), TONES.get(code, ""), reader.say(words))
            for code, words in MEANINGS.items()
        ),
    )
    return desk.render(request, "help.html", frame, page)
