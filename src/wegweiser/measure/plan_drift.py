"""What arrives against what was declared, and against what arrived before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.terms.json import Json, JsonObject

# Fewer events of a kind than this say nothing about what is usual.
LEAST_EVENTS = 20
# A field of at least this share of events before counts as usual.
USUAL_SHARE = 0.5

Finding = Literal[
    "undeclared_event",
    "undeclared_field",
    "missing_field",
    "wrong_type",
    "silent_event",
    "new_event",
    "new_field",
    "gone_field",
    "changed_type",
]
Kind = tuple[str, str, str]
Field = tuple[str, str]


class Found(msgspec.Struct, frozen=True):
    """One difference; `events` of this kind show it, of `of` that could.

    `field` is written as part/name; `told` says what stands against what.
    """

    finding: Finding
    source_id: str
    call: str
    event: str
    field: str = ""
    told: str = ""
    events: int = 0
    of: int = 0


class Seen(msgspec.Struct, frozen=True):
    """Counts of one event of one source: how often, and how often with which field and type."""

    events: int
    fields: Mapping[Field, Mapping[str, int]]

    def share(self, field: Field) -> float:
        """Give the share of events that carry a field."""
        return sum(self.fields.get(field, {}).values()) / self.events if self.events else 0.0


def seen_by_kind(rows: Iterable[Sequence[Json]], columns: Sequence[str]) -> dict[Kind, Seen]:
    """Gather the rows of the measure `events.seen` by source, call and name.

    >>> columns = ("source_id", "call", "name", "part", "field", "value_type", "events")
    >>> rows = [("s", "track", "Paid", "", "", "", 4),
    ...         ("s", "track", "Paid", "properties", "amount", "number", 3)]
    >>> seen_by_kind(rows, columns)["s", "track", "Paid"].share(("properties", "amount"))
    0.75
    """
    counts: dict[Kind, int] = defaultdict(int)
    fields: dict[Kind, dict[Field, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        one = dict(zip(columns, row, strict=True))
        kind = (str(one["source_id"]), str(one["call"]), str(one["name"]))
        events = one["events"] if isinstance(one["events"], int) else 0
        if one["part"] == "":
            counts[kind] += events
        else:
            field = (str(one["part"]), str(one["field"]))
            fields[kind][field][str(one["value_type"])] = events
    return {kind: Seen(count, fields[kind]) for kind, count in counts.items()}


def against_plan(now: Mapping[Kind, Seen], declared: Sequence[JsonObject]) -> list[Found]:
    """Compare what arrives with the declared schemas; without any there is nothing to say."""
    if not declared:
        return []
    schemas = {(_call(one), str(one.get("event", ""))): one for one in declared}
    found: list[Found] = []
    heard: set[tuple[str, str]] = set()
    for kind, seen in sorted(now.items()):
        _, call, name = kind
        place = (call, name) if (call, name) in schemas else (call, "")
        if place not in schemas:
            found.append(Found("undeclared_event", *kind, events=seen.events, of=seen.events))
            continue
        heard.add(place)
        found += _against_schema(kind, seen, schemas[place])
    silent = [Found("silent_event", "", *place) for place in sorted(set(schemas) - heard)]
    return found + silent


def _call(schema: JsonObject) -> str:
    return str(schema.get("call", "track"))


def _against_schema(kind: Kind, seen: Seen, schema: JsonObject) -> list[Found]:
    found: list[Found] = []
    for part in ("properties", "traits"):
        stated = schema.get(part)
        if not isinstance(stated, dict):
            continue
        known, required = stated.get("properties"), stated.get("required")
        known = known if isinstance(known, dict) else {}
        for name in required if isinstance(required, list) else ():
            carried = sum(seen.fields.get((part, str(name)), {}).values())
            if carried < seen.events:
                lacking = seen.events - carried
                found.append(_found("missing_field", kind, part, str(name), "", lacking, seen))
        for (there, name), types in sorted(seen.fields.items()):
            if there == part and name not in known:
                carried = sum(types.values())
                found.append(_found("undeclared_field", kind, part, name, "", carried, seen))
            elif there == part:
                found += _wrong_types(kind, seen, part, name, known[name], types)
    return found


def _wrong_types(
    kind: Kind, seen: Seen, part: str, name: str, schema: Json, types: Mapping[str, int]
) -> list[Found]:
    stated = schema.get("type") if isinstance(schema, dict) else None
    wanted = {str(one) for one in (stated if isinstance(stated, list) else [stated]) if one}
    allowed = {"number" if one == "integer" else one for one in wanted}
    return [
        _found("wrong_type", kind, part, name, f"{' or '.join(sorted(wanted))}: {arrived}", n, seen)
        for arrived, n in sorted(types.items())
        if allowed and arrived not in allowed
    ]


def against_before(now: Mapping[Kind, Seen], before: Mapping[Kind, Seen]) -> list[Found]:
    """Compare what arrives with what arrived before; kinds seen too rarely are left out."""
    found: list[Found] = []
    for kind, seen in sorted(now.items()):
        earlier = before.get(kind)
        if earlier is None:
            if before:
                found.append(Found("new_event", *kind, events=seen.events, of=seen.events))
        elif min(seen.events, earlier.events) >= LEAST_EVENTS:
            found += _changed_fields(kind, seen, earlier)
    for kind, earlier in sorted(before.items()):
        if kind not in now and earlier.events >= LEAST_EVENTS:
            found.append(Found("silent_event", *kind, told=f"{earlier.events} before"))
    return found


def _changed_fields(kind: Kind, seen: Seen, earlier: Seen) -> list[Found]:
    found: list[Found] = []
    for field in sorted(seen.fields.keys() | earlier.fields.keys()):
        now, before = seen.fields.get(field, {}), earlier.fields.get(field, {})
        part, name = field
        if not before and seen.share(field) >= USUAL_SHARE:
            found.append(_found("new_field", kind, part, name, "", sum(now.values()), seen))
        elif not now and earlier.share(field) >= USUAL_SHARE:
            found.append(_found("gone_field", kind, part, name, "", 0, seen))
        for arrived in sorted(now.keys() - before.keys() - {"null"}) if before else ():
            told = f"{' or '.join(sorted(before))} before: {arrived}"
            found.append(_found("changed_type", kind, part, name, told, now[arrived], seen))
    return found


def _found(
    finding: Finding, kind: Kind, part: str, name: str, told: str, events: int, seen: Seen
) -> Found:
    return Found(finding, *kind, f"{part}/{name}", told, events, seen.events)
