"""Identifiers, evidence that two of them belong together, and the clusters that follow."""

import msgspec

from wegweiser.terms.source import Trust

# An identifier is written "type:value" after normalisation, for example "user_id:u-42".
Identifier = str
# The identifier that an event is attributed to; "claim:U/A" for an unproven user id, and
# "in_session:A/S" for what named nobody, where sessions are kept apart.
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
    is False for what a public event other than identify says by the way. `proof` is empty
    where none was asked for; else what became of it: "none", "bad" or "expired". `session` is
    the session on the device that the statement was made in, where sessions are kept apart.
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
    proof: str = ""
    session: str = ""

    @property
    def pair(self) -> tuple[Identifier, Identifier]:
        """The two identifiers, smaller first."""
        return (self.a, self.b)


class Refusal(msgspec.Struct, frozen=True):
    """Evidence that does not join, with the reason in one word."""

    evidence: Evidence
    reason: str


class Membership(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """One statement that a person-side identifier belongs to an account in a role, or left it.

    Of one account and role the newest (at, trust, message_id) counts. `since` and `until` are
    days; `dated_from` and `dated_to` tell whether the sender stated them. `undoes` is the message
    of a statement that was never made.
    """

    member: Identifier
    group_id: str
    role: str
    status: str
    at: int
    message_id: str
    since: int
    until: int | None = None
    trust: Trust = Trust.SERVER
    source_id: str = ""
    dated_from: bool = False
    dated_to: bool = False
    undoes: str = ""
