"""Memberships that events state: who joined or left which account, in which role."""

from wegweiser.resolve.mention import name_of
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Leaf, Membership, value_of
from wegweiser.terms.instant import day_of, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust

LEFT_GROUP = "Left Group"
# A membership that ends: what a secret key says ends any, what a browser says only its own kind.
ENDED = "ended"
ENDED_CLAIM = "ended_claim"


def may_state_membership(event: Event) -> bool:
    """Tell quickly whether an event can say anything about membership."""
    if event.type == "group" or event.event == LEFT_GROUP:
        return True
    return event.type == "identify" and "company" in event.traits


def read_memberships(event: Event, trust: Trust, leaf: Leaf) -> tuple[Membership, ...]:
    """Read the membership that an event states, bound to the event's leaf.

    >>> joined = Event(type="group", message_id="m-1", at=0, user_id="u-1", group_id="acme")
    >>> [(m.group_id, m.status) for m in read_memberships(joined, Trust.SERVER, "user_id:u-1")]
    [('acme', 'confirmed')]
    """
    group = _group_of(event)
    if group is None:
        return ()
    leaving = event.event == LEFT_GROUP and event.type == "track"
    trusted = trust >= Trust.SERVER
    terms = _terms_of(event)
    day = day_of(event.at)
    if leaving:
        status, until = (ENDED if trusted else ENDED_CLAIM), _day(terms.get("to"), day)
    else:
        status, until = ("confirmed" if trusted else "claimed"), _day(terms.get("to"), None)
    since = _day(terms.get("from"), day)
    return (
        Membership(
            leaf,
            group,
            _text(terms.get("role")),
            status,
            event.at,
            event.message_id,
            day if since is None else since,
            until,
        ),
    )


def _group_of(event: Event) -> str | None:
    raw: Json
    if event.type == "group":
        raw = event.group_id
    elif event.type == "identify":
        company = event.traits.get("company")
        raw = company.get("id") if isinstance(company, dict) else None
    else:
        raw = event.properties.get("groupId") or event.group_id or event.context.get("groupId")
    name = name_of("group_id", raw)
    return None if name is None else value_of(name)


def _terms_of(event: Event) -> JsonObject:
    stated = event.context.get("membership")
    terms = dict(stated) if isinstance(stated, dict) else {}
    if event.event == LEFT_GROUP and "role" in event.properties:
        terms["role"] = event.properties["role"]
    return terms


def _day(claim: Json, otherwise: int | None) -> int | None:
    moment = parse_instant(claim)
    return otherwise if moment is None else day_of(moment)


def _text(value: Json) -> str:
    return value.strip()[:255] if isinstance(value, str) else ""
