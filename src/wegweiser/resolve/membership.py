"""Memberships that events state: who joined or left which account, in which role."""

from wegweiser.resolve.mention import name_of
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Leaf, Membership, value_of
from wegweiser.terms.instant import day_of, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust

LEFT_GROUP = "Left Group"
# What an operator says of a membership, with terms of its own below `context.membership`.
STATED = "Membership Stated"
CONFIRMED, CLAIMED = "confirmed", "claimed"
# A membership that ends: what a secret key says ends any, what a browser says only its own kind.
ENDED = "ended"
ENDED_CLAIM = "ended_claim"
# An operator's no: claims end, and what was suggested is never suggested again.
REJECTED = "rejected"
# An operator's statement that was never made.
UNDONE = "undone"
ENDS = frozenset((ENDED, ENDED_CLAIM, REJECTED))
SAID_BY_OPERATORS = frozenset((CONFIRMED, ENDED, REJECTED, UNDONE))
_NAMES = frozenset((LEFT_GROUP, STATED))
# The server sets this flag after it has checked `context.userHash`; senders cannot.
PROOF_FLAG = "proof_ok"


def may_state_membership(event: Event) -> bool:
    """Tell quickly whether an event can say anything about membership."""
    if event.type == "group" or event.event in _NAMES:
        return True
    return event.type == "identify" and "company" in event.traits


def is_only_said(event: Event, trust: Trust) -> bool:
    """Tell whether an event is an operator's statement, which nobody did who is in it."""
    return trust >= Trust.OPERATOR and event.event == STATED


def read_memberships(
    event: Event, trust: Trust, leaf: Leaf, source_id: str = ""
) -> tuple[Membership, ...]:
    """Read the membership that an event states, bound to the event's leaf.

    >>> joined = Event(type="group", message_id="m-1", at=0, user_id="u-1", group_id="acme")
    >>> [(m.group_id, m.status) for m in read_memberships(joined, Trust.SERVER, "user_id:u-1")]
    [('acme', 'confirmed')]
    """
    group = _group_of(event)
    believed = _believed(event, trust)
    status = _status_of(event, believed)
    if group is None or not status:
        return ()
    terms, day = _terms_of(event), day_of(event.at)
    since, until = _day(terms.get("from")), _day(terms.get("to"))
    if status in ENDS and until is None:
        until = day
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
            believed,
            source_id,
            since is not None,
            "to" in terms,
            _text(terms.get("undoes")) if status == UNDONE else "",
        ),
    )


def _believed(event: Event, trust: Trust) -> Trust:
    proven = PROOF_FLAG in event.flags and event.user_id != ""
    return max(trust, Trust.VERIFIED) if proven else trust


def _status_of(event: Event, trust: Trust) -> str:
    """Give the status that an event states, empty when it may state none."""
    trusted = trust >= Trust.SERVER
    if event.event == STATED and event.type == "track":
        said = _terms_of(event).get("status", CONFIRMED)
        allowed = trust >= Trust.OPERATOR and said in SAID_BY_OPERATORS
        return str(said) if allowed else ""
    if event.event == LEFT_GROUP and event.type == "track":
        return ENDED if trusted else ENDED_CLAIM
    return CONFIRMED if trusted else CLAIMED


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


def _day(claim: Json) -> int | None:
    moment = parse_instant(claim)
    return None if moment is None else day_of(moment)


def _text(value: Json) -> str:
    return value.strip()[:255] if isinstance(value, str) else ""
