"""Facts of profiles in words: names, traits, interests, and the paths of their pages."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.web.pages.people.traits import trait_name, trait_value
from wegweiser.web.text import Reader

SHOWN_CHARACTERS = 300
# Who may read names; to others a person is a number. Whoever may look at some people only is a
# reader with names on the pages of these (frame/sight.py).
NAMING = ("whole",)
# From here on a figure may be a phone number, a day of birth or the number of a customer.
LONG_FIGURE = 10_000
NUMBER_WORDS = ("id", "number", "phone", "mobile", "fax", "birth", "age", "zip", "postal", "code")
# Traits whose text says nothing of who somebody is; figures and yes or no never do.
PLAIN_TRAITS = frozenset(
    ("plan", "industry", "country", "language", "locale", "role", "department", "position")
)
WEBSITE = ("http://", "https://")


class Fact(msgspec.Struct, frozen=True):
    """A name with its value; `link` is set for a web address."""

    name: str
    value: str
    link: str = ""


class Share(msgspec.Struct, frozen=True):
    """One interest: its strength as a figure and as a step from 1 to 10 for the bar."""

    name: str
    value: str
    step: int


def person_path(person_id: str) -> str:
    """Give the page of a person."""
    return f"/people/{quote(person_id, safe='')}"


def account_path(group_id: str) -> str:
    """Give the page of an account.

    >>> account_path("a/b")
    '/accounts/a%2Fb'
    """
    return f"/accounts/{quote(group_id, safe='')}"


def person_name(reader: Reader, person: PersonProfile) -> str:
    """Give the name of a person: as stated, else e-mail or user id, else anonymous."""
    short = person.person_id[-6:]
    if reader.sight not in NAMING:
        return reader.say("Person {id}", id=short)
    stated = _name(person.traits)
    if stated:
        return stated
    by_type = {one.type: one.value for one in person.identifiers}
    known = by_type.get("email") or by_type.get("user_id")
    return known or reader.say("Anonymous visitor {id}", id=short)


def _name(traits: JsonObject) -> str:
    whole = traits.get("name")
    if isinstance(whole, str) and whole.strip():
        return cut(whole.strip())
    parts = [traits.get(key) for key in ("firstName", "lastName")]
    return cut(" ".join(part.strip() for part in parts if isinstance(part, str)).strip())


def account_name(account: AccountProfile) -> str:
    """Give the name of an account: as stated, else its id."""
    group_id = next((one.value for one in account.identifiers if one.type == "group_id"), "")
    return _name(account.traits) or group_id or account.account_id


def facts_of(reader: Reader, traits: JsonObject) -> tuple[Fact, ...]:
    """List traits by name; an address becomes a link only for http and https."""
    return tuple(_fact(reader, name, traits[name]) for name in sorted(traits))


def seen_facts(reader: Reader, traits: JsonObject) -> tuple[Fact, ...]:
    """List traits of a person as far as the reader may see them."""
    if reader.sight in NAMING:
        return facts_of(reader, traits)
    return tuple(
        _fact(reader, name, value)
        if name in PLAIN_TRAITS or isinstance(value, bool) or _is_plain_figure(name, value)
        else Fact(cut(trait_name(reader, name)), reader.say("hidden"))
        for name, value in sorted(traits.items())
    )


def _is_plain_figure(name: str, value: Json) -> bool:
    """Tell whether a figure says nothing of who somebody is."""
    if not isinstance(value, int | float) or abs(value) >= LONG_FIGURE:
        return False
    return not any(word in name.lower() for word in NUMBER_WORDS)


def seen_value(reader: Reader, written: str) -> str:
    """Write a value that was worked out, but not one that names somebody to who must not know.

    >>> seen_value(Reader("en", "UTC", 0, "masked"), "shoes")
    'shoes'
    >>> seen_value(Reader("en", "UTC", 0, "masked"), "ada@example.com")
    'hidden'
    """
    names = "@" in written or sum(sign.isdigit() for sign in written) > len("10000")
    return reader.say("hidden") if names and reader.sight not in NAMING else cut(written)


def seen_text(reader: Reader, written: str) -> str:
    """Write what somebody typed or opened as far as the reader may see it: bare paths always.

    >>> seen_text(Reader("en", "UTC", 0, "masked"), "/pricing")
    '/pricing'
    >>> seen_text(Reader("en", "UTC", 0, "masked"), "/search?q=ada@example.com")
    'hidden'
    """
    is_path = written.startswith("/") and not any(sign in written for sign in "?#@=&;%")
    if reader.sight in NAMING or is_path or not written:
        return cut(written)
    return reader.say("hidden")


def _fact(reader: Reader, name: str, value: Json) -> Fact:
    written = trait_value(reader, name, value)
    plain = all(sign.isprintable() and sign != " " for sign in written)
    is_address = isinstance(value, str) and plain and value.lower().startswith(WEBSITE)
    return Fact(cut(trait_name(reader, name)), cut(written), written if is_address else "")


def cut(text: str) -> str:
    """Cut long text, and drop signs that would disturb the lines around it.

    >>> cut("a" * 400).endswith("a…"), cut("a\\u0301\\u0301\\u0301\\u0301")
    (True, 'a\u0301\u0301\u0301')
    """
    kept: list[str] = []
    marks = 0
    for sign in text[: SHOWN_CHARACTERS + 1]:
        marks = marks + 1 if is_mark(sign) else 0
        if marks <= 3 and (sign.isprintable() or sign in "\n\t"):
            kept.append(sign)
    shown = "".join(kept)
    return shown[:SHOWN_CHARACTERS] + "…" if len(text) > SHOWN_CHARACTERS else shown


def is_mark(sign: str) -> bool:
    """Tell whether a sign only sits on the one before it."""
    return "\u0300" <= sign <= "\u036f" or "\u20d0" <= sign <= "\u20ff"


def interests_of(reader: Reader, interests: Mapping[str, float]) -> tuple[Share, ...]:
    """List the ten strongest interests; strength s as s / (1 + s), one fresh interest is 50 %."""
    strongest = sorted(interests.items(), key=lambda one: (-one[1], one[0]))[:10]
    shares = [(topic, amount / (1 + amount)) for topic, amount in strongest if amount > 0]
    return tuple(
        Share(cut(topic), reader.percent(share, 0), max(1, round(share * 10)))
        for topic, share in shares
    )
