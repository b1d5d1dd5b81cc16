"""Long lists are cut before rules read them, and the record says which."""

from collections.abc import Sequence

import msgspec

from wegweiser.decide.facts import Facts
from wegweiser.terms.json import Json, JsonObject

MOST_ITEMS = 100
_OWNERS = ("person", "account", "context")
_LONG = (list, dict)


def with_short_lists(facts: Facts, paths: Sequence[tuple[str, ...]]) -> Facts:
    """Cut lists that rules read at these paths to 100 items; `lists_cut` names them.

    >>> long = Facts(context={"seen": [1] * 200})
    >>> short = with_short_lists(long, [("context", "seen")])
    >>> len(short.context["seen"]), short.lists_cut
    (100, ('context.seen',))
    """
    long = [path for path in paths if _may_be_long(facts, path)]
    if not long:
        return facts
    cut: list[str] = []
    changed: dict[str, JsonObject] = {}
    for path in long:
        owner = changed.get(path[0], getattr(facts, path[0]))
        shorter = _cut(owner, path[1:], path[0], cut)
        if shorter is not owner and isinstance(shorter, dict):
            changed[path[0]] = shorter
    if not cut:
        return facts
    return msgspec.structs.replace(facts, **changed, lists_cut=tuple(cut))


def _may_be_long(facts: Facts, path: tuple[str, ...]) -> bool:
    """Tell whether a list, or a map that may hold one, stands at a path; most hold plain values."""
    if path[0] not in _OWNERS or len(path) < 2:
        return False
    value: Json = getattr(facts, path[0])
    for key in path[1:]:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    if isinstance(value, dict):
        for part in value.values():  # noqa: SIM110 - a generator costs more, on every decision
            if isinstance(part, _LONG):
                return True
        return False
    return isinstance(value, list) and len(value) > MOST_ITEMS


def _cut(value: Json, path: tuple[str, ...], place: str, cut: list[str]) -> Json:
    """Give the value with short lists at and below a path; the value itself where it has none."""
    if path:
        if not isinstance(value, dict) or path[0] not in value:
            return value
        part = _cut(value[path[0]], path[1:], f"{place}.{path[0]}", cut)
        return value if part is value[path[0]] else {**value, path[0]: part}
    if isinstance(value, list):
        if len(value) <= MOST_ITEMS:
            return value
        cut.append(place)
        return value[:MOST_ITEMS]
    if isinstance(value, dict):
        long = [name for name, part in value.items() if isinstance(part, list | dict)]
        parts = {name: _cut(value[name], (), f"{place}.{name}", cut) for name in long}
        parts = {name: part for name, part in parts.items() if part is not value[name]}
        return {**value, **parts} if parts else value
    return value
