"""The routes that read profiles."""

from typing import get_args

import msgspec

from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.web.reference import profile_examples as shown
from wegweiser.web.reference import profile_shapes as shapes
from wegweiser.web.reference.contact_shapes import EXAMPLE as CONTACTS
from wegweiser.web.reference.contact_shapes import OF_ACCOUNT as CONTACTS_OF_ACCOUNT
from wegweiser.web.reference.contact_shapes import LedgerTold
from wegweiser.web.reference.documented import (
    FEED_KEY,
    READ_KEY,
    Documented,
    Family,
    Parameter,
)

USERS = "/v1/spaces/default/collections/users/profiles"
ACCOUNTS = "/v1/spaces/default/collections/accounts/profiles"
_TYPES = ("user_id", "anonymous_id", "email", "phone")
_CLASSES = ("audience", "computed_trait")
_KINDS = get_args(shapes.Kind)


def limit_parameter(default: int, most: int) -> Parameter:
    """Describe how many rows a page may have."""
    told = f"How many at most; {default} if absent."
    schema: JsonObject = {
        "type": "integer",
        "minimum": 1,
        "maximum": most,
        "default": default,
    }
    return Parameter("limit", told, schema)


def _text(name: str, does: str) -> Parameter:
    return Parameter(name, does, {"type": "string"})


def _choice(name: str, does: str, *values: str) -> Parameter:
    return Parameter(name, does, {"enum": list(values)})


NEXT = _text("next", "`cursor.next` of the page before.")
AS_OF = _text("as_of", "The moment, ISO 8601; now if absent.")
VERBOSE = _choice("verbose", "With source, time and trust of each value.", "true", "false")
START = _text("start", "From this moment on, ISO 8601.")
END = _text("end", "Before this moment, ISO 8601; now if absent.")
_INCLUDE = _text("include", "A comma list of names; all if absent.")
_TYPES_WANTED = _text("include", "A comma list of types; all if absent.")
_KINDS_WANTED = _text("kinds", f"A comma list of {', '.join(map('`{}`'.format, _KINDS))}; all.")

_CHANNEL = _text("channel", "Only what came by it, such as `web` or `email`; else all.")


class _Part(msgspec.Struct, frozen=True):
    """A part of a profile: its route, and an answer of each collection that has it."""

    name: str
    does: str
    gives: object
    query: tuple[Parameter, ...] = ()
    of_user: str = ""
    of_account: str = ""
    of_users_only: bool = False


PARTS = (
    _Part(
        "profile",
        "Gives everything in one object, as it was at any past moment with `as_of`.",
        None,
        (_INCLUDE, AS_OF),
        shown.PERSON_PROFILE,
        shown.ACCOUNT_PROFILE,
    ),
    _Part(
        "traits",
        "Gives the traits, and segments as traits that are true or false.",
        shapes.Traits,
        (
            limit_parameter(10, 200),
            _INCLUDE,
            _choice("class", "Only segments, or only computed traits.", *_CLASSES),
            VERBOSE,
            NEXT,
        ),
        shown.TRAITS,
        shown.TRAITS,
    ),
    _Part(
        "external_ids",
        "Gives the identifiers, each with the event that named it first.",
        shapes.ExternalIds,
        (limit_parameter(25, 200), _TYPES_WANTED, VERBOSE, NEXT),
        shown.EXTERNAL_IDS,
        shown.EXTERNAL_IDS,
    ),
    _Part(
        "events",
        "Gives the stored events, newest first; without `start` those of the last 14 days.",
        shapes.EventsPage,
        (
            limit_parameter(10, 100),
            START,
            END,
            _INCLUDE,
            _text("exclude", "A comma list of event names to leave out."),
            _choice("sort", "Newest first, or oldest first.", "desc", "asc"),
            NEXT,
        ),
        shown.EVENTS_PAGE,
        shown.EVENTS_PAGE,
    ),
    _Part(
        "metadata",
        "Gives when the profile was made and last changed, with its first and last event.",
        shapes.Metadata,
        (VERBOSE,),
        shown.METADATA,
        shown.METADATA,
    ),
    _Part(
        "links",
        "Gives the accounts of a person, or the persons of an account, with role and status.",
        shapes.Links,
        (limit_parameter(20, 20), NEXT),
        shown.LINKS,
        shown.LINKS_BACK,
    ),
    _Part(
        "stage",
        "Gives the belief about the journey's stage at `as_of`, with its reasons.",
        shapes.StageTold,
        (AS_OF,),
        shown.STAGE,
        shown.STAGE,
    ),
    _Part(
        "segments",
        "Gives the segments it is in, and since when.",
        shapes.SegmentsTold,
        (),
        shown.SEGMENTS,
    ),
    _Part(
        "interests",
        "Gives interests by topic and engagement, scaled to `as_of`.",
        shapes.InterestsTold,
        (AS_OF,),
        shown.INTERESTS,
        shown.INTERESTS,
    ),
    _Part(
        "consent",
        "Gives the status of each purpose, and every statement that stands behind it.",
        shapes.ConsentTold,
        (),
        shown.CONSENT,
        of_users_only=True,
    ),
    _Part(
        "sessions",
        "Gives the visits, newest first.",
        shapes.SessionsPage,
        (limit_parameter(25, 200), NEXT),
        shown.SESSIONS,
        of_users_only=True,
    ),
    _Part(
        "contacts",
        "Gives the contact ledger: contacts, newest first, what caps leave, what holds back.",
        LedgerTold,
        (limit_parameter(100, 1_000),),
        CONTACTS,
        CONTACTS_OF_ACCOUNT,
    ),
    _Part(
        "timeline",
        "Gives what happened, newest first; without `start` that of the last 90 days.",
        shapes.TimelinePage,
        (_KINDS_WANTED, _CHANNEL, START, END, limit_parameter(50, 200), NEXT),
        of_users_only=True,
    ),
)


