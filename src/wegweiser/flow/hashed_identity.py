"""Finding identifiers of which only a hash is known, as requests about people state them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from wegweiser.flow.erasure_subject import spelled
from wegweiser.terms.identity import Identifier, identifier, kind_of, value_of

HashName = Literal["raw", "sha1", "md5", "sha256"]
_KINDS = {
    "email": "email",
    "phone": "phone",
    "mobile": "phone",
    "controller_customer_id": "user_id",
    "ios_vendor_id": "ios.id",
    "android_id": "android.id",
    "ios_advertising_id": "ios.idfa",
    "android_advertising_id": "android.idfa",
    "fire_advertising_id": "fire.idfa",
    "roku_advertising_id": "roku.idfa",
    "microsoft_advertising_id": "microsoft.idfa",
    "anonymous_id": "anonymous_id",
}
IDENTITY_TYPES = tuple(_KINDS)


class SubjectIdentity(msgspec.Struct, frozen=True):
    """One identity of a subject as OpenDSR states it."""

    identity_type: str
    identity_value: str
    identity_format: HashName = "raw"

    @property
    def kind(self) -> str:
        """The type of our identifiers that it is; empty for one that we do not know.

        >>> SubjectIdentity("ios_vendor_id", "x").kind, SubjectIdentity("shoe_size", "x").kind
        ('ios.id', '')
        """
        return _KINDS.get(self.identity_type, "")


def hashed(value: str, name: HashName) -> str:
    """Hash the normalised value of an identifier, as hex.

    >>> hashed("ada@buyer.example", "md5")
    '7ccbfe69298802f3812d825763f25f8b'
    """
    if name == "raw":
        return value
    return hashlib.new(name, value.encode(), usedforsecurity=False).hexdigest()


def names_of(
    identities: Sequence[SubjectIdentity], known: Iterable[Identifier]
) -> Iterator[Identifier]:
    """Yield the identifiers that identities stand for; hashed ones only among the known."""
    wanted: dict[tuple[str, HashName], set[str]] = {}
    for one in identities:
        if one.identity_format == "raw":
            name = spelled(identifier(one.kind, one.identity_value)) if one.kind else ""
            if name:
                yield name
        elif one.kind:
            digests = wanted.setdefault((one.kind, one.identity_format), set())
            digests.add(one.identity_value.strip().lower())
    if not wanted:
        return
    for name in known:
        for (kind, format), digests in wanted.items():
            if kind_of(name) == kind and hashed(value_of(name), format) in digests:
                yield name
