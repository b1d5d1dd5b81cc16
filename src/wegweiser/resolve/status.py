"""How the identifiers of a person are listed: as member, shared, quarantined and so on."""

from collections.abc import Callable

from wegweiser.resolve.births import Births
from wegweiser.resolve.person import Person
from wegweiser.terms.identity import Identifier, identifier, kind_of, value_of
from wegweiser.terms.profile import KnownIdentifier


def listed_identifiers(
    person: Person, births: Births, is_quarantined: Callable[[Identifier], bool]
) -> tuple[KnownIdentifier, ...]:
    """Give the identifiers of a person, shared devices with their first owner, sorted."""
    names = {name: _status(person, name) for name in person.members if is_listed(name, births)}
    names.update((name, "quarantined") for name in names if is_quarantined(name))
    names.update((device, "shared") for device, _ in person.owned if is_listed(device, births))
    listed = (KnownIdentifier(kind_of(name), value_of(name), names[name]) for name in names)
    return tuple(sorted(listed, key=lambda known: (known.type, known.value)))


def _status(person: Person, name: Identifier) -> str:
    if person.device is not None:
        return "shared"
    if name in person.superseded:
        return "superseded"
    return "unverified" if name in person.unverified else "member"


def is_listed(name: Identifier, births: Births) -> bool:
    """Tell whether an identifier is listed under its person.

    An alias names an id without saying whether it was a device's or a user's; of the two
    readings only the one is listed that events carried, without either the user's.
    """
    if name in births:
        return True
    return kind_of(name) == "user_id" and identifier("anonymous_id", value_of(name)) not in births
