"""The classes of identifiers: how many a person may have, and what they may join."""

from functools import lru_cache

from wegweiser.terms.identity import Identifier, kind_of
from wegweiser.terms.identity_rules import IdentifierClass

_ACCOUNT_KINDS = frozenset({"group_id", "domain", "crm_account_id"})
_HOUSEHOLD_KINDS = frozenset({"household_id", "ip", "landline", "postal_address"})
# Words of our own that stand where a type stands: nothing that is sent may be called so.
_RESERVED_KINDS = frozenset({"device", "claim", "in_session", "person_id"})
_DEVICE_KINDS = frozenset({"ios.id", "android.id"})
_DEVICE_ENDINGS = (".idfa", ".push_token")
_OWN_WEAK_KINDS = frozenset({"anonymous_id", "ga_client_id"})
_PRIORITIES = {"user_id": 1, "email": 3, "phone": 4, "anonymous_id": 7}


def class_of_kind(kind: str) -> IdentifierClass:
    """Give the class of a type; a type that nobody has classified is weak.

    >>> class_of_kind("crm_contact_id"), class_of_kind("email"), class_of_kind("loyalty_card")
    ('unique', 'strong', 'weak')
    """
    if kind in _ACCOUNT_KINDS:
        return "account"
    if kind in _HOUSEHOLD_KINDS:
        return "household"
    if kind in _RESERVED_KINDS:
        return "reserved"
    if kind == "user_id" or kind.startswith("crm_"):
        return "unique"
    return "strong" if kind in {"email", "phone"} else "weak"


def is_custom(kind: str) -> bool:
    """Tell whether a type is one that senders made up, so that nobody knows what it is.

    >>> is_custom("loyalty_card"), is_custom("anonymous_id"), is_custom("crm_contact_id")
    (True, False, False)
    """
    own = kind in _OWN_WEAK_KINDS or kind in _DEVICE_KINDS or kind.endswith(_DEVICE_ENDINGS)
    return not own and class_of_kind(kind) == "weak"


def priority_of_kind(kind: str) -> int:
    """Give the rank of a type, 1 first: the highest-ranked identifier of an event anchors it."""
    found = _PRIORITIES.get(kind)
    if found is not None:
        return found
    if kind.startswith("crm_"):
        return 2
    return 6 if kind in _DEVICE_KINDS or kind.endswith(_DEVICE_ENDINGS) else 8


@lru_cache(maxsize=65_536)
def class_of(name: Identifier) -> IdentifierClass:
    """Give the class of an identifier.

    >>> class_of("anonymous_id:a-1")
    'weak'
    """
    return class_of_kind(kind_of(name))


def priority_of(name: Identifier) -> int:
    """Give the rank of an identifier by its type."""
    return priority_of_kind(kind_of(name))


def kind_joins_persons(kind: str) -> bool:
    """Tell whether identifiers of a type may belong to a person at all.

    >>> kind_joins_persons("loyalty_card"), kind_joins_persons("group_id")
    (True, False)
    """
    return class_of_kind(kind) in {"unique", "strong", "weak"}


def joins_persons(name: Identifier) -> bool:
    """Tell whether an identifier may belong to a person at all."""
    return class_of(name) in {"unique", "strong", "weak"}
