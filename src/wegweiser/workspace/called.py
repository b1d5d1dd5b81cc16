"""What people may be called, and which roles there are, checked before anything is kept."""

import re

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.role import ROLES, Role
from wegweiser.terms.wrong import wrong

_NAME = re.compile(r"[\w.@+-][\w.@+ -]{0,58}[\w.@+-]|\w")


def is_name(name: str) -> bool:
    """Tell whether somebody can be called that.

    >>> is_name("jo@example.com"), is_name(" jo"), is_name("")
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None


def role_called(role: str) -> Role:
    """Give a role by its name; raises InputRefused for one that there is not."""
    for known in ROLES:
        if role == known:
            return known
    told = wrong("no_role_called", role=repr(role[:40]), known=", ".join(ROLES))
    raise InputRefused("bad_role", told, 422, "role")
