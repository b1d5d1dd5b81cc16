"""What goals are called on pages: by their title, else by their key in words."""

from collections.abc import Iterable

from wegweiser.terms.message import Goal


def goal_name(goals: Iterable[Goal], key: str) -> str:
    """Name a goal; one without a title is told by its key in words.

    >>> goal_name([Goal("deal-won", "true", title="A deal was won")], "deal-won")
    'A deal was won'
    >>> goal_name([], "demo_booked")
    'Demo booked'
    """
    title = next((one.title for one in goals if one.key == key and one.title), "")
    words = key.replace("-", " ").replace("_", " ")
    return title or words[:1].upper() + words[1:]
