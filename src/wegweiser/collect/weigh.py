"""Whether an element is too large: its bytes, its keys, its traits."""

import msgspec

from wegweiser.collect.limit import ELEMENT_BYTES, KEYS_PER_ELEMENT
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject


def weigh(element: JsonObject) -> None:
    """Refuse an element above 32,768 bytes (compact UTF-8) or 1,000 keys on all levels.

    Raises InputRefused `event_too_large` (413), `too_many_keys`.
    """
    size = len(msgspec.json.encode(element))
    if size > ELEMENT_BYTES:
        raise InputRefused(
            "event_too_large",
            f"The event has {size} bytes; send at most {ELEMENT_BYTES}.",
            status=413,
        )
    if count_keys(element) > KEYS_PER_ELEMENT:
        raise InputRefused(
            "too_many_keys", f"The event has more than {KEYS_PER_ELEMENT} keys: send fewer."
        )


def count_keys(value: Json) -> int:
    """Count the keys on all levels, without recursion.

    >>> count_keys({"a": [{"b": 1}], "c": {}})
    3
    """
    count = 0
    waiting: list[Json] = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            count += len(found)
            waiting.extend(item for item in found.values() if isinstance(item, dict | list))
        elif isinstance(found, list):
            waiting.extend(item for item in found if isinstance(item, dict | list))
    return count
