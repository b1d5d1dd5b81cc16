"""Under which identifier a decision asks for somebody, also for who is not there."""

from wegweiser.resolve.directory import Directory
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.decision import Subject
from wegweiser.terms.identity import Identifier, identifier, kind_of, value_of

_FIRST_KINDS = ("user_id", "email", "phone", "anonymous_id")


def leaf_of(subject: Subject) -> str:
    """Give the identifier that decisions and contacts of a subject are kept under, else ""."""
    name = subject.person or subject.device
    value = normalise(kind_of(name), value_of(name)) if name else None
    return "" if value is None else identifier(kind_of(name), value)


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
