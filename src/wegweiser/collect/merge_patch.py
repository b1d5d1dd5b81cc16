"""JSON Merge Patch (RFC 7396): a document that says what changes in another."""

from wegweiser.terms.json import Json


def merge_patch(target: Json, patch: Json) -> Json:
    """Give the target as a patch changes it: null takes a field away, objects go deeper.

    >>> merge_patch({"event": "", "context": {"ip": "x"}}, {"event": "Paid", "context": None})
    {'event': 'Paid'}
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
