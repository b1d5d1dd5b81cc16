"""Identifiers, evidence that two of them belong together, and the clusters that follow."""

import msgspec

from wegweiser.terms.source import Trust

# An identifier is written "type:value" after normalisation, for example "user_id:u-42".
Identifier = str
# The identifier that an event is attributed to; "claim:U/A" for an unproven user id.
Leaf = str


def identifier(kind: str, value: str) -> Identifier:
    """Join type and normalised value.

    >>> identifier("user_id", "u-42")
    'user_id:u-42'
    """
    return f"{kind}:{value}"


def kind_of(name: Identifier) -> str:
    """Give the type of an identifier.

    >>> kind_of("email:a:b@example.com")
    'email'
    """
    return name.partition(":")[0]


def value_of(name: Identifier) -> str:
    """Give the value of an identifier."""
    return name.partition(":")[2]


class Evidence(msgspec.Struct, frozen=True, order=True, array_like=True):
    """One statement that two identifiers are one person; a < b by bytes.

    `superseded` names the end that an alias replaces, empty for all other evidence. `stated`
    is False for what a public event other than identify says by the way.
    """

    a: Identifier
    b: Identifier
    trust: Trust
    at: int
    message_id: str
    source_id: str
    position: int
    superseded: Identifier = ""
    stated: bool = True

    @property
    def pair(self) -> tuple[Identifier, Identifier]:
        """The two identifiers, smaller first."""
        return (self.a, self.b)


class Refusal(msgspec.Struct, frozen=True):
    """Evidence that does not join, with the reason in one word."""

    evidence: Evidence
    reason: str


class Membership(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """A person-side identifier belongs to an account in a role; newest (at, message_id) wins."""

    member: Identifier
    group_id: str
    role: str
    status: str
    at: int
    message_id: str
    since: int
    until: int | None = None
