"""Everything that is tied to an identifier, directly or over others."""

from collections.abc import Callable, Iterable

from wegweiser.terms.identity import Identifier


def reached(
    name: Identifier, near: Callable[[Identifier], Iterable[Identifier]], most: int | None = None
) -> set[Identifier]:
    """Give what can be reached from an identifier, itself included; not all of more than `most`.

    >>> sorted(reached("a", {"a": "b", "b": "ac", "c": ""}.__getitem__))
    ['a', 'b', 'c']
    """
    found, waiting = {name}, [name]
    for one in waiting:
        fresh = set(near(one)) - found
        found |= fresh
        waiting += fresh
        if most is not None and len(found) > most:
            break
    return found