def _of_users(part: _Part) -> Documented:
    gives = part.gives or PersonProfile
    return _route(part, f"{USERS}/", "user_id%3Au-42", part.of_user, gives, _TYPES)


def _of_accounts(part: _Part) -> Documented:
    gives = part.gives or AccountProfile
    return _route(part, f"{ACCOUNTS}/", "group_id%3Aacme", part.of_account, gives, ("group_id",))


def _route(
    part: _Part, start: str, subject: str, answer: str, gives: object, kinds: tuple[str, ...]
) -> Documented:
    return Documented(
        "GET",
        (f"{start}{{type}}:{{value}}/{part.name}",),
        part.does,
        READ_KEY,
        answer=answer,
        tries=(f"{start}{subject}/{part.name}",),
        gives=gives,
        query=part.query,
        choices={"type": kinds},
        refusals=(429, 503),
    )


LOOKUP = Documented(
    "POST",
    (f"{USERS}:lookup",),
    "Finds a person without its identifier in an address: gives the id for further reading.",
    READ_KEY,
    shown.LOOKUP,
    shown.LOOKED_UP,
    takes=shapes.Lookup,
    gives=shapes.LookedUp,
    refusals=(404, 503),
)
FEED = Documented(
    "GET",
    ("/v1/spaces/default/feed",),
    "Streams profile changes as server-sent events, each at least once and in order; goes on after"
    " the header `Last-Event-ID` or `after`. With `once` it ends at the last change.",
    FEED_KEY,
    tries=("/v1/spaces/default/feed?once=true",),
    media="text/event-stream",
    query=(
        _text("after", "Id of a change, or a log position; now if absent."),
        _text("types", "A comma list of types of changes; all if absent."),
        _choice("once", "End where nothing follows yet.", "true", "false"),
        _text("purpose", "Purposes that must be granted; `none` for no filter."),
    ),
    refusals=(429,),
)

FAMILY = Family(
    "Reading profiles",
    "The shape of Segment's Profile API, and more. Any identifier of a person finds it, in any\n"
    "case where the type has none, `person_id:per_...` as well. The secret key is the user name\n"
    "of Basic authorization; write keys get 401. Errors are\n"
    '`{"error": {"code", "message"}}`. Answers carry `Wegweiser-Person-Id` and\n'
    "`Wegweiser-Position`; a request with `Wegweiser-After: <position>` waits up to 200 ms for\n"
    "that position, else it gets 503. At most 500 reads a second are answered.",
    (
        *map(_of_users, PARTS),
        *(_of_accounts(part) for part in PARTS if not part.of_users_only),
        LOOKUP,
        FEED,
    ),
)
