"""What a message would do as it is written: audience, preview, differences, the past."""

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.decisions.reasons import caps_of
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import Fault
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.pages.frame.table import Table
from wegweiser.web.pages.messages.audience import Audience, audience_of, read_reach
from wegweiser.web.pages.messages.links import links_of
from wegweiser.web.pages.messages.preview import Shown, may_look, previews


class FaultTold(msgspec.Struct, frozen=True):
    """What is wrong, and with which field of the document; of a rule also by language."""

    path: str
    reason: str
    sentence: dict[str, str] = {}


class Change(msgspec.Struct, frozen=True):
    """One published object that would be another one, in words and lines."""

    name: str
    change: str
    words: tuple[str, ...]
    lines: tuple[str, ...]


class Checked(msgspec.Struct, frozen=True):
    """What a check tells; `document` has the keys of renamed variants."""

    faults: tuple[FaultTold, ...]
    document: JsonObject
    renamed: dict[str, str]
    warning_sentences: tuple[dict[str, str], ...] = ()
    changes: tuple[Change, ...] = ()


class Effect(msgspec.Struct, frozen=True):
    """Everything that stands beside the form."""

    audience: Audience
    shown: tuple[Shown, ...]
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    simulated: str
    links: Table


async def effect_of(
    desk: Desk, request: Request, checked: Checked, looked_for: str, simulated: bool
) -> tuple[Effect | None, list[Fault]]:
    """Say what a checked message would do; what cannot be said comes as faults."""
    reader, document = desk.reader(request), checked.document
    faults: list[Fault] = []
    shown: tuple[Shown, ...] = ()
    told = ""
    try:
        asked: JsonObject = {"document": document, "key": document["key"]}
        async with desk.counting:
            reach = read_reach(await desk.run(request, "message_reach", asked))
    except InputRefused as error:
        return None, [Fault("", said_to(reader, error))]
    if may_look(desk, request):
        try:
            shown = await previews(desk, request, document, reach, looked_for)
        except InputRefused as error:
            faults.append(Fault("person", said_to(reader, error)))
    if simulated:
        try:
            told = await simulate(desk, request, document)
        except InputRefused as error:
            faults.append(Fault("", said_to(reader, error)))
    effect = Effect(
        audience=audience_of(reader, reach, caps_of(desk, reader)),
        shown=shown,
        changes=checked.changes,
        warnings=tuple(one[reader.language] for one in checked.warning_sentences),
        renamed=tuple(checked.renamed.items()),
        simulated=told,
        links=links_of(reader, document),
    )
    return effect, faults


async def simulate(desk: Desk, request: Request, document: JsonObject) -> str:
    """Hold the message against the decisions of the last 30 days; gives the answer's sentence."""
    file: list[Json] = ["message.yaml", msgspec.json.encode(document).decode()]
    found = await desk.run(request, "simulate", {"files": [file]})
    sentence = found.get("sentence") if isinstance(found, dict) else None
    return (
        str(sentence.get(desk.reader(request).language, "")) if isinstance(sentence, dict) else ""
    )
