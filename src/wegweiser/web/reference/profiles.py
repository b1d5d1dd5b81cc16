"""The routes that read profiles."""

from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.web.examples import (
    ACCOUNT_PROFILE,
    EVENTS_PAGE,
    EXTERNAL_IDS,
    METADATA,
    PERSON_PROFILE,
    SEGMENTS,
    STAGE,
    TRAITS,
)
from wegweiser.web.reference.documented import READ_KEY, Documented, Family, Parameter
from wegweiser.web.reference.shapes import (
    EventsPage,
    ExternalIds,
    Metadata,
    SegmentsTold,
    StageTold,
    Traits,
)

USERS = "/v1/spaces/default/collections/users/profiles"
ACCOUNTS = "/v1/spaces/default/collections/accounts/profiles"


LIMIT = Parameter(
    "limit",
    "How many at most; 10 if absent.",
    {"type": "integer", "minimum": 1, "maximum": 200, "default": 10},
)
AS_OF = Parameter("as_of", "The moment, ISO 8601; now if absent.", {"type": "string"})
_TYPES = ("user_id", "anonymous_id", "email", "phone")


def _profile_routes(profiles: str, subject: str, whole: str, type_: type) -> list[Documented]:
    kinds = ("group_id",) if profiles == ACCOUNTS else _TYPES

    def route(
        part: str, does: str, answer: str, gives: type, query: tuple[Parameter, ...] = ()
    ) -> Documented:
        return Documented(
            "GET",
            (f"{profiles}/{{type}}:{{value}}/{part}",),
            does,
            READ_KEY,
            answer=answer,
            tries=(f"{profiles}/{subject}/{part}",),
            gives=gives,
            query=query,
            choices={"type": kinds},
            refusals=(429,),
        )

    limit = "Gives the traits; `?limit=` from 1 to 200, 10 if absent."
    return [
        route("profile", "Gives everything in one object.", whole, type_),
        route("traits", limit, TRAITS, Traits, (LIMIT,)),
        route(
            "external_ids",
            "Gives the identifiers, with `?limit=`.",
            EXTERNAL_IDS,
            ExternalIds,
            (LIMIT,),
        ),
        route(
            "stage",
            "Gives the belief about the journey's stage at `as_of` (now), with its reasons.",
            STAGE,
            StageTold,
            (AS_OF,),
        ),
        route("segments", "Gives the segments it is in, and since when.", SEGMENTS, SegmentsTold),
        route("metadata", "Gives when the profile was made and last changed.", METADATA, Metadata),
        route(
            "events",
            "Gives the newest events that the profile still holds, newest first, with `?limit=`.",
            EVENTS_PAGE,
            EventsPage,
            (LIMIT,),
        ),
    ]


_PERSON = _profile_routes(USERS, "user_id%3Au-42", PERSON_PROFILE, PersonProfile)
_ACCOUNT = _profile_routes(ACCOUNTS, "group_id%3Aacme", ACCOUNT_PROFILE, AccountProfile)[:1]

FAMILY = Family(
    "Reading profiles",
    "The shape of Segment's Profile API. Any identifier of a person finds it. The secret key is\n"
    'the user name of Basic authorization. Errors are `{"error": {"code", "message"}}`. The same\n'
    "parts but `events` exist below `/collections/accounts/profiles/group_id:...`.",
    (
        *_PERSON,
        *_ACCOUNT,
    ),
)
