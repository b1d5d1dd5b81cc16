"""What another lever would have changed about a decision; nothing is saved."""

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.decisions.explanation import Explanation
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut
from wegweiser.web.text import Reader
from wegweiser.web.typed_number import stated_number
from wegweiser.workspace.message_operations import FILE, document_of

LOWEST, HIGHEST = 0.5, 2.0
SHOWN = 20


class Slot(msgspec.Struct, frozen=True):
    """One slot before and after, as the operation tells it."""

    placement: str
    slot: int
    before: str
    before_pi: float
    after: str
    after_pi: float
    same: bool
    shifts: dict[str, tuple[float, float]]


class Told(msgspec.Struct, frozen=True):
    """What the operation tells."""

    replayable: bool
    slots: tuple[Slot, ...] = ()


class Levers(msgspec.Struct, frozen=True):
    """The form with what stands in it, and what it found; no `messages` where nothing competed."""

    messages: tuple[str, ...]
    message: str
    lever: str
    sentences: tuple[str, ...]
    shifts: tuple[tuple[str, str, str], ...]
    fault: str


async def levers_of(desk: Desk, request: Request, decision_id: str, told: Explanation) -> Levers:
    """Try the lever that the address asks for."""
    reader, given = desk.reader(request), request.query_params
    bundle = desk.site.unifier.policies.bundle
    weighed = [one for chosen in told.chosen for one in (chosen, chosen.runner_up) if one]
    keys = dict.fromkeys(one.candidate.partition("/")[0] for one in weighed)
    messages = tuple(key for key in keys if document_of(bundle, key) is not None)
    message = given.get("message", "") or next(iter(messages), "")
    lever = given.get("lever", "")
    levers = Levers(messages, message, lever or "1", (), (), "")
    document = document_of(bundle, message)
    if not lever or message not in messages or document is None:
        return levers
    try:
        number = _number(reader, lever)
        files: list[Json] = [[FILE, msgspec.json.encode({**document, "lever": number}).decode()]]
        asked: JsonObject = {"id": decision_id, "files": files}
        found = msgspec.convert(await desk.run(request, "decision_what_if", asked), Told)
    except InputRefused as error:
        return msgspec.structs.replace(levers, fault=error.said(reader.language))
    if not found.replayable:
        refused = reader.say("This record holds too little to compute the choice again.")
        return msgspec.structs.replace(levers, fault=refused)
    return msgspec.structs.replace(
        levers,
        sentences=tuple(_sentence(reader, one, message, number) for one in found.slots),
        shifts=tuple(_shifts(reader, found.slots)),
    )


def _number(reader: Reader, written: str) -> float:
    try:
        number = float(stated_number(written))
    except ValueError:
        number = 0.0
    if not LOWEST <= number <= HIGHEST:
        told = reader.say("{value} is no lever; it goes from 0.5 to 2.", value=written[:20])
        raise InputRefused("bad_lever", told, 422, "lever")
    return number


def _sentence(reader: Reader, one: Slot, message: str, lever: float) -> str:
    words = {
        "message": message,
        "lever": reader.number(lever, 2),
        "before": cut(one.before) or reader.say("nothing"),
        "after": cut(one.after) or reader.say("nothing"),
        "old": reader.percent(one.before_pi),
        "new": reader.percent(one.after_pi),
    }
    if one.same:
        return reader.say(
            "With today's rules and lever {lever} for {message} it stays {before}; its selection"
            " probability goes from {old} to {new}.",
            **words,
        )
    return reader.say(
        "With today's rules and lever {lever} for {message} it would have been {after} ({new})"
        " instead of {before} ({old}).",
        **words,
    )


def _shifts(reader: Reader, slots: tuple[Slot, ...]) -> list[tuple[str, str, str]]:
    return [
        (cut(name) or reader.say("nothing"), reader.percent(old), reader.percent(new))
        for one in slots
        for name, (old, new) in one.shifts.items()
    ][:SHOWN]
