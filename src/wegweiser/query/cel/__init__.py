"""The rule language: CEL over declared fields, with true, false and unknown."""

from wegweiser.query.cel.functions import RULE_FUNCTIONS
from wegweiser.query.cel.mapping_functions import MAPPING_FUNCTIONS
from wegweiser.query.cel.rule import (
    Expression,
    MissingField,
    Rule,
    Verdict,
    compile_expression,
    compile_rule,
    warm_up,
)
from wegweiser.query.cel.schema import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    FieldType,
    Function,
    Schema,
    closed_map,
    list_of,
    open_map,
)
from wegweiser.query.cel.values import Unknown

__all__ = [
    "BOOL",
    "DOUBLE",
    "DURATION",
    "DYN",
    "INT",
    "MAPPING_FUNCTIONS",
    "RULE_FUNCTIONS",
    "STRING",
    "TIMESTAMP",
    "Expression",
    "FieldType",
    "Function",
    "MissingField",
    "Rule",
    "Schema",
    "Unknown",
    "Verdict",
    "closed_map",
    "compile_expression",
    "compile_rule",
    "list_of",
    "open_map",
    "warm_up",
]
