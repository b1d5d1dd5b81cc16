"""The relations of archive and warehouse: their names and their columns."""

from collections.abc import Mapping, Sequence

import msgspec
import pyarrow as pa

MOMENT = pa.timestamp("us", tz="UTC")


class Relation(msgspec.Struct, frozen=True):
    """A table by name with a fixed Arrow schema; moments are microseconds UTC."""

    name: str
    schema: pa.Schema

    def rows(self, rows: Sequence[Mapping[str, object]]) -> pa.Table:
        """Make a table of this relation; a column that a row lacks is null.

        Moments may be given as whole microseconds, days as day numbers.

        >>> LEAVES.rows([{"leaf": "user_id:u-1"}]).to_pylist()
        [{'leaf': 'user_id:u-1', 'person_id': None, 'alone': None}]
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
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
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
            # Of an event of money, as far as it is clear; null where it has to be read.
            ("stated_order", pa.string()),
            ("stated_refund", pa.string()),
            ("stated_currency", pa.string()),
            ("stated_amount", pa.decimal128(18, 4)),
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
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
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
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
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
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
            ("received_day", pa.date32()),
            ("decision_id", pa.string()),
            ("placement", pa.string()),
            ("slot", pa.int32()),
        ]
    ),
)

# One row per slot that was drawn or filled, and one of a decision that drew nothing.
SLOTS = Relation(
    "slots",
    pa.schema(
        [
            ("decision_id", pa.string()),
            ("source_id", pa.string()),
            ("position", pa.int64()),
            ("idx", pa.int32()),
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
            ("received_day", pa.date32()),
            ("leaf", pa.string()),
            ("decided_person_id", pa.string()),
            ("group_id", pa.string()),
            ("unit_id", pa.string()),
            ("channel", pa.string()),
            ("placement", pa.string()),
            ("slot", pa.int32()),
            ("arm", pa.string()),
            ("ghost", pa.bool_()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("bundle", pa.string()),
            ("model", pa.int64()),
            ("message", pa.string()),
            ("how", pa.string()),
            ("pi", pa.float64()),
            ("stage", pa.string()),
            ("best", pa.string()),
            ("second", pa.string()),
            ("best_utility", pa.float64()),
            ("chosen_utility", pa.float64()),
            ("mean_utility", pa.float64()),
            ("expected", pa.float64()),
            ("changes", pa.string()),
            ("deferrals", pa.int32()),
            ("overrides", pa.int32()),
            ("unit_kind", pa.string()),
            ("candidate", pa.int32()),
        ]
    ),
)

# One row per reason and decision: how many candidates it removed, and how many it alone.
DROPS = Relation(
    "drops",
    pa.schema(
        [
            ("decision_id", pa.string()),
            ("source_id", pa.string()),
            ("position", pa.int64()),
            ("idx", pa.int32()),
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
            ("received_day", pa.date32()),
            ("arm", pa.string()),
            ("channel", pa.string()),
            ("step", pa.string()),
            ("reason", pa.string()),
            ("rule", pa.string()),
            ("candidates", pa.int64()),
            ("sole", pa.int64()),
            ("considered", pa.int64()),
            ("timed", pa.bool_()),
        ]
    ),
)

# One row per rule of every published bundle.
RULES = Relation(
    "rules",
    pa.schema(
        [
            ("position", pa.int64()),
            ("idx", pa.int32()),
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
            ("received_day", pa.date32()),
            ("bundle", pa.int64()),
            ("rule", pa.string()),
            ("label", pa.string()),
            ("messages", pa.int64()),
        ]
    ),
)

# One row per candidate of every published bundle; `idx` is its index in the draws.
CANDIDATES = Relation(
    "candidates",
    pa.schema(
        [
            ("position", pa.int64()),
            ("idx", pa.int32()),
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
            ("received_day", pa.date32()),
            ("bundle", pa.int64()),
            ("message", pa.string()),
            ("variant", pa.string()),
            ("channel", pa.string()),
            ("cost", pa.float64()),
            ("attributes", pa.string()),
        ]
    ),
)

ARCHIVED = (EVENTS, DECISIONS, EXPOSURES, OUTCOMES, SLOTS, DROPS, RULES, CANDIDATES)

# Who is who at the moment of the question; the identity graph gives these three.
# A leaf is alone when no other counts for its person: who only counts persons can count it itself.
LEAVES = Relation(
    "leaves",
    pa.schema([("leaf", pa.string()), ("person_id", pa.string()), ("alone", pa.bool_())]),
)
ACCOUNTS = Relation("accounts", pa.schema([("group_id", pa.string()), ("account_id", pa.string())]))
MEMBERSHIPS = Relation(
    "memberships",
    pa.schema(
        [
            ("person_id", pa.string()),
            ("account_id", pa.string()),
            ("role", pa.string()),
            ("status", pa.string()),
            ("valid_from", MOMENT),
            ("valid_to", MOMENT),
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
