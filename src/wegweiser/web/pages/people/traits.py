"""Traits in words: the names of the usual ones, and values as people write them."""

import msgspec

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import BUYING_ROLES, named

TRAITS = {
    "address": mark("Address"),
    "age": mark("Age"),
    "avatar": mark("Picture"),
    "birthday": mark("Birthday"),
    "city": mark("Town"),
    "company": mark("Company"),
    "competitor": mark("Uses a competitor"),
    "country": mark("Country"),
    "createdAt": mark("Customer record since"),
    "department": mark("Department"),
    "description": mark("Description"),
    "email": mark("E-mail"),
    "employees": mark("Employees"),
    "firstName": mark("First name"),
    "gender": mark("Gender"),
    "industry": mark("Industry"),
    "language": mark("Language"),
    "lastName": mark("Last name"),
    "name": mark("Name"),
    "open_opportunity": mark("Open opportunity"),
    "owner": mark("Looked after by"),
    "phone": mark("Phone"),
    "plan": mark("Plan"),
    "position": mark("Position"),
    "role": mark("Role"),
    "title": mark("Job title"),
    "username": mark("User name"),
    "website": mark("Website"),
}
# What is written otherwise, and means the same.
ALIKE = {"first_name": "firstName", "last_name": "lastName", "created_at": "createdAt"}
DATES = ("createdAt", "birthday")
ADDRESS = ("street", "postalCode", "postal_code", "zip", "city", "state", "country")


def trait_name(reader: Reader, name: str) -> str:
    """Name a trait; one that is not a usual one keeps its own name.

    >>> trait_name(Reader("de", "UTC", 0), "firstName"), trait_name(Reader("de", "UTC", 0), "tier")
    ('Vorname', 'tier')
    """
    return named(reader, TRAITS, ALIKE.get(name, name))


def trait_value(reader: Reader, name: str, value: Json) -> str:
    """Write a value as people do; what has a shape of its own stays JSON.

    >>> reader = Reader("de", "UTC", 0)
    >>> trait_value(reader, "address", {"city": "Ulm", "country": "DE", "street": "Weg 1"})
    'Weg 1, Ulm, DE'
    >>> trait_value(reader, "employees", 1200), trait_value(reader, "tags", ["a", "b"])
    ('1.200', 'a und b')
    >>> trait_value(reader, "role", "economic"), trait_value(reader, "role", "CFO")
    ('Budgetverantwortung', 'CFO')
    """
    if isinstance(value, bool):
        return reader.say("yes") if value else reader.say("no")
    if isinstance(value, dict) and name == "address":
        parts = [value.get(part) for part in ADDRESS]
        written = ", ".join(part for part in parts if isinstance(part, str) and part)
        return written or _json(value)
    if isinstance(value, str) and name == "role":
        return named(reader, BUYING_ROLES, value)
    if isinstance(value, str):
        at = parse_instant(value) if ALIKE.get(name, name) in DATES else None
        return value if at is None else reader.day_of(at)
    if isinstance(value, int) and name == "employees":
        return reader.number(value)
    listed = value if isinstance(value, list) else []
    texts = [one for one in listed if isinstance(one, str)]
    return reader.all_of(texts) if texts and len(texts) == len(listed) else _json(value)


def _json(value: Json) -> str:
    return msgspec.json.encode(value).decode()
