"""Whom a reader may look at: everybody, nobody without a typed reason, or the own accounts."""

from collections.abc import Iterable

from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.profile import AccountProfile
from wegweiser.web.pages.desk import Desk

# Traits of an account that name who looks after it, as CRM systems deliver it.
OWNER_TRAITS = ("owner", "account_owner", "owner_email")


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


def owns(desk: Desk, request: Request, group_id: str) -> bool:
    """Tell whether whoever is signed in looks after an account."""
    return is_owner(desk, request, desk.site.views.account(group_id))


def is_owner(desk: Desk, request: Request, account: AccountProfile) -> bool:
    """Tell whether a trait of an account names whoever is signed in, by name or e-mail."""
    operator = desk.who(request)
    if operator is None:
        return False
    mine = {one.casefold() for one in (operator.name, operator.email) if one}
    stated = (account.traits.get(name) for name in OWNER_TRAITS)
    return any(isinstance(one, str) and one.strip().casefold() in mine for one in stated)
