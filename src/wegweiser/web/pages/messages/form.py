"""The form of a message as plain fields, and the document that it stands for."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.form import Fault
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader
from wegweiser.web.typed_number import entry, typed_number

MOST_ROWS = 20
TEXTS = ("title", "text", "url")
_ROW = re.compile(r"(?:rule|variant|text)-(\d{1,2})(?:-|$)")
_NAMES = {"starts_at": "first_day", "ends_at": "last_day", "class": "service"}
_RULE_NAMES = {"when": "rule", "label": "label", "on_unknown": "unknown"}
_PLAIN = ("goal", "topic", "owner")


class VariantRow(msgspec.Struct, frozen=True):
    """One variant in the form; `texts` are the names of its content fields that are texts."""

    number: int
    texts: tuple[str, ...]


def values_of(document: JsonObject, reader: Reader) -> dict[str, str]:
    """Write a message's document as the values of the form's fields."""
    zone = reader.zone
    values = {name: str(document.get(name) or "") for name in ("key", *_PLAIN)}
    values["value"] = entry(reader, float(str(document.get("value", 1.0))))
    values["service"] = "yes" if document.get("service") is True else ""
    values["first_day"] = _day(document.get("starts_at"), zone)
    values["last_day"] = _day(document.get("ends_at"), zone, last=True)
    for number, rule in enumerate(rows_in(document, "rules")):
        values[f"rule-{number}"] = str(rule.get("when", ""))
        values[f"label-{number}"] = str(rule.get("label", ""))
        values[f"unknown-{number}"] = str(rule.get("on_unknown", ""))
    for number, variant in enumerate(rows_in(document, "variants")):
        values |= _variant_values(reader, number, variant)
    return values


def _variant_values(reader: Reader, number: int, variant: JsonObject) -> dict[str, str]:
    stated = {"variant": "key", "channel": "channel", "locale": "locale", "format": "format"}
    values = {f"{name}-{number}": str(variant.get(key) or "") for name, key in stated.items()}
    values[f"cost-{number}"] = entry(reader, float(str(variant.get("cost", 0.0))))
    content = variant.get("content")
    rest: JsonObject = {}
    for name, value in content.items() if isinstance(content, dict) else ():
        if isinstance(value, str) and name.isidentifier():
            values[f"text-{number}-{name}"] = value
        else:
            rest[name] = value
    values[f"rest-{number}"] = msgspec.json.encode(rest).decode() if rest else ""
    return values


def rows_of(values: Mapping[str, str]) -> tuple[tuple[int, ...], tuple[VariantRow, ...]]:
    """Number the rules and variants of a form, each with one empty row at the end."""
    rules = [number for number in _numbers(values, "rule") if values[f"rule-{number}"].strip()]
    variants = [number for number in _numbers(values, "variant") if _is_filled(values, number)]
    last_rule = max(rules, default=-1) + 1
    last = max(variants, default=-1) + 1
    rows = [VariantRow(number, _texts_of(values, number)) for number in (*variants, last)]
    return (*rules, last_rule), tuple(rows)


def _texts_of(values: Mapping[str, str], number: int) -> tuple[str, ...]:
    begin = f"text-{number}-"
    stated = [name.removeprefix(begin) for name in values if name.startswith(begin)]
    first = ("subject",) if values.get(f"channel-{number}") == "email" else ()
    return tuple(dict.fromkeys((*first, *TEXTS, *stated)))


def _numbers(values: Mapping[str, str], name: str) -> list[int]:
    found = (int(match[1]) for one in values if one.startswith(name) and (match := _ROW.match(one)))
    return sorted(number for number in set(found) if number < MOST_ROWS)


def _is_filled(values: Mapping[str, str], number: int) -> bool:
    texts = (text for name, text in values.items() if name.startswith(f"text-{number}-"))
    return bool(values.get(f"variant-{number}", "").strip() or any(map(str.strip, texts)))


def document_of(
    reader: Reader, values: Mapping[str, str], base: JsonObject
) -> tuple[JsonObject, list[Fault]]:
    """Read the document that a form stands for; what the form does not show stays as in `base`."""
    faults: list[Fault] = []
    rules, variants = rows_of(values)
    document: JsonObject = {**base, "kind": "message", "key": values.get("key", "").strip()}
    _put(document, {name: values.get(name, "").strip() for name in _PLAIN})
    document["value"] = _number(reader, values, "value", 1.0, faults)
    _put(document, {"service": values.get("service") == "yes"})
    _put(document, dict(_moments(reader, values, base, faults)))
    _put(document, {"rules": [_rule(values, one) for one in rules[:-1]]})
    document["variants"] = [_variant(reader, values, one, faults) for one in variants[:-1]]
    return document, faults


def _put(document: JsonObject, fields: Mapping[str, Json]) -> None:
    """Set fields; an empty one is left out, as in every document."""
    for name, value in fields.items():
        document.pop(name, None)
        if value:
            document[name] = value


def _rule(values: Mapping[str, str], number: int) -> JsonObject:
    rule: JsonObject = {"when": values[f"rule-{number}"].strip()}
    _put(rule, {"label": values.get(f"label-{number}", "")})
    _put(rule, {"on_unknown": values.get(f"unknown-{number}", "")})
    return rule


def _variant(
    reader: Reader, values: Mapping[str, str], row: VariantRow, faults: list[Fault]
) -> JsonObject:
    number = row.number
    variant: JsonObject = {
        "key": values.get(f"variant-{number}", "").strip(),
        "channel": values.get(f"channel-{number}", "web"),
    }
    _put(variant, {name: values.get(f"{name}-{number}", "").strip() for name in _VARIANT_PLAIN})
    content: JsonObject = {}
    _put(content, {name: values.get(f"text-{number}-{name}", "").strip() for name in row.texts})
    variant["content"] = {**content, **_rest(values.get(f"rest-{number}", ""))}
    _put(variant, {"cost": _number(reader, values, f"cost-{number}", 0.0, faults)})
    for name in ("url", "link", "href"):
        address = content.get(name)
        if isinstance(address, str) and not address.startswith(("https://", "http://", "{{", "/")):
            told = reader.say("{value} is no link; begin with https://.", value=address[:100])
            faults.append(Fault(f"text-{number}-{name}", told))
    return variant


_VARIANT_PLAIN = ("locale", "format")


def _rest(written: str) -> JsonObject:
    try:
        return msgspec.json.decode(written, type=dict[str, Json]) if written else {}
    except msgspec.DecodeError:
        return {}


def _number(
    reader: Reader, values: Mapping[str, str], name: str, otherwise: float, faults: list[Fault]
) -> float:
    written = values.get(name, "").strip()
    try:
        return float(typed_number(reader, written)) if written else otherwise
    except ValueError:
        told = reader.say("{value} is no number; write one such as 12.5.", value=written[:40])
        faults.append(Fault(name, told))
        return otherwise


def _moments(
    reader: Reader, values: Mapping[str, str], base: JsonObject, faults: list[Fault]
) -> Iterator[tuple[str, str]]:
    """Read the first and the last day as moments; an unchanged day keeps its time of day."""
    for field, name, last in (("first_day", "starts_at", False), ("last_day", "ends_at", True)):
        written = values.get(field, "").strip()
        if not written:
            yield name, ""
        elif written == _day(base.get(name), reader.zone, last):
            yield name, str(base[name])
        else:
            try:
                day = date.fromisoformat(written) + timedelta(days=last)
            except (ValueError, OverflowError):
                told = reader.say("{value} is no day; write 2026-11-24.", value=written[:40])
                faults.append(Fault(field, told))
                continue
            yield name, format_instant(reader.begin_of(day))


def _day(written: Json, zone: str, last: bool = False) -> str:
    at = parse_instant(written) if isinstance(written, str) else None
    if at is None:
        return ""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    return (local - timedelta(microseconds=last)).date().isoformat()


def field_of(path: str) -> str:
    """Name the field of the form behind a path of the document; "" for the whole.

    >>> field_of("rules[1].when"), field_of("variants[0].content.title"), field_of("ends_at")
    ('rule-1', 'text-0-title', 'last_day')
    """
    top, _, rest = path.partition("[")
    number, _, inner = rest.partition("].")
    if top == "rules" and number:
        return f"{_RULE_NAMES.get(inner, 'rule')}-{number}"
    if top == "variants" and number:
        if inner.startswith("content."):
            return f"text-{number}-{inner.removeprefix('content.')}"
        return f"{inner if inner in ('channel', 'locale', 'cost') else 'variant'}-{number}"
    known = ("key", "value", *_PLAIN)
    return _NAMES.get(top, top if top in known else "")
