"""Source priorities: whose statement about a trait stands when two were made at one moment."""

from wegweiser.terms.source import SourceKind, Trust

OPERATOR, CRM, SERVER, PROVEN, PUBLIC, INFERRED = 100, 80, 60, 40, 20, 0


def source_priority(trust: Trust, kind: SourceKind, proven: bool) -> int:
    """Give the priority of a source; a bulk source that is believed is a CRM, an import, a replay.

    >>> source_priority(Trust.SERVER, "bulk", False), source_priority(Trust.PUBLIC, "live", True)
    (80, 40)
    """
    if trust is Trust.PUBLIC:
        return PROVEN if proven else PUBLIC
    if trust is Trust.OPERATOR:
        return OPERATOR
    if trust >= Trust.SERVER:
        return CRM if kind == "bulk" else SERVER
    return INFERRED
