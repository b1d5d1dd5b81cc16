"""What every door asks about contacts: the ledger, overrides, do not contact, legal hold."""

import msgspec

from wegweiser.terms.contact_order import ContactOrder, OrderKind
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import kind_of
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.site import Site

MOST_ENTRIES = 1_000
_OF_ACCOUNTS = ("group_id", "domain", "crm_account_id")


async def ledger(site: Site, arguments: JsonObject) -> Json:
    """Tell the contacts of a person or account, with their states and what caps leave."""
    await site.intake.settle()
    name = text(arguments, "identifier")
    limit = min(read(arguments, "limit", int, 100), MOST_ENTRIES)
    report = site.deciding.contacts.report
    if kind_of(name) in _OF_ACCOUNTS:
        group_id = site.views.find_account(name)
        if group_id is None:
            raise NotFound(wrong("no_account"))
        return report.of_account(group_id, limit)
    person_id = site.views.find_person(name)
    if person_id is None:
        raise NotFound(wrong("no_profile"))
    return report.of_person(person_id, limit)


async def orders(site: Site, arguments: JsonObject) -> Json:
    """List the orders about contacts that were not taken back."""
    now = site.clock.now_ms()
    return [_told(order, now) for order in site.deciding.contacts.orders.all()]


async def override(site: Site, arguments: JsonObject) -> Json:
    """Lift the ownership lock, the pacing of an account or of a buying group, for a while."""
    written = text(arguments, "until")
    until = parse_instant(written)
    if until is None:
        sentence = wrong("until_moment")
        raise InputRefused("bad_until", sentence, 422, "until")
    order = await site.deciding.contacts.orders.override(
        text(arguments, "account"),
        text(arguments, "level"),
        text(arguments, "by"),
        text(arguments, "reason"),
        until,
    )
    return _told(order, site.clock.now_ms())


async def bar(site: Site, arguments: JsonObject) -> Json:
    """Forbid every outbound contact with an account; kind do_not_contact or legal_hold."""
    kind = read(arguments, "kind", str, "do_not_contact")
    if kind not in ("do_not_contact", "legal_hold"):
        sentence = wrong("this_or_that", name="kind", one="do_not_contact", other="legal_hold")
        raise InputRefused("bad_kind", sentence, 422, "kind")
    order = await site.deciding.contacts.orders.bar(
        msgspec.convert(kind, OrderKind),
        text(arguments, "identifier"),
        text(arguments, "by"),
        text(arguments, "reason"),
    )
    return _told(order, site.clock.now_ms())


async def take_back(site: Site, arguments: JsonObject) -> Json:
    """End an order."""
    contacts = site.deciding.contacts
    order = await contacts.orders.take_back(text(arguments, "order"), text(arguments, "by"))
    return _told(order, site.clock.now_ms())


def _told(order: ContactOrder, now: int) -> JsonObject:
    return {
        "order_id": order.order_id,
        "kind": order.kind,
        "level": order.level or None,
        "account": order.account,
        "by": order.by,
        "reason": order.reason,
        "at": format_instant(order.at),
        "until": format_instant(order.until) if order.until else None,
        "in_force": order.holds(now),
    }


OPERATIONS = {
    "contact_ledger": ledger,
    "contact_orders": orders,
    "contact_override": override,
    "contact_bar": bar,
    "contact_take_back": take_back,
}
