"""The relations of archive and warehouse: their names and their columns."""

from collections.abc import Mapping, Sequence

import msgspec
import pyarrow as pa

_MOMENT = pa.timestamp("us", tz="UTC")


class Relation(msgspec.Struct, frozen=True):
    """A table by name with a fixed Arrow schema; moments are microseconds UTC."""

    name: str
    schema: pa.Schema

    def rows(self, rows: Sequence[Mapping[str, object]]) -> pa.Table:
        """Make a table of this relation; a column that a row lacks is null.

        Moments may be given as whole microseconds, days as day numbers.

        >>> LEAVES.rows([{"leaf": "user_id:u-1"}]).to_pylist()
        [{'leaf': 'user_id:u-1', 'person_id': None}]
        """
        columns = [
            pa.array([row.get(field.name) for row in rows], field.type) for field in self.schema
        ]
        return pa.Table.from_arrays(columns, schema=self.schema)


EVENTS = Relation(
    "events",
    pa.schema(
        [
            ("event_id", pa.string()),
            ("source_id", pa.string()),
            ("message_id", pa.string()),
            ("position", pa.int64()),
            ("idx", pa.int32()),
            ("occurred_at", _MOMENT),
            ("received_at", _MOMENT),
            ("received_day", pa.date32()),
            ("trust", pa.int8()),
            ("leaf", pa.string()),
            ("user_id", pa.string()),
            ("anonymous_id", pa.string()),
            ("group_id", pa.string()),
            ("type", pa.string()),
            ("name", pa.string()),
            ("path", pa.string()),
            ("title", pa.string()),
            ("referrer_host", pa.string()),
            ("source", pa.string()),
            ("medium", pa.string()),
            ("campaign", pa.string()),
            ("search_query", pa.string()),
            ("results_count", pa.int64()),
            ("file_name", pa.string()),
            ("page_view_id", pa.string()),
            ("engaged_seconds", pa.float64()),
            ("bot", pa.bool_()),
            ("channel", pa.string()),
            ("search_words", pa.string()),
            ("country", pa.string()),
            ("region", pa.string()),
            ("device", pa.string()),
            ("browser", pa.string()),
            ("system", pa.string()),
            ("topics", pa.string()),
            ("properties", pa.string()),
            ("traits", pa.string()),
            ("context", pa.string()),
        ]
    ),
)

DECISIONS = Relation(
    "decisions",
    pa.schema(
        [
            ("decision_id", pa.string()),
            ("request_id", pa.string()),
            ("source_id", pa.string()),
            ("position", pa.int64()),
            ("occurred_at", _MOMENT),
            ("received_at", _MOMENT),
            ("received_day", pa.date32()),
            ("leaf", pa.string()),
            ("decided_person_id", pa.string()),
            ("group_id", pa.string()),
            ("unit_id", pa.string()),
            ("unit_kind", pa.string()),
            ("channel", pa.string()),
            ("placement", pa.string()),
            ("slot", pa.int32()),
            ("message", pa.string()),
            ("variant", pa.string()),
            ("arm", pa.string()),
            ("ghost", pa.bool_()),
            ("fallback", pa.bool_()),
            ("status", pa.string()),
            ("pi", pa.float64()),
            ("bundle", pa.string()),
            ("model", pa.int64()),
        ]
    ),
)

OUTCOMES = Relation(
    "outcomes",
    pa.schema(
        [
            ("outcome_id", pa.string()),
            ("source_id", pa.string()),
            ("position", pa.int64()),
            ("idx", pa.int32()),
            ("occurred_at", _MOMENT),
            ("received_at", _MOMENT),
            ("received_day", pa.date32()),
            ("kind", pa.string()),
            ("decision_id", pa.string()),
            ("placement", pa.string()),
            ("slot", pa.int32()),
            ("leaf", pa.string()),
            ("group_id", pa.string()),
            ("goal", pa.string()),
            ("value", pa.float64()),
            ("currency", pa.string()),
        ]
    ),
)

EXPOSURES = Relation(
    "exposures",
    pa.schema(
        [
            ("exposure_id", pa.string()),
            ("source_id", pa.string()),
            ("position", pa.int64()),
            ("idx", pa.int32()),
            ("occurred_at", _MOMENT),
            ("received_at", _MOMENT),
            ("received_day", pa.date32()),
            ("decision_id", pa.string()),
            ("placement", pa.string()),
            ("slot", pa.int32()),
        ]
    ),
)

ARCHIVED = (EVENTS, DECISIONS, EXPOSURES, OUTCOMES)

# Who is who at the moment of the question; the identity graph gives these three.
LEAVES = Relation("leaves", pa.schema([("leaf", pa.string()), ("person_id", pa.string())]))
ACCOUNTS = Relation("accounts", pa.schema([("group_id", pa.string()), ("account_id", pa.string())]))
MEMBERSHIPS = Relation(
    "memberships",
    pa.schema(
        [
            ("person_id", pa.string()),
            ("account_id", pa.string()),
            ("role", pa.string()),
            ("status", pa.string()),
            ("valid_from", _MOMENT),
            ("valid_to", _MOMENT),
        ]
    ),
)

IDENTITY = (LEAVES, ACCOUNTS, MEMBERSHIPS)


def archived_name(relation: Relation) -> str:
    """Name an archived table in the warehouse, before persons are joined to it.

    >>> archived_name(EVENTS)
    'archived_events'
    """
    return f"archived_{relation.name}"
