"""The schema and the activation that the tests of the rule language speak of."""

from wegweiser.query.cel import (
    DOUBLE,
    MAPPING_FUNCTIONS,
    RULE_FUNCTIONS,
    STRING,
    TIMESTAMP,
    Schema,
    closed_map,
    list_of,
    open_map,
)
from wegweiser.terms.json import JsonObject

MEMBERSHIP = closed_map({"role": STRING, "since": TIMESTAMP})
PERSON = closed_map(
    {
        "traits": open_map(),
        "segments": list_of(STRING),
        "accounts": list_of(MEMBERSHIP),
        "last_seen": TIMESTAMP,
    }
)
VARIABLES = {
    "person": PERSON,
    "stage": open_map(DOUBLE),
    "context": open_map(),
    "as_of": TIMESTAMP,
}
RULES = Schema(VARIABLES, RULE_FUNCTIONS)
GOALS = Schema({"event": STRING, "properties": open_map()}, RULE_FUNCTIONS)
MAPPINGS = Schema({"row": open_map()}, MAPPING_FUNCTIONS)

ACTIVATION: JsonObject = {
    "person": {
        "traits": {
            "plan": "pro",
            "seats": 12,
            "score": 0.5,
            "vip": True,
            "nothing": None,
            "tags": ["a", 1, 2.5],
            "nan": float("nan"),
            "huge": 9_223_372_036_854_775_807,
            "since": "2026-11-01T00:00:00Z",
            "nested": {"deep": {"deeper": {"deepest": "x"}}},
        },
        "segments": ["trial", "buyers"],
        "accounts": [
            {"role": "user", "since": "2026-01-01T00:00:00Z"},
            {"role": "owner", "since": 1_795_340_467_000},
        ],
        "last_seen": "2026-11-12T12:00:00Z",
    },
    "stage": {"buy": 0.7},
    "context": {"query": "sso", "yes": True, "no": False},
    "as_of": "2026-11-22T12:00:00Z",
}
