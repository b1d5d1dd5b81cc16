"""A mapping guessed from the columns of a file, for somebody to look at and to mend."""

import re
from collections.abc import Mapping, Sequence

from wegweiser.collect.template import expression_of
from wegweiser.query.cel import DYN, MAPPING_FUNCTIONS, Schema
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.json import Json, JsonObject

# What a column is for -> the names that it has in files, without signs and in small letters.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "user": (
        *(
            "userid",
            "customerid",
            "customer",
            "customernumber",
            "contactid",
            "personid",
            "clientid",
        ),
        *(
            "user",
            "kundennummer",
            "kundennr",
            "kundenid",
            "kunde",
            "kontaktid",
            "personid",
            "nutzer",
        ),
    ),
    "anonymous": ("anonymousid", "visitorid", "deviceid", "cookieid"),
    "email": ("email", "emailaddress", "mail", "mailadresse", "emailadresse"),
    "message": ("messageid", "eventid"),
    "event": ("event", "eventname", "action", "ereignis", "aktion"),
    "order": (
        *("orderid", "ordernumber", "order", "invoice", "invoiceid", "invoicenumber"),
        *(
            "bestellnummer",
            "bestellnr",
            "bestellung",
            "auftrag",
            "auftragsnummer",
            "rechnungsnummer",
        ),
    ),
    "total": (
        "total",
        "revenue",
        "amount",
        "ordertotal",
        "summe",
        "betrag",
        "umsatz",
        "gesamtbetrag",
    ),
    "currency": ("currency", "waehrung", "währung"),
    "time": (
        *("timestamp", "time", "date", "datetime", "at", "createdat", "paidat", "occurredat"),
        *("orderdate", "zeit", "zeitpunkt", "datum", "bestelldatum", "uhrzeit"),
    ),
    "group": ("groupid", "accountid", "companyid", "company", "account", "firma", "unternehmen"),
}
_SIGNS = re.compile(r"[\W_]+")
_GERMAN = re.compile(r"[+-]?[0-9.]*,[0-9]{1,2}")
_SCHEMA = Schema({"row": DYN}, MAPPING_FUNCTIONS)
_UNWRITABLE = frozenset('"\\')


def guess_mapping(key: str, source: str, rows: Sequence[Json], zone: str) -> JsonObject:
    """Guess what rows tell of: orders, events of a named kind, or what is known of people.

    Times without a zone are read in `zone`. Columns that nothing is known of become properties
    or traits under their own names; those that no rule could name are left out.

    >>> told = guess_mapping("a", "shop", [{"Kunden-Nr.": "7", "Ort": "Ulm"}], "UTC")
    >>> told["event"]
    {'type': 'identify', 'userId': '=row["Kunden-Nr."]', 'traits': {'Ort': '=row["Ort"]'}}
    """
    columns = _columns(rows)
    found = _found(columns)
    if "order" in found and "total" in found and "event" not in found:
        event = _order(found, rows)
    elif "event" in found:
        event = {"type": "track", "event": _cell(found["event"])}
    else:
        event = {"type": "identify"}
    event |= _who(found)
    if "time" in found:
        event["timestamp"] = f'=time({_cell(found["time"])[1:]}, "", "{zone}")'
    if "message" in found:
        event["messageId"] = _cell(found["message"])
    taken = {*found.values()}
    rest: JsonObject = {name: _cell(name) for name in columns if name not in taken}
    of_person = event["type"] == "identify"
    kept = "traits" if of_person else "properties"
    before = event.pop(kept, None)
    whole = {**_object(before), **rest}
    if "email" in found:
        address: JsonObject = {"email": _cell(found["email"])}
        if of_person:
            whole = {**address, **whole}
        else:
            event["context"] = {**_object(event.get("context")), "traits": address}
    if whole:
        event[kept] = whole
    return {"kind": "mapping", "key": key, "source": source, "event": event}


def _columns(rows: Sequence[Json]) -> list[str]:
    """Name the columns in their order; without those that no expression can name."""
    names = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    return [name for name in names if not name.startswith("_") and _can_be_named(name)]


def _can_be_named(name: str) -> bool:
    if not name or _UNWRITABLE & {*name}:
        return False
    try:
        expression_of(_cell(name), _SCHEMA)
    except RuleRefused:
        return False
    return True


def _cell(name: str) -> str:
    return f'=row["{name}"]'


def _found(columns: Sequence[str]) -> dict[str, str]:
    """Say which column is for what: of several the one whose name is the most telling."""
    plain = {name: _SIGNS.sub("", name.lower()) for name in reversed(columns)}
    by_name = {told: name for name, told in plain.items()}
    found: dict[str, str] = {}
    for purpose, names in _NAMES.items():
        match = next((by_name[name] for name in names if name in by_name), None)
        if match is not None and match not in found.values():
            found[purpose] = match
    return found


def _who(found: Mapping[str, str]) -> JsonObject:
    """Say of whom a row tells; an address alone is a name that nobody can read back."""
    who: JsonObject = {}
    if "user" in found:
        who["userId"] = _cell(found["user"])
    elif "anonymous" in found:
        who["anonymousId"] = _cell(found["anonymous"])
    elif "email" in found:
        who["anonymousId"] = f'="mail-" + sha256(lower(trim({_cell(found["email"])[1:]})))'
    if "group" in found:
        who["context"] = {"groupId": _cell(found["group"])}
    return who


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _order(found: Mapping[str, str], rows: Sequence[Json]) -> JsonObject:
    """Tell of an order; the same order counts once, in whatever file it comes."""
    number = _cell(found["order"])[1:]
    total = _cell(found["total"])[1:]
    cells = [row.get(found["total"]) for row in rows if isinstance(row, dict)]
    german = any(isinstance(cell, str) and _GERMAN.fullmatch(cell.strip()) for cell in cells)
    properties: JsonObject = {
        "order_id": f"={number}",
        "revenue": f'=number({total}, "{"de" if german else "en"}")',
    }
    if "currency" in found:
        properties["currency"] = _cell(found["currency"])
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": f'="order-" + string({number})',
        "properties": properties,
    }
