"""The form in which sales people tell of a conversation, on the pages of people and accounts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request

from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.form import read_already
from wegweiser.web.pages.frame.fields import Faults
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named

MOST_PEOPLE = 20
# Where a request keeps why its form was refused, for the page that shows it again.
REFUSED = "talk_faults"
TALKS = {
    "call": mark("Call"),
    "meeting": mark("Meeting"),
    "video": mark("Video call"),
    "mail": mark("E-mail"),
    "chat": mark("Chat"),
    "fair": mark("Fair"),
}
DIRECTIONS = {"inbound": mark("They came to us"), "outbound": mark("We went to them")}
INTENTS = {
    "none": mark("None at all"),
    "low": mark("Low"),
    "medium": mark("Medium"),
    "high": mark("High"),
}
Choice = tuple[str, str]


class TalkForm(msgspec.Struct, frozen=True):
    """What the form offers; `back` is the page it stands on, `logged` right after one was told.

    `given` is what was typed in a form that was refused, `faults` why.
    """

    back: str
    people: tuple[Choice, ...]
    accounts: tuple[Choice, ...]
    talks: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    intents: tuple[Choice, ...]
    zone: str
    logged: bool
    given: Mapping[str, str]
    faults: Faults


def talk_form(
    reader: Reader, request: Request, people: Sequence[Choice], accounts: Sequence[Choice]
) -> TalkForm:
    """Make the form for people (identifier, name) and accounts (group id, name)."""

    def choices(words: Mapping[str, str]) -> tuple[Choice, ...]:
        return tuple((code, named(reader, dict(words), code)) for code in words)

    faults: Faults = getattr(request.state, REFUSED, ())
    return TalkForm(
        back=request.url.path,
        people=tuple(people[:MOST_PEOPLE]),
        accounts=tuple(accounts),
        talks=choices(TALKS),
        directions=choices(DIRECTIONS),
        intents=choices(INTENTS),
        zone=reader.zone,
        logged="logged" in request.query_params,
        given=read_already(request) if faults else {},
        faults=faults,
    )


def told(form: Mapping[str, str], zone: str) -> JsonObject:
    """Read the fields of the form as the API takes them; empty ones are left out.

    >>> told({"person-0": "user_id:u-1", "channel": "call", "topics": "sso, "}, "UTC")
    {'people': ['user_id:u-1'], 'topics': ['sso'], 'channel': 'call'}
    """
    people: list[Json] = [
        value for name, value in form.items() if name.startswith("person-") and value
    ]
    body: JsonObject = {"people": people}
    for name in ("topics", "competitors"):
        listed: list[Json] = [part.strip() for part in form.get(name, "").split(",")]
        if any(listed):
            body[name] = [part for part in listed if part]
    for name in ("account", "channel", "direction", "intent", "outcome", "note"):
        if form.get(name, "").strip():
            body[name] = form[name].strip()
    if form.get("at"):
        body["at"] = _moment(form["at"], zone)
    if form.get("next_step", "").strip():
        step: JsonObject = {"text": form["next_step"].strip()}
        body["next_step"] = step | ({"due": form["due"]} if form.get("due") else {})
    return body


def _moment(local: str, zone: str) -> str:
    """Write a moment of the reader's clock in UTC; one that cannot be read stays as it is."""
    try:
        moment = datetime.fromisoformat(local)
    except ValueError:
        return local
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC).isoformat()
