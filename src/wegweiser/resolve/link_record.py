"""What is compared of a person when duplicates are looked for, read off its traits."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.json import Json
from wegweiser.terms.link import LinkRecord

LONGEST = 120
FEWEST_FIELDS = 2
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_NOT_WORD = re.compile(r"[\W_]+")
_NOT_DIGIT = re.compile(r"\D+")
# A national and an international spelling of a number agree in their last digits.
PHONE_DIGITS = 9


def link_record(
    subject: str, identifiers: Sequence[Identifier], traits: Mapping[str, Json]
) -> LinkRecord | None:
    """Give what is compared of a person; None where less than two fields are known.

    >>> told = {"firstName": "Zoë", "last_name": "Müller-Lang", "address": {"city": "Bonn"}}
    >>> found = link_record("per_1", ["email:zoe+news@lang.example"], told)
    >>> found.first_name, found.last_name, found.email_local, found.city
    ('zoe', 'muller lang', 'zoe', 'bonn')
    """
    first, last = _names(traits)
    email = _first(identifiers, "email") or _raw(traits, "email").lower()
    phone = _first(identifiers, "phone") or _raw(traits, "phone")
    address = traits.get("address")
    place = address if isinstance(address, dict) else {}
    company = traits.get("company")
    record = LinkRecord(
        subject=subject,
        first_name=first,
        last_name=last,
        email=email[:LONGEST],
        email_local=email.partition("@")[0].partition("+")[0][:LONGEST],
        phone=_NOT_DIGIT.sub("", phone)[-PHONE_DIGITS:],
        company=_text(company, "name") if isinstance(company, dict) else _text(traits, "company"),
        birthday=_day(_raw(traits, "birthday")),
        street=_text(place, "street"),
        city=_text(place, "city") or _text(traits, "city"),
        postal_code=_text(place, "postalCode", "postal_code"),
    )
    return record if _fields(record) >= FEWEST_FIELDS else None


def _fields(record: LinkRecord) -> int:
    """Count what says something by itself; the place of somebody says little."""
    telling = (
        record.first_name and record.last_name,
        record.email,
        record.phone,
        record.birthday,
        record.street,
        record.city or record.postal_code,
        record.company,
    )
    return sum(map(bool, telling))


def _names(traits: Mapping[str, Json]) -> tuple[str, str]:
    first = _text(traits, "firstName", "first_name")
    last = _text(traits, "lastName", "last_name")
    if first or last:
        return first, last
    whole = _text(traits, "name").split()
    return (" ".join(whole[:-1]), whole[-1]) if len(whole) > 1 else ("", "".join(whole))


def _first(identifiers: Sequence[Identifier], kind: str) -> str:
    return min((value_of(name) for name in identifiers if kind_of(name) == kind), default="")


def _raw(traits: Mapping[str, Json], *names: str) -> str:
    for name in names:
        value = traits.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:LONGEST]
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def _text(traits: Mapping[str, Json], *names: str) -> str:
    return plain_words(_raw(traits, *names))


def plain_words(text: str) -> str:
    """Write a text without case, accents and signs.

    >>> plain_words("  Café  Ärmelkanal (Süd) ")
    'cafe armelkanal sud'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _NOT_WORD.sub(" ", bare).strip()


def _day(text: str) -> str:
    """Read the day of a birthday in ISO form, empty for anything else.

    >>> _day("1971-06-24T00:00:00Z"), _day("19710624"), _day("24.6.1971")
    ('1971-06-24', '1971-06-24', '')
    """
    found = _DAY.match(text)
    return "-".join(found.groups()) if found else ""
