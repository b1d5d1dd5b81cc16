"""Terms as plain values in the one form that is hashed, compared and exported."""

import msgspec

from wegweiser.terms.json import Json, JsonObject


def canonical(part: msgspec.Struct) -> JsonObject:
    """Write a term without the fields that say no more than their defaults.

    Who writes a default down and who leaves it out mean the same, so that it hashes the same.

    >>> from wegweiser.terms.policy import Cap
    >>> canonical(Cap("c", 1, 24, reserve=float("0")))
    {'key': 'c', 'limit': 1, 'window_hours': 24}
    """
    found: JsonObject = {}
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if field.required or value != field_default(field):
            found[field.encode_name] = _plain(value)
    return found


def field_default(field: msgspec.structs.FieldInfo) -> object:
    """Give what a field that is left out holds."""
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _plain(value: object) -> Json:
    if isinstance(value, msgspec.Struct):
        return canonical(value)
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    plain: Json = msgspec.to_builtins(value)
    return plain
