"""What is different between two bundles, in words and line by line."""

from collections.abc import Iterator
from difflib import unified_diff

import msgspec

from wegweiser.decide.bundle_export import documents_of, lines_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Bundle

_LONGEST = 80


class Difference(msgspec.Struct, frozen=True):
    """One object that differs: `words` say how, `lines` are a unified diff of its document."""

    name: str
    change: str
    words: tuple[str, ...]
    lines: tuple[str, ...]


def differences(old: Bundle, new: Bundle) -> tuple[Difference, ...]:
    """Compare two bundles, object by object in the order of their names.

    >>> from wegweiser.terms.policy import Cap
    >>> [found] = differences(Bundle(caps=(Cap("c", 1, 24),)), Bundle(caps=(Cap("c", 2, 24),)))
    >>> found.name, found.change, found.words
    ('cap c', 'changed', ('limit: 1 -> 2',))
    """
    before, after = _named(old), _named(new)
    lines_before, lines_after = lines_of(old), lines_of(new)
    found = []
    for name in sorted({*before, *after}):
        if before.get(name) == after.get(name):
            continue
        change = "removed" if name not in after else "changed" if name in before else "created"
        was, is_now = lines_before.get(name, []), lines_after.get(name, [])
        lines = unified_diff(was, is_now, f"{name} (before)", f"{name} (after)", lineterm="", n=2)
        words = tuple(_words(before.get(name, {}), after.get(name, {}))) if name in after else ()
        found.append(Difference(name, change, words if name in before else (), tuple(lines)))
    return tuple(found)


def _named(bundle: Bundle) -> dict[str, JsonObject]:
    return {
        f"{kind} {document.get('key', '')}".strip(): document
        for kind, documents in documents_of(bundle).items()
        for document in documents
    }


def _words(old: Json, new: Json, path: str = "") -> Iterator[str]:
    """Say which fields are others now, down to the parts of lists."""
    old, new = _keyed(old), _keyed(new)
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            below = f"{path}.{name}" if path else str(name)
            if name not in new:
                yield f"{below}: {_short(old[name])} is left out"
            elif name not in old:
                yield f"{below}: {_short(new[name])} is new"
            elif old[name] != new[name]:
                yield from _words(old[name], new[name], below)
    else:
        yield f"{path}: {_short(old)} -> {_short(new)}"


def _keyed(value: Json) -> Json:
    """Name the parts of a list by their keys, where they have some, else by their place."""
    if not isinstance(value, list) or not value:
        return value
    if not all(isinstance(part, dict) for part in value):
        return value
    return {
        str(part.get("key", place)): part
        for place, part in enumerate(value)
        if isinstance(part, dict)
    }


def _short(value: Json) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
