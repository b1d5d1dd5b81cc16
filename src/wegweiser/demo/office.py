"""What the company's own systems report: CRM, sales, mail, booking tool and shop."""

from collections.abc import Iterator

from wegweiser.demo.booking import Candidate
from wegweiser.demo.calendar import Mailing, Visit
from wegweiser.demo.chance import between, pick, stream
from wegweiser.demo.company import Account, Buyer, Company
from wegweiser.demo.element import Timed, from_server, introduced
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS, SECOND_MS
from wegweiser.terms.json import JsonObject

PRICE_PER_SEAT = {"free": 90.0, "team": 140.0, "business": 210.0, "enterprise": 260.0}
NEWS_OPENED, NEWS_CLICKED = 0.35, 0.25


def first_import(seed: int, company: Company, at: int) -> Iterator[Timed]:
    """Give the contacts that the CRM knows before anything else happens."""
    for buyer in company.buyers:
        if buyer.in_crm:
            yield from introduced(f"nl{seed}-{buyer.user_id}-crm", at, buyer)


def conversation(seed: int, visit: Visit) -> tuple[Timed, ...]:
    """Draw one talk of sales with a buyer, whom the CRM knows from then on."""
    buyer = visit.buyer
    luck = stream(seed, buyer.user_id, "talk", visit.number)
    key = f"nl{seed}-{buyer.user_id}-t{visit.number}"
    rival = buyer.account.competitor if buyer.account else ""
    intent = {"evaluate": "medium", "validate": "high", "commit": "high"}
    properties: JsonObject = {
        "channel": pick(luck, ("call", "video", "meeting")),
        "direction": pick(luck, ("inbound", "outbound")),
        "topics": [pick(luck, buyer.interests)],
        "competitors": [rival] if rival and luck.random() < 0.5 else [],
        "intent": intent.get(visit.stage, "low"),
        "outcome": pick(luck, ("follow up", "send material", "no next step")),
    }
    logged = from_server(
        key, visit.at, buyer, "track", event="Sales Conversation Logged", properties=properties
    )
    return (*introduced(key, visit.at, buyer), logged)


def news(seed: int, mailing: Mailing) -> tuple[Timed, ...]:
    """Draw whether the monthly news are opened and clicked; empty if they are not."""
    buyer = mailing.buyer
    luck = stream(seed, buyer.user_id, "news", mailing.number)
    key = f"nl{seed}-{buyer.user_id}-n{mailing.number}"
    opened_at = mailing.at + int(between(luck, 0.2, 30) * HOUR_MS)
    about: JsonObject = {"campaign": f"news-{mailing.number // 8 + 1}", "subject": "Nordlicht news"}
    if luck.random() >= NEWS_OPENED:
        return ()
    opened = from_server(
        f"{key}-o", opened_at, buyer, "track", event="Email Opened", properties=about
    )
    if luck.random() >= NEWS_CLICKED:
        return (opened,)
    clicked_at = opened_at + int(between(luck, 5, 120) * SECOND_MS)
    link: JsonObject = {**about, "topic": pick(luck, buyer.interests)}
    clicked = from_server(
        f"{key}-c", clicked_at, buyer, "track", event="Email Link Clicked", properties=link
    )
    return (opened, clicked)


def booked(seed: int, buyer: Buyer, candidate: Candidate) -> tuple[Timed, ...]:
    """Report a booked demo; the booking tool introduces the buyer to the CRM as well."""
    key = f"nl{seed}-{buyer.user_id}-d{candidate.at}"
    day = candidate.at + 3 * 24 * HOUR_MS
    properties: JsonObject = {"topic": buyer.interests[0], "day": day // (24 * HOUR_MS)}
    event = from_server(
        key, candidate.at, buyer, "track", event="Demo Booked", properties=properties
    )
    return (*introduced(key, candidate.at, buyer), event)


def order_value(account: Account) -> float:
    """Give the yearly revenue of an account's order in EUR.

    Seats are a fifth of the employees, at least 5, at most 400.
    """
    seats = min(400, max(5, account.employees // 5))
    return round(seats * PRICE_PER_SEAT[account.plan], 2)


def deal(seed: int, buyer: Buyer, at: int, cause: str) -> tuple[Timed, ...]:
    """Report a won deal and its order, with revenue in EUR."""
    if buyer.account is None:
        return ()
    key = f"nl{seed}-{buyer.user_id}-w{at}"
    amount, order = order_value(buyer.account), f"o-{buyer.group_id}-{at // MINUTE_MS}"
    won: JsonObject = {"amount": amount, "currency": "EUR", "order_id": order, "after": cause}
    bought: JsonObject = {
        "order_id": order,
        "revenue": amount,
        "currency": "EUR",
        "products": [{"product_id": buyer.account.plan, "quantity": 1, "price": amount}],
    }
    return (
        *introduced(key, at, buyer),
        from_server(f"{key}-won", at, buyer, "track", event="Deal Won", properties=won),
        from_server(f"{key}-order", at, buyer, "track", event="Order Completed", properties=bought),
    )
