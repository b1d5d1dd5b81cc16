"""Who is in which segment, laid out for questions."""

import pyarrow as pa

from wegweiser.flow.tables import SEGMENT_MEMBERS as KEPT_MEMBERS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.query.relation import SEGMENT_MEMBERS

_KINDS = {"person_id": "person", "group_id": "account"}


def segment_members_table(store: OperationalStore) -> pa.Table:
    """List the members of all segments with the moment at which they entered."""
    rows = []
    for key, entered in store.scan(KEPT_MEMBERS):
        segment, _, subject = key.decode().partition("\0")
        kind, _, unit = subject.partition(":")
        if kind in _KINDS:
            at = int(entered) * 1000
            told = {"segment": segment, "unit_kind": _KINDS[kind], "unit_id": unit}
            rows.append({**told, "entered_at": at})
    return SEGMENT_MEMBERS.rows(rows)
