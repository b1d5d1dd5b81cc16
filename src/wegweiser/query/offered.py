"""Tables that stand beside the archive for a question: imported, told, and who is in a segment."""

import pyarrow as pa

from wegweiser.query.relation import MOMENT, Relation

# What people import beside the log: what marketing cost, and what foreign money was worth.
COSTS = Relation(
    "imported_costs",
    pa.schema(
        [
            ("file", pa.string()),
            ("row_key", pa.string()),
            ("day", pa.date32()),
            ("kind", pa.string()),
            ("channel", pa.string()),
            ("campaign", pa.string()),
            ("message", pa.string()),
            ("account_id", pa.string()),
            ("geo", pa.string()),
            ("person_id", pa.string()),
            ("order_id", pa.string()),
            ("driver", pa.string()),
            ("per", pa.string()),
            ("amount", pa.decimal128(18, 4)),
            ("currency", pa.string()),
            ("received_at", MOMENT),
        ]
    ),
)
# One unit of `currency` is worth `rate` units of `base` on that day.
RATES = Relation(
    "rates",
    pa.schema(
        [
            ("day", pa.date32()),
            ("currency", pa.string()),
            ("base", pa.string()),
            ("rate", pa.decimal128(18, 8)),
        ]
    ),
)

# Sales, media and other causes over time that come from elsewhere.
SERIES = Relation(
    "imported_series",
    pa.schema(
        [
            ("file", pa.string()),
            ("day", pa.date32()),
            ("name", pa.string()),
            ("role", pa.string()),
            ("value", pa.float64()),
            ("received_at", MOMENT),
        ]
    ),
)

# What people did with what they were told: verdicts kept and graded, plans, topics, readings.
PRACTICE = Relation(
    "practice",
    pa.schema(
        [
            ("line", pa.string()),
            ("subject", pa.string()),
            ("value", pa.float64()),
            ("occurred_at", MOMENT),
            ("received_at", MOMENT),
        ]
    ),
)
# What other measures answered, offered only to questions that name it.
TOLD_FIGURES = Relation(
    "told_figures",
    pa.schema(
        [
            ("figure", pa.string()),
            ("n", pa.float64()),
            ("estimate", pa.float64()),
            ("reason", pa.string()),
            ("verdict", pa.string()),
        ]
    ),
)

# Who is in which segment now, offered only to questions that name it.
SEGMENT_MEMBERS = Relation(
    "segment_members",
    pa.schema(
        [
            ("segment", pa.string()),
            ("unit_kind", pa.string()),
            ("unit_id", pa.string()),
            ("entered_at", MOMENT),
        ]
    ),
)

# Who entered and left which segment when, under the name that the person has now and the one it
# was known as then; `place` is the order of moves under that name. Offered only to questions that
# read it.
SEGMENT_MOVES = Relation(
    "segment_moves",
    pa.schema(
        [
            ("segment", pa.string()),
            ("unit_kind", pa.string()),
            ("unit_id", pa.string()),
            ("known_as", pa.string()),
            ("entered", pa.bool_()),
            ("moved_at", MOMENT),
            ("place", pa.int32()),
        ]
    ),
)

IMPORTED = (COSTS, RATES, SERIES, PRACTICE, TOLD_FIGURES, SEGMENT_MEMBERS, SEGMENT_MOVES)
