"""What the OpenFeature Remote Evaluation Protocol 0.3 asks of answers, as JSON Schema of our own.

Written after its public description (github.com/open-feature/protocol): an evaluation has a value
of one type or none at all, metadata are flat, an event stream has one address.
"""

import jsonschema_rs

KEY = {"type": "string"}
METADATA = {
    "type": "object",
    "additionalProperties": {"type": ["boolean", "string", "number"]},
}
EVALUATION = {
    "type": "object",
    "required": ["key"],
    "not": {"required": ["errorCode"]},
    "properties": {
        "key": KEY,
        "value": {"type": ["boolean", "string", "number", "object"]},
        "reason": {
            "enum": ["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN"],
        },
        "variant": {"type": "string"},
        "metadata": METADATA,
    },
}
FAILURE = {
    "type": "object",
    "required": ["key", "errorCode", "errorDetails"],
    "properties": {
        "key": KEY,
        "errorCode": {
            "enum": ["PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "GENERAL"],
        },
        "errorDetails": {"type": "string"},
    },
}
NOT_FOUND = FAILURE | {
    "properties": FAILURE["properties"] | {"errorCode": {"const": "FLAG_NOT_FOUND"}},  # type: ignore[operator]
}
BULK_FAILURE = FAILURE | {"required": ["errorCode", "errorDetails"]}
EVENT_STREAM = {
    "type": "object",
    "required": ["type", "url"],
    "not": {"required": ["endpoint"]},
    "properties": {
        "type": {"const": "sse"},
        "url": {"type": "string", "pattern": "^https?://"},
        "inactivityDelaySec": {"type": "integer", "minimum": 1},
    },
}
BULK = {
    "type": "object",
    "required": ["flags"],
    "properties": {
        "flags": {"type": "array", "items": {"oneOf": [EVALUATION, FAILURE]}},
        "metadata": METADATA,
        "eventStreams": {"type": "array", "items": EVENT_STREAM},
    },
}
STREAMED = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"const": "refetchEvaluation"}, "etag": {"type": "string"}},
}


def check(schema: object, found: object) -> None:
    """Raise a ValidationError where an answer is not what the protocol asks for."""
    jsonschema_rs.validate(schema, found)
