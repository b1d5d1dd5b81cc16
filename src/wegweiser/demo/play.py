"""Plays a world against an engine that is given as three functions."""

from collections.abc import Callable

from wegweiser.demo.acts import Question, Reply, Report, Send
from wegweiser.demo.world import World


def play(
    world: World,
    take: Callable[[Send], object],
    answer: Callable[[Question], Reply | None],
    note: Callable[[Report], object],
) -> int:
    """Hand every act to the engine in time order; give the number of acts.

    >>> taken = []
    >>> play(World(seed=1, days=8, accounts=2), taken.append, lambda _: None, taken.append) > 2
    True
    """
    acts, reply, count = world.acts(), None, 0
    while True:
        try:
            act = acts.send(reply)
        except StopIteration:
            return count
        count, reply = count + 1, None
        if isinstance(act, Send):
            take(act)
        elif isinstance(act, Question):
            reply = answer(act)
        else:
            note(act)
