"""The lines of a person's timeline in words, as far as the reader may see them."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.facts import account_path, cut, seen_facts, seen_text
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import CHANNELS, EVENTS, OUTCOMES, PURPOSES, STATES, named, stage_in_words

LINEAGE = {
    "Identity Merged": mark("Joined with another profile"),
    "Identity Split": mark("Parted from another profile"),
    "Identity Evidence Refused": mark("A link was refused"),
    "Identifier Shared": mark("A device is shared"),
    "Identifier Quarantined": mark("An identifier was set aside"),
    "Identity Frozen": mark("Stays as it is for now"),
    "Identifier Superseded": mark("An identifier was replaced"),
    "Operator Statement": mark("Somebody of us said who is who"),
}
# How a line is marked beside the time.
MARKS = {"event": "event", "decision": "decision", "exposure": "outcome", "outcome": "outcome"}


class Line(msgspec.Struct, frozen=True):
    """One line; `why` is the page that explains a decision, `path` that of what is named."""

    kind: str
    time: str
    name: str
    detail: str = ""
    why: str = ""
    path: str = ""


class Day(msgspec.Struct, frozen=True):
    """The lines of one day."""

    name: str
    lines: tuple[Line, ...]


def days_of(
    reader: Reader, rows: list[JsonObject], stages: Mapping[str, Mapping[str, str]]
) -> tuple[Day, ...]:
    """Write the rows of a timeline by day, in their order; `stages` by stage and language."""
    days: dict[str, list[Line]] = {}
    for row in rows:
        at = parse_instant(row["at"]) or 0
        days.setdefault(reader.day_of(at), []).append(_line(reader, row, at, stages))
    return tuple(Day(name, tuple(found)) for name, found in days.items())


def _line(
    reader: Reader, row: JsonObject, at: int, stages: Mapping[str, Mapping[str, str]]
) -> Line:
    kind, time = str(row["kind"]), reader.time(at)
    style = MARKS.get(kind, "other")
    match kind:
        case "event":
            name = cut(named(reader, EVENTS, str(row["event"])))
            return Line(style, time, name, seen_text(reader, str(row["detail"] or "")))
        case "decision":
            why = f"/decisions/{row['id']}"
            return Line(style, time, decided(reader, row), _channel(reader, row), why)
        case "exposure" | "outcome":
            return Line(style, time, named(reader, OUTCOMES, str(row["outcome"])), _of(reader, row))
        case "stage":
            name = reader.say(
                "Stage: {stage}", stage=stage_in_words(reader, stages, str(row["stage"]))
            )
            share = row["probability"]
            sure = reader.percent(share, 0) if isinstance(share, int | float) else ""
            return Line(style, time, name, sure)
    return _of_profile(reader, row, time)


def _of_profile(reader: Reader, row: JsonObject, time: str) -> Line:
    """Write what changed in the profile itself."""
    match row["kind"]:
        case "trait":
            fact = seen_facts(reader, {str(row["trait"]): row["value"]})[0]
            return Line("other", time, reader.say("Fact: {name}", name=cut(fact.name)), fact.value)
        case "consent":
            name = reader.say("Consent: {name}", name=_named(reader, PURPOSES, row["purpose"]))
            return Line("other", time, name, _named(reader, STATES, row["status"]))
        case "segment":
            key = str(row["segment"])
            name = reader.say("Entered the segment") if row["entered"] else reader.say("Left it")
            return Line("other", time, name, cut(key), path=f"/segments/{key}")
        case "membership":
            group_id = str(row["group_id"])
            came = row["what"] == "joined"
            name = reader.say("Joined the account") if came else reader.say("Left the account")
            return Line("other", time, name, cut(group_id), path=account_path(group_id))
    return Line("other", time, _named(reader, LINEAGE, row["event"]))


def decided(reader: Reader, row: JsonObject) -> str:
    """Say in a few words what was decided."""
    messages = [one["message"] for one in rows_in(row, "items")]
    # Whoever is held out gets service messages all the same.
    if not messages and row["ghost"]:
        return reader.say("Nothing shown: control group")
    if not messages:
        return reader.say("Nothing shown")
    named_all = reader.all_of([cut(str(one)) for one in messages])
    return reader.say("Message chosen: {message}", message=named_all)


def _of(reader: Reader, row: JsonObject) -> str:
    """Say of an outcome what it was about, and what it brought."""
    amount, currency = row["amount"], str(row["currency"] or "")
    about = cut(str(row["goal"] or row["placement"] or ""))
    if isinstance(amount, int | float) and amount and len(currency) == 3:
        return f"{about} {reader.money(amount, currency)}".strip()
    return about or _channel(reader, row)


def _channel(reader: Reader, row: JsonObject) -> str:
    return _named(reader, CHANNELS, row["channel"])


def _named(reader: Reader, names: dict[str, str], code: Json) -> str:
    return named(reader, names, str(code or ""))
