"""Roles of the people who work with the pages, and what each may do: the one table of rights."""

from typing import Literal, get_args

Role = Literal[
    "owner",
    "admin",
    "marketer",
    "analyst",
    "viewer",
    "support",
    "privacy",
    "auditor",
    "sales",
]
Right = Literal[
    "figures",  # pages with counts, of ten persons or more
    "take_figures",  # the same as files
    "profiles",  # persons and accounts, as far as `sight_of` the role goes
    "who_is_who",  # join and separate persons
    "talk",  # tell of sales conversations, confirm members of accounts
    "define",  # drafts of segments, messages, policies
    "publish",  # make drafts count
    "raw",  # bodies of events, as they were sent
    "senders",  # sources and their keys
    "take_persons",  # files and documents about persons
    "erase",  # erasure, suppression, access requests
    "audit",  # who did what when
    "configure",  # settings of the workspace
    "people",  # who may sign in
    "owners",  # give and take the roles owner and admin
]
# How much of a person is seen: all, without what names them, all after a typed reason, only the
# own accounts and their people, or nothing but counts.
Sight = Literal["whole", "masked", "reasoned", "own", "counts"]

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)
SMALLEST_CELL = 10
STRONG_ROLES: tuple[Role, ...] = ("owner", "admin", "privacy")

_GRANTED: dict[str, tuple[Right, ...]] = {
    "owner": RIGHTS,
    "admin": tuple(right for right in RIGHTS if right != "owners"),
    "marketer": ("figures", "take_figures", "profiles", "define", "publish"),
    "analyst": ("figures", "take_figures"),
    "viewer": ("figures",),
    "support": ("profiles",),
    "privacy": ("profiles", "erase", "take_persons"),
    "auditor": ("audit",),
    "sales": ("profiles", "talk"),
}
_SEEN: dict[str, Sight] = {
    "owner": "whole",
    "admin": "whole",
    "marketer": "masked",
    "support": "reasoned",
    "privacy": "reasoned",
    "sales": "own",
}


def may(role: str, right: Right) -> bool:
    """Tell whether a role has a right; a role that is not known has none.

    >>> may("marketer", "publish"), may("marketer", "erase"), may("guest", "figures")
    (True, False, False)
    """
    return right in _GRANTED.get(role, ())


def sight_of(role: str) -> Sight:
    """Give how much of a person a role sees.

    >>> sight_of("admin"), sight_of("marketer"), sight_of("analyst")
    ('whole', 'masked', 'counts')
    """
    return _SEEN.get(role, "counts")


def holders_of(right: Right) -> tuple[Role, ...]:
    """List the roles that have a right, the strongest first.

    >>> holders_of("erase")
    ('owner', 'admin', 'privacy')
    """
    return tuple(role for role in ROLES if right in _GRANTED[role])
