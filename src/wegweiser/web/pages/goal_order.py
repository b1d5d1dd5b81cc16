"""Which goal of a workspace stands first on its pages: the one that most messages are for."""

from collections import Counter

from wegweiser.terms.message import Goal
from wegweiser.terms.policy import Bundle


def goals_in_order(bundle: Bundle) -> tuple[Goal, ...]:
    """Give the goals, those that most messages are for first; else in the order of the bundle.

    >>> from wegweiser.terms.message import Message
    >>> goals = Goal("deal-won", "true"), Goal("demo-booked", "true")
    >>> messages = (Message("tour", (), goal="demo-booked"),)
    >>> [one.key for one in goals_in_order(Bundle(goals=goals, messages=messages))]
    ['demo-booked', 'deal-won']
    """
    used = Counter(message.goal for message in bundle.messages)
    return tuple(sorted(bundle.goals, key=lambda goal: -used[goal.key]))
