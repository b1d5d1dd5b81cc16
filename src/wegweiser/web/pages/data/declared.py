"""What arrives of each event, and the schema that declares it as it arrives."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from wegweiser.terms.json import Json, JsonObject

_STRANGE = re.compile(r"[^a-z0-9]+")


class Seen(msgspec.Struct, frozen=True):
    """One event of one source: how often, when last (ms), and its fields with counts by type."""

    source: str
    call: str
    name: str
    events: int = 0
    last_at: int = 0
    fields: Mapping[tuple[str, str], Mapping[str, int]] = {}

    @property
    def place(self) -> tuple[str, str]:
        """What a schema is for: call and name."""
        return self.call, self.name

    def of_source(self, name: str) -> "Seen":
        """Give the same under the name of its source."""
        return msgspec.structs.replace(self, source=name)


def seen_in(columns: Sequence[str], rows: Iterable[Sequence[Json]]) -> list[Seen]:
    """Gather the rows of the measure `events.seen`, the most frequent events first.

    >>> columns = ("source_id", "call", "name", "part", "field", "value_type", "events",
    ...            "last_at_ms")
    >>> rows = [("s", "track", "Paid", "", "", "", 4, 9),
    ...         ("s", "track", "Paid", "properties", "amount", "number", 3, 9)]
    >>> seen_in(columns, rows)[0].fields
    {('properties', 'amount'): {'number': 3}}
    """
    found: dict[tuple[str, str, str], Seen] = {}
    fields: dict[tuple[str, str, str], dict[tuple[str, str], dict[str, int]]] = {}
    for row in rows:
        one = dict(zip(columns, row, strict=True))
        kind = (str(one["source_id"]), str(one["call"]), str(one["name"]))
        events, last_at = _whole(one["events"]), _whole(one["last_at_ms"])
        if one["part"] == "":
            found[kind] = Seen(*kind, events, last_at)
        else:
            place = (str(one["part"]), str(one["field"]))
            fields.setdefault(kind, {}).setdefault(place, {})[str(one["value_type"])] = events
    whole = [
        msgspec.structs.replace(seen, fields=fields.get(kind, {})) for kind, seen in found.items()
    ]
    return sorted(whole, key=lambda seen: (-seen.events, seen.source, seen.call, seen.name))


def document_of(seen: Seen) -> JsonObject:
    """Write the document `event_schema` that declares an event as it arrives.

    >>> seen = Seen("s", "track", "Paid", 2, 0, {("properties", "amount"): {"number": 2}})
    >>> document_of(seen)["properties"]
    {'type': 'object', 'properties': {'amount': {'type': 'number'}}, 'required': ['amount']}
    """
    name = seen.name or seen.call
    document: JsonObject = {
        "kind": "event_schema",
        "key": _STRANGE.sub("-", f"{seen.call}-{name}".casefold()).strip("-")[:60],
        "call": seen.call,
        "mode": "observe",
    }
    if seen.name:
        document["event"] = seen.name
    for part in sorted({part for part, _ in seen.fields}):
        document[part] = _part(seen, part)
    return document


def _part(seen: Seen, part: str) -> JsonObject:
    known: JsonObject = {}
    required: list[Json] = []
    for (there, name), kinds in sorted(seen.fields.items()):
        if there == part:
            types: list[Json] = [*sorted(kinds)]
            known[name] = {"type": types[0] if len(types) == 1 else types}
            if sum(kinds.values()) >= seen.events:
                required.append(name)
    schema: JsonObject = {"type": "object", "properties": known}
    return schema | ({"required": required} if required else {})


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
