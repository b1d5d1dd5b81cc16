"""The mail addresses at which a person may be written to, the best one first."""

from wegweiser.terms.identity import Leaf, kind_of, value_of
from wegweiser.terms.profile import PersonProfile

EMAIL = "email"


def mail_addresses(person: PersonProfile, leaf: Leaf) -> list[str]:
    """Give the proven addresses: the one asked about, then the one told as trait, then others."""
    mails = (one for one in person.identifiers if one.type == EMAIL)
    proven = {one.value for one in mails if one.status == "member"}
    told = person.traits.get(EMAIL)
    asked = value_of(leaf) if kind_of(leaf) == EMAIL else ""
    wanted = (asked, told.strip().lower() if isinstance(told, str) else "")
    first = [one for one in dict.fromkeys(wanted) if one in proven]
    return [*first, *sorted(proven.difference(first))]
