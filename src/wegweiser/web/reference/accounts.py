"""The routes about accounts: members, sums, suggestions, buying groups, and leaving."""

from typing import Literal

from msgspec import Struct

from wegweiser.terms.json import JsonObject
from wegweiser.web.reference.documented import READ_KEY, Documented, Family, Parameter
from wegweiser.web.reference.profile_shapes import Cursor
from wegweiser.web.reference.profiles import ACCOUNTS, NEXT, limit_parameter

_MEMBERS = """{"members": [{"person_id": "per_01M80WS4BMMF8MF6VNHNABX2KZ", "role": "buyer",
  "status": "confirmed", "confidence": 0.9, "counts": true, "source": "shop", "event_id": "m-6",
  "from": "2026-11-22", "to": null, "last_seen_at": "2026-11-22T05:48:33.524Z"}],
  "cursor": {"url": "", "has_more": false, "next": "", "limit": 100}}"""
_ROLLUP = """{"rollup": {"as_of": "2026-11-22T05:48:33.524Z", "members": 1, "known_members": 1,
  "active_7_days": 1, "active_30_days": 1, "last_seen_at": "2026-11-22T05:48:33.524Z",
  "topics": {"sso": 1.965331}, "engagement": 2.889667, "counters": {"Demo Booked": 1}}}"""
_SUGGESTIONS = """{"suggestions": [],
  "cursor": {"url": "", "has_more": false, "next": "", "limit": 100}}"""
_BUYING_GROUPS = """{"buying_groups": {"completeness": 0.0, "engaged": 0.0, "offers": {},
  "candidates": []}}"""
_LEFT = '{"success": true, "message_id": "mem_01M80WS4BMMF8MF6VNHNABX2KZ"}'


class MemberTold(Struct, rename={"since": "from"}):
    """One membership; both days count in full. What `counts` not is in no sum."""

    person_id: str
    role: str
    status: Literal["confirmed", "claimed", "ended"]
    confidence: float
    counts: bool
    source: str
    event_id: str
    since: str
    to: str | None
    last_seen_at: str | None


class MembersTold(Struct):
    """The members of an account, each once per role."""

    members: list[MemberTold]
    cursor: Cursor


class Sums(Struct):
    """What the members of an account did, at a moment."""

    as_of: str
    members: int
    known_members: int
    active_7_days: int
    active_30_days: int
    last_seen_at: str | None
    topics: dict[str, float]
    engagement: float
    counters: dict[str, int]


class RollupTold(Struct):
    """The sums of an account."""

    rollup: Sums


class Suggested(Struct):
    """Somebody whose address is at a domain that one account owns."""

    group_id: str
    person_id: str
    identifier: str
    domain: str
    status: Literal["suggested"]
    confidence: float
    since: str
    lapses_at: str


class SuggestionsTold(Struct):
    """Open suggestions of an account, best first."""

    suggestions: list[Suggested]
    cursor: Cursor


class OfferTold(Struct):
    """How complete the buying group of one offer is; `missing` are roles."""

    name: str
    completeness: float
    engaged: float
    missing: list[str]
    roles: dict[str, JsonObject]


class GroupsTold(Struct):
    """Completeness by offer, the highest of them, and whom to ask (person ids)."""

    completeness: float
    engaged: float
    offers: dict[str, OfferTold]
    candidates: list[str]


class BuyingGroupsTold(Struct):
    """The buying groups of an account."""

    buying_groups: GroupsTold


class Left(Struct):
    """The event that says so."""

    success: bool
    message_id: str


_ROLE = Parameter("role", "Only members in this role.", {"type": "string"})
_FLAG: JsonObject = {"type": "boolean", "default": False}
_LIMIT = limit_parameter(100, 1_000)
_FILTERS = (
    _ROLE,
    Parameter(
        "confidence",
        "Only members with at least this confidence.",
        {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
    ),
    Parameter("include_suggested", "Also those who are only suggested.", _FLAG),
    Parameter("below", "With the accounts below this one.", _FLAG),
)


def _part(
    part: str, does: str, answer: str, gives: type, query: tuple[Parameter, ...] = ()
) -> Documented:
    return Documented(
        "GET",
        (f"{ACCOUNTS}/{{type}}:{{value}}/{part}",),
        does,
        READ_KEY,
        answer=answer,
        tries=(f"{ACCOUNTS}/group_id%3Aacme/{part}",),
        gives=gives,
        query=query,
        choices={"type": ("group_id", "domain", "crm_account_id")},
        refusals=(429,),
    )


FAMILY = Family(
    "Accounts",
    "An account is found by `group_id`, by a `domain` that no other account owns, or by its\n"
    "`crm_account_id`. What is only suggested is in no sum until somebody confirms it; operators\n"
    "do that by `account_confirm` and `account_reject` below `/v1/admin/`, on the account's page,\n"
    "or with `wegweiser accounts`. The guide says [how memberships work](guides/accounts.md).",
    (
        _part(
            "members",
            "Gives who belongs to the account, each once per role.",
            _MEMBERS,
            MembersTold,
            (_ROLE, Parameter("ended", "Also those who left.", _FLAG), _LIMIT, NEXT),
        ),
        _part("rollup", "Gives the sums of the account now.", _ROLLUP, RollupTold, _FILTERS),
        _part(
            "suggestions",
            "Gives who may belong to it by the domain of an address.",
            _SUGGESTIONS,
            SuggestionsTold,
            (_LIMIT, NEXT),
        ),
        _part(
            "buying_groups",
            "Gives how complete the buying group of every offer is, and who is missing.",
            _BUYING_GROUPS,
            BuyingGroupsTold,
        ),
        Documented(
            "DELETE",
            (f"{ACCOUNTS}/{{type}}:{{value}}/members/{{member_type}}:{{member}}",),
            "Lets somebody leave the account today, in one `role` or in all; what was done before"
            " stays with it. The same as the event `Left Group`.",
            READ_KEY,
            answer=_LEFT,
            tries=(f"{ACCOUNTS}/group_id%3Aacme/members/user_id%3Au-42",),
            gives=Left,
            query=(Parameter("role", "Only in this role.", {"type": "string"}),),
            choices={
                "type": ("group_id", "domain", "crm_account_id"),
                "member_type": ("user_id", "anonymous_id", "email", "phone"),
            },
            refusals=(429,),
        ),
    ),
)
