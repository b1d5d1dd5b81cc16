"""Whom the identity provider lets in, under which name, and with which role."""

from collections.abc import Callable

import msgspec

from wegweiser.settings import OpenIdSettings
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.role import Role
from wegweiser.workspace.called import is_name
from wegweiser.workspace.openid.refused import SignInRefused
from wegweiser.workspace.operator import Operator, ProviderLink
from wegweiser.workspace.people import People

Note = Callable[[str, Operator], None]


class Stated(msgspec.Struct, frozen=True):
    """What the provider says of somebody; `email` is empty unless the provider has checked it."""

    subject: str
    email: str
    username: str
    groups: frozenset[str]


def stated_in(claims: JsonObject, settings: OpenIdSettings) -> Stated:
    """Read somebody from the claims of an ID token.

    >>> claims = {"sub": "7", "email": "jo@example.com", "email_verified": True, "groups": ["it"]}
    >>> stated_in(claims, OpenIdSettings("https://id.example.com", "wegweiser")).groups
    frozenset({'it'})
    """
    checked = claims.get("email_verified") is True or settings.trust_email
    groups = claims.get(settings.groups_claim)
    listed = groups if isinstance(groups, list) else [groups]
    return Stated(
        subject=_text(claims.get("sub")),
        email=_text(claims.get("email")).strip().casefold() if checked else "",
        username=_text(claims.get("preferred_username")).strip(),
        groups=frozenset(one for one in listed if isinstance(one, str)),
    )


def role_of(stated: Stated, settings: OpenIdSettings) -> Role | None:
    """Give the role that groups or the domain of the address make; None: not let in."""
    for group, role in settings.roles.items():
        if group in stated.groups:
            return role
    domain = stated.email.rpartition("@")[2]
    if settings.default_role and domain and domain in map(str.casefold, settings.allowed_domains):
        return settings.default_role
    return None


def admitted(
    people: People, settings: OpenIdSettings, stated: Stated, now: int, note: Note
) -> Operator:
    """Find whoever comes from the provider, or make them; raises SignInRefused.

    `note` is told who was made, linked, or given another role.

    Somebody who was let in by hand is known by their checked address the first time, and by the
    provider's own id from then on; they keep the role that they were given. Whoever came by the
    provider has at each sign-in the role that it gives.
    """
    found = _linked(people, settings.issuer, stated)
    if found is None and (found := _by_address(people, settings, stated)):
        note("people.link_provider", found)
    role = role_of(stated, settings)
    if found is None:
        found = _added(people, settings, stated, role, now)
        note("people.add", found)
        return found
    link = found.provider
    if link is not None and link.gives_role:
        if role is None:
            people.sessions.end_all(found.name)
            raise _nobody()
        if found.role != role:
            found = people.keep(msgspec.structs.replace(found, role=role))
            note("people.role", found)
    return found


def _linked(people: People, issuer: str, stated: Stated) -> Operator | None:
    links = ((one, one.provider) for one in people.all())
    mine = (issuer, stated.subject)
    return next(
        (one for one, link in links if link is not None and (link.issuer, link.subject) == mine),
        None,
    )


def _by_address(people: People, settings: OpenIdSettings, stated: Stated) -> Operator | None:
    """Link somebody who was let in by hand to the provider, where the address is theirs alone."""
    if not stated.email:
        return None
    same = [one for one in people.all() if one.email.casefold() == stated.email]
    if len(same) != 1 or same[0].provider is not None:
        return None
    link = ProviderLink(settings.issuer, stated.subject, gives_role=False)
    return people.keep(msgspec.structs.replace(same[0], provider=link))


def _added(
    people: People, settings: OpenIdSettings, stated: Stated, role: Role | None, now: int
) -> Operator:
    if role is None:
        raise _nobody()
    names = (name for name in (stated.email, stated.username) if is_name(name))
    name = next((name for name in names if people.find(name) is None), "")
    if not name:
        raise SignInRefused("name_taken", "Somebody else has this name here already.")
    link = ProviderLink(settings.issuer, stated.subject, gives_role=True)
    return people.keep(Operator(name, "", role, now, stated.email[:200], provider=link))


def _nobody() -> SignInRefused:
    return SignInRefused("not_let_in", "Nobody let you in here; ask an admin.")


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
