"""Whom a reader may look at: everybody, nobody without a typed reason, or the own accounts."""

from collections.abc import Iterable

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.web.pages.desk import Desk
from wegweiser.web.text import Reader

# Traits of an account that name who looks after it, as CRM systems deliver it.
OWNER_TRAITS = ("owner", "account_owner", "owner_email")
CONFIRMED = "confirmed"


def confirmed_in(person: PersonProfile) -> list[str]:
    """List the accounts to which somebody belongs for sure: a claim opens nobody to anybody."""
    return [link.group_id for link in person.accounts if link.status == CONFIRMED]


def is_open(desk: Desk, request: Request, person_id: str, group_ids: Iterable[str]) -> bool:
    """Tell whether a person may be shown now; raises InputRefused for somebody else's."""
    operator = desk.who(request)
    sight = "counts" if operator is None else operator.sight
    if sight == "reasoned":
        return desk.opened.is_open(desk.session_id(request), person_id)
    if sight == "own" and not any(owns(desk, request, group_id) for group_id in group_ids):
        raise InputRefused("not_yours", "This is not one of your accounts.", 403)
    if sight == "counts":
        raise InputRefused("only_counts", "Your role sees counts only.", 403)
    return True


def require_own(desk: Desk, request: Request, group_id: str) -> None:
    """Raise InputRefused for an account that somebody else looks after, where that matters."""
    operator = desk.who(request)
    if operator is not None and operator.sight == "own" and not owns(desk, request, group_id):
        raise InputRefused("not_yours", "This is not one of your accounts.", 403)


def named_to(reader: Reader) -> Reader:
    """Give the reader of a page about somebody whom they may look at now: names are written.

    Whoever else stands on the page is written for the reader as they were before.

    >>> [named_to(Reader("en", "UTC", 0, one)).sight for one in ("own", "reasoned", "masked")]
    ['whole', 'whole', 'masked']
    """
    if reader.sight not in ("own", "reasoned"):
        return reader
    return msgspec.structs.replace(reader, sight="whole")


def note_read(desk: Desk, request: Request, person_id: str) -> None:
    """Note in the audit that somebody is read by name; once while a session has them open.

    Where a reason is asked for, its row says so already.
    """
    operator = desk.who(request)
    if not person_id or operator is None or operator.sight not in ("whole", "own"):
        return
    # Not what a reason opens: who has to type one later has read them for none.
    session_id, read = desk.session_id(request), f"read {person_id}"
    if not desk.opened.is_open(session_id, read):
        desk.opened.open(session_id, read)
        desk.site.audit.note("person.read", operator.name, f"person_id:{person_id}")


def may_open(desk: Desk, request: Request, person_id: str) -> bool:
    """Tell whether a person may be shown now, without a refusal."""
    try:
        return is_open(desk, request, person_id, confirmed_in(desk.site.views.person(person_id)))
    except InputRefused:
        return False


def owns(desk: Desk, request: Request, group_id: str) -> bool:
    """Tell whether whoever is signed in looks after an account."""
    return is_owner(desk, request, desk.site.views.account(group_id))


def is_owner(desk: Desk, request: Request, account: AccountProfile) -> bool:
    """Tell whether a trait of an account names whoever is signed in, by name or e-mail.

    Only what a trusted sender said counts: anybody could say it with a public key.
    """
    operator = desk.who(request)
    if operator is None:
        return False
    # Whom an identity provider brings may have chosen their name there.
    chosen = operator.provider is not None and operator.provider.gives_role
    names = (operator.email,) if chosen else (operator.name, operator.email)
    mine = {one.casefold() for one in names if one}
    naming = [
        name
        for name in OWNER_TRAITS
        if isinstance(one := account.traits.get(name), str) and one.strip().casefold() in mine
    ]
    group_id = next((one.value for one in account.identifiers if one.type == "group_id"), "")
    return any(desk.site.views.is_trusted(group_id, name) for name in naming)
