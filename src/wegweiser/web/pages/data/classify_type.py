"""Giving a type of identifiers a class: what would change, and then that it counts."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.told import whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named

HERE = "/data/identity"
CLASSES = {
    "strong": mark("strong: personal, joins by trusted evidence"),
    "weak": mark("weak: ties a device to its owner"),
    "unique": mark("person-unique: one value per person for ever"),
    "refused": mark("refused: nobody's identifier"),
}


def classify_card(reader: Reader, kinds: list[str]) -> Card:
    """Offer to give one of some types a class."""
    form = Form(
        reader.say("Show what would change"),
        (
            Field("type", reader.say("Type"), options=tuple((one, one) for one in kinds)),
            Field(
                "class",
                reader.say("What it is"),
                options=tuple((one, reader.say(words)) for one, words in CLASSES.items()),
            ),
        ),
        main=False,
    )
    return Card(reader.say("Classify a type"), forms=(form,))


async def classify(desk: Desk, request: Request) -> Response:
    """Show what a class would change, or let it count once that was seen."""
    reader = desk.reader(request)
    form = await read_form(request, desk.form_limits)
    kind, chosen = form.get("type", ""), form.get("class", "")
    operator = desk.who(request)
    stated: JsonObject = {"type": kind, "class": chosen, "by": operator.name if operator else ""}
    faults: tuple[tuple[str, str], ...] = ()
    if form.get("seen"):
        try:
            await desk.run(request, "identity_classify", stated)
        except InputRefused as error:
            if error.status != 409:
                raise
            faults = (("", reader.say("The rules changed meanwhile. Look at it once more.")),)
        else:
            told = reader.say("From now on {type} is: {chosen}.", **_words(reader, kind, chosen))
            return desk.done(request, HERE, Notice(told))
    found = await desk.run(request, "identity_classify", {**stated, "preview": True})
    card = _preview(reader, kind, chosen, found)
    answer = reader.say("What if {type} is: {chosen}?", **_words(reader, kind, chosen))
    return show_data(desk, request, DataPage(answer=answer, still=(card,), faults=faults))


def _words(reader: Reader, kind: str, chosen: str) -> dict[str, str]:
    return {"type": kind, "chosen": named(reader, CLASSES, chosen)}


def _preview(reader: Reader, kind: str, chosen: str, found: Json) -> Card:
    told = found if isinstance(found, dict) else {}
    counts = (
        (reader.say("People before"), "persons_before"),
        (reader.say("People after"), "persons_after"),
        (reader.say("People joined"), "merges"),
        (reader.say("People taken apart"), "splits"),
    )
    facts = tuple((words, reader.number(whole_in(told, name))) for words, name in counts)
    say_so = Form(
        reader.say("Let it count"),
        hidden=(("type", kind), ("class", chosen), ("seen", word_in(told, "version"))),
    )
    sentence = reader.say(
        "Among the people touched in the last 30 days. It can be taken back by another class."
    )
    links = ((HERE, reader.say("Leave it as it is")),)
    return Card(
        reader.say("What would change"), sentence, facts=facts, forms=(say_so,), links=links
    )
