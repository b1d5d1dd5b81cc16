"""What goals are called in sentences: by the title that was declared, else by their key."""

from collections.abc import Iterable, Mapping

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.message import Goal
from wegweiser.terms.wrong import wrong

OPTION = "goal_titles"


def titles_option(goals: Iterable[Goal]) -> dict[str, str]:
    """Give what tells a measure the titles of goals; nothing where none has one.

    >>> titles_option([Goal("won", "true", title="A deal was won"), Goal("lost", "true")])
    {'goal_titles': '{"won":"A deal was won"}'}
    """
    titles = {one.key: one.title for one in goals if one.title}
    return {OPTION: msgspec.json.encode(titles).decode()} if titles else {}


def read_titles(text: str) -> dict[str, str]:
    """Read the titles by key; raises InputRefused for anything else than texts by key."""
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, str])
    except msgspec.DecodeError as error:
        told = wrong("titles_unread", why=str(error))
        raise InputRefused("bad_option", told, 422, OPTION) from error


def called(titles: Mapping[str, str], key: str) -> dict[str, str]:
    """Call a goal in English and German.

    >>> called({"won": "Deal won"}, "won")["de"], called({}, "won")["de"]
    ('„Deal won“', 'won')
    """
    title = titles.get(key, "")
    return {"en": f"“{title}”", "de": f"„{title}“"} if title else {"en": key, "de": key}
