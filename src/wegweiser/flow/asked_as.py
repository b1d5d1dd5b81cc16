"""Under which identifier a decision asks for somebody who is not there."""

from wegweiser.resolve.directory import Directory
from wegweiser.terms.identity import Identifier, identifier

_FIRST_KINDS = ("user_id", "email", "phone", "anonymous_id")


def asked_as(directory: Directory, person_id: str) -> Identifier:
    """Name a person by what is surest theirs, empty where nothing names them.

    A device comes last, as it may only claim to be a person's.
    """
    order = {kind: place for place, kind in enumerate(_FIRST_KINDS)}
    names = sorted(
        directory.identifiers_of(person_id),
        key=lambda one: (order.get(one.type, len(order)), one.value),
    )
    return identifier(names[0].type, names[0].value) if names else ""
