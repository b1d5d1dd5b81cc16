"""Search with mistakes forgiven: whom a reader may find, and in which words they are shown."""

import msgspec
from starlette.requests import Request

from wegweiser.terms.identity import kind_of, value_of
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.sight import may_open, named_to, owns
from wegweiser.web.pages.people.listed import Listed, listed_account, listed_person

SHOWN = 20
# Of those found, the own ones are a few.
LOOKED_AT = 100
# Whoever sees nobody's name must not learn from a search which person a name belongs to.
FINDING_PERSONS = ("whole", "own")
FINDING_ACCOUNTS = (*FINDING_PERSONS, "masked")


class Found(msgspec.Struct, frozen=True):
    """Who was found; `unread` says how much of everybody is not read yet, or is empty."""

    rows: tuple[Listed, ...] = ()
    unread: str = ""


NOTHING = Found()


async def search(desk: Desk, request: Request, words: str) -> Found:
    """Find persons and accounts by words of name, e-mail, identifier or company."""
    reader = desk.reader(request)
    if not words or reader.sight not in FINDING_ACCOUNTS:
        return NOTHING
    known = desk.site.profiles.search
    hits = await known.find(words, LOOKED_AT)
    rows = (_listed(desk, request, hit.subject) for hit in hits)
    found = tuple(row for row in rows if row is not None)[:SHOWN]
    share = known.share_read
    unread = "" if share >= 1 else reader.percent(share, 0)
    return Found(found, unread)


def _listed(desk: Desk, request: Request, subject: str) -> Listed | None:
    """Write one of those found; None where it is nobody of this reader's."""
    reader, views, name = desk.reader(request), desk.site.views, value_of(subject)
    if kind_of(subject) == "group_id":
        is_shown = reader.sight != "own" or owns(desk, request, name)
        return listed_account(reader, views.account(name)) if is_shown else None
    if reader.sight not in FINDING_PERSONS:
        return None
    if reader.sight == "own":
        if not may_open(desk, request, name):
            return None
        reader = named_to(reader)
    return listed_person(reader, views.person(name))
