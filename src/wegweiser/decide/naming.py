"""What caps, goals, stages and moments are called where a decision tells of itself."""

from collections.abc import Callable
from typing import Literal

from wegweiser.decide.sentence_words import Language

Kind = Literal["cap", "goal", "purpose", "arm", "stage", "moment"]
# Gives the name of a key of a kind in a language; "" leaves the key as it is. The key of a moment
# is its ms UTC.
Naming = Callable[[Language, Kind, str], str]

_OF_REASON: dict[str, Kind] = {"cap": "cap", "goal_reached": "goal"}


def by_key(language: Language, kind: Kind, key: str) -> str:
    """Call nothing by a name: everything is told by its key."""
    return ""


def name_in(naming: Naming, language: Language, step: str, reason: str) -> str:
    """Name what a reason of a step speaks of; empty where it has no name.

    >>> name_in(lambda language, kind, key: f"{kind} {key}", "en", "contact", "cap:weekly")
    'cap weekly'
    >>> name_in(by_key, "en", "contact", "cap:weekly")
    ''
    """
    if step == "consent":
        return naming(language, "purpose", reason)
    kind, _, key = reason.partition(":")
    return naming(language, _OF_REASON[kind], key) if kind in _OF_REASON and key else ""
