"""Events in the dialect of the Segment clients, as tag, app, shop and CRM would send them."""

import msgspec

from wegweiser.demo.company import Account, Buyer, Device
from wegweiser.demo.site import SITE, Page
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject

_TIME_ZONES = {"de-DE": "Europe/Berlin", "en-GB": "Europe/London"}


class Timed(msgspec.Struct, frozen=True):
    """An element and the moment at which it happened."""

    at: int
    element: JsonObject


class Voice(msgspec.Struct, frozen=True):
    """Who speaks: a device, with the user id once somebody is logged in on it."""

    prefix: str
    buyer: Buyer
    device: Device
    known: bool
    session: str

    def says(self, number: int, at: int, kind: str, **fields: Json) -> Timed:
        """Make one element of this session; `number` makes its messageId unique."""
        context: JsonObject = {
            "library": {"name": "wegweiser.js", "version": "0.1.0"},
            "locale": self.buyer.locale,
            "timezone": _TIME_ZONES[self.buyer.locale],
            "userAgent": self.device.user_agent,
            "sessionId": self.session,
        }
        extra = fields.pop("context", None)
        if isinstance(extra, dict):
            context.update(extra)
        element: JsonObject = {
            "type": kind,
            "messageId": f"{self.prefix}{self.session}-{number}",
            "anonymousId": self.device.anonymous_id,
            "timestamp": format_instant(at),
            "context": context,
        }
        if self.known:
            element["userId"] = self.buyer.user_id
            if kind != "identify" and self.buyer.group_id:
                context["groupId"] = self.buyer.group_id
        element.update(fields)
        return Timed(at, element)


def page_properties(page: Page, topic: str, view: str, referrer: str) -> JsonObject:
    """Describe one page view as the tag does, with the topic of the page."""
    path = page.path.replace("{topic}", topic)
    return {
        "url": SITE + path,
        "path": path,
        "title": page.title.replace("{topic}", topic),
        "referrer": referrer,
        "search": "",
        "page_view_id": view,
        "topic": page.topic or topic,
    }


def consent_context(buyer: Buyer, withdrawn: bool = False) -> JsonObject:
    """State all purposes at once, because an unlisted one counts as refused."""
    measured = buyer.consent != "none" and not withdrawn
    spoken_to = buyer.consent == "all" and not withdrawn
    preferences: JsonObject = {
        "functional": True,
        "measurement": measured,
        "personalisation": spoken_to,
        "profiling": spoken_to,
        "sharing": False,
        "email": buyer.newsletter and not withdrawn,
    }
    return {"consent": {"categoryPreferences": preferences}}


def person_traits(buyer: Buyer) -> JsonObject:
    """Give what a form or the CRM knows of a buyer."""
    return {
        "email": buyer.email,
        "firstName": buyer.first_name,
        "lastName": buyer.last_name,
        "title": TITLES[buyer.role],
    }


TITLES = {
    "economic": "Head of Finance",
    "technical": "IT Architect",
    "security": "Security Officer",
    "user": "Analyst",
    "champion": "Head of Operations",
}


def account_traits(account: Account) -> JsonObject:
    """Give what the CRM knows of an account."""
    traits: JsonObject = {
        "name": account.name,
        "industry": account.industry,
        "employees": account.employees,
        "plan": account.plan,
        "website": f"https://www.{account.domain}",
        "address": {"city": account.city, "country": account.country},
    }
    if account.competitor:
        traits["competitor"] = account.competitor
    return traits


def from_server(message_id: str, at: int, buyer: Buyer, kind: str, **fields: Json) -> Timed:
    """Make one element that shop, CRM or mail system state about a buyer of an account."""
    context: JsonObject = {
        "library": {"name": "nordlicht-crm", "version": "3.2"},
        "groupId": buyer.group_id,
    }
    extra = fields.pop("context", None)
    if isinstance(extra, dict):
        context.update(extra)
    element: JsonObject = {
        "type": kind,
        "messageId": message_id,
        "userId": buyer.user_id,
        "timestamp": format_instant(at),
        "context": context,
    }
    element.update(fields)
    return Timed(at, element)


def introduced(message_id: str, at: int, buyer: Buyer) -> tuple[Timed, ...]:
    """Let the CRM say who a buyer is, what they agreed to, and where they work."""
    if buyer.account is None:
        return ()
    traits = {**person_traits(buyer), "role": buyer.role}
    member: JsonObject = {"membership": {"role": buyer.role}}
    return (
        from_server(f"{message_id}-person", at, buyer, "identify", traits=traits),
        from_server(
            f"{message_id}-account",
            at,
            buyer,
            "group",
            groupId=buyer.group_id,
            traits=account_traits(buyer.account),
            context=member,
        ),
    )
