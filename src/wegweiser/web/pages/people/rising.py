"""Accounts whose intent rises: it shows more now than two weeks ago."""

from collections.abc import Iterable, Mapping

from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.profile import AccountProfile, Intent
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.people.listed import Listed, listed_account
from wegweiser.web.text import Reader
from wegweiser.web.words import INTENTS, named

SHOWN = 10
BACK_MS = 14 * DAY_MS
# A rise by less is no more than one look at a page.
LEAST = 0.5


def rising(desk: Desk, reader: Reader, accounts: Iterable[AccountProfile]) -> tuple[Listed, ...]:
    """List accounts by how much their strongest rise is, the strongest first."""
    found: list[tuple[float, str, AccountProfile]] = []
    for account in accounts:
        rise, key = _rise(desk, account)
        if rise >= LEAST:
            found.append((rise, key, account))
    found.sort(key=lambda one: (-one[0], one[2].account_id))
    return tuple(_listed(reader, *one) for one in found[:SHOWN])


def _rise(desk: Desk, account: AccountProfile) -> tuple[float, str]:
    """Give by how much the strength of an intent rose at most, and of which."""
    insights, views = desk.site.knowing.insights, desk.site.views
    group_id = next((one.value for one in account.identifiers if one.type == "group_id"), "")
    cells = views.account_cells_of(group_id)
    now, before = (
        insights.worked_out(account, cells, ("intents",), until).intents
        for until in (insights.until, insights.until - BACK_MS)
    )
    rises = ((_strength(now, key) - _strength(before, key), key) for key in now)
    return max(rises, default=(0.0, ""))


def _strength(intents: Mapping[str, Intent], key: str) -> float:
    return intents[key].strength if key in intents else 0.0


def _listed(reader: Reader, rise: float, key: str, account: AccountProfile) -> Listed:
    row = listed_account(reader, account)
    told = f"{named(reader, INTENTS, key)} +{reader.number(rise, 1)}"
    return Listed(row.name, row.path, told, row.seen)
