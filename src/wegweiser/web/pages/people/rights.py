"""What a person may ask of us, on their page: a copy of all data, and erasure, by role."""

import msgspec
from starlette.requests import Request

from wegweiser.terms.profile import PersonProfile
from wegweiser.web.pages.desk import Desk

HERE = "/settings/requests"


class Rights(msgspec.Struct, frozen=True):
    """The buttons that a role has; `identifier` is whom they are about."""

    identifier: str
    path: str
    may: bool


def rights_of(desk: Desk, request: Request, profile: PersonProfile) -> Rights:
    """Offer access and erasure where the role may; the page behind shows what would go."""
    may = desk.may(request, "erase")
    return Rights(f"person_id:{profile.person_id}", HERE, may)
