"""Finds the type of every part of a rule and refuses what cannot be right."""

import re
from collections.abc import Mapping
from typing import NoReturn

from wegweiser.query.cel import tree
from wegweiser.query.cel.limits import (
    INT_HIGHEST,
    INT_LOWEST,
    MAX_CHAINED_LIST_FUNCTIONS,
)
from wegweiser.query.cel.schema import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    FieldType,
    Function,
    Schema,
    did_you_mean,
    list_of,
)
from wegweiser.query.cel.tree import Node
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.json import Json
from wegweiser.terms.rule_fault import NotWritten, RuleFault, fault

Names = Mapping[str, FieldType]
_NUMBERS = ("int", "double")
_ORDERED = ("int", "double", "string", "timestamp", "duration")
_FORBIDDEN_IN_KEY = re.compile(
    r"""['"`\\;\x00-\x1f\x7f-\x9f]|--|/\*|[\u200b-\u200f\u2028-\u202e\u2060-\u206f]"""
)
_ARITHMETIC: Mapping[tuple[str, str, str], FieldType] = {
    ("string", "+", "string"): STRING,
    ("timestamp", "+", "duration"): TIMESTAMP,
    ("duration", "+", "timestamp"): TIMESTAMP,
    ("timestamp", "-", "duration"): TIMESTAMP,
    ("timestamp", "-", "timestamp"): DURATION,
    ("duration", "+", "duration"): DURATION,
    ("duration", "-", "duration"): DURATION,
}


class Checker:
    """Knows the text, for the place in a refusal, and the schema."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.text = text
        self.schema = schema

    def refuse(self, node: Node, why: RuleFault, remedy: RuleFault | None = None) -> NoReturn:
        """Raise RuleRefused at a node."""
        raise RuleRefused(self.text, node.start, why, remedy)

    def type_of(self, node: Node, names: Names) -> FieldType:
        """Give the type of a node; `names` are the variables visible there."""
        match node:
            case tree.Literal():
                return self._literal(node)
            case tree.Name():
                if node.name not in names:
                    why = fault("unknown_name", name=node.name)
                    self.refuse(node, why, did_you_mean(node.name, names))
                return names[node.name]
            case tree.Select():
                return self._field(node, node.of, node.field, names)
            case tree.Has():
                self._field(node, node.of, node.field, names)
                return BOOL
            case tree.Index():
                return self._index(node, names)
            case tree.ListOf():
                return list_of(self._common([self.type_of(item, names) for item in node.items]))
            case tree.Negation():
                return self._truth(node.of, names)
            case tree.Minus():
                of = self.type_of(node.of, names)
                if of.kind not in (*_NUMBERS, "dyn"):
                    self.refuse(node, fault("no_negative", kind=of.kind))
                return of
            case tree.Junction():
                for operand in node.operands:
                    self._truth(operand, names)
                return BOOL
            case tree.Choice():
                return self._choice(node, names)
            case tree.Comparison():
                return self._comparison(node, names)
            case tree.Arithmetic():
                return self._arithmetic(node, names)
            case tree.ForEach():
                return self._for_each(node, names)
            case tree.Call():
                return self._call(node, names)
        raise TypeError(type(node))

    def _literal(self, node: tree.Literal) -> FieldType:
        value = node.value
        if isinstance(value, bool):
            return BOOL
        if isinstance(value, int):
            if not INT_LOWEST <= value <= INT_HIGHEST:
                self.refuse(node, fault("large_whole"))
            return INT
        if isinstance(value, float):
            if value in (float("inf"), float("-inf")):
                self.refuse(node, fault("large_number"))
            return DOUBLE
        return STRING if isinstance(value, str) else NULL

    def _truth(self, node: Node, names: Names) -> FieldType:
        found = self.type_of(node, names)
        if found.kind not in ("bool", "dyn"):
            self.refuse(node, fault("no_truth", kind=found.kind))
        return BOOL

    def _field(self, node: Node, of: Node, field: str, names: Names) -> FieldType:
        owner = self.type_of(of, names)
        if field.startswith("__"):
            self.refuse(node, fault("no_field", name=field))
        if owner.kind == "dyn":
            return DYN
        if owner.kind != "map":
            self.refuse(node, fault("fieldless", kind=owner.kind, name=field))
        if owner.fields is None:
            return owner.item or DYN
        if field not in owner.fields:
            place = self.text[of.start : of.end]
            why = fault("unknown_field", place=place, name=field)
            raise RuleRefused(self.text, of.end, why, did_you_mean(field, owner.fields))
        return owner.fields[field]

    def _index(self, node: tree.Index, names: Names) -> FieldType:
        owner, key = self.type_of(node.of, names), self.type_of(node.key, names)
        if isinstance(node.key, tree.Literal) and isinstance(node.key.value, str):
            if _FORBIDDEN_IN_KEY.search(node.key.value):
                self.refuse(node.key, fault("bad_key"))
            return self._field(node.key, node.of, node.key.value, names)
        if owner.kind == "list" and key.kind in ("int", "dyn"):
            return owner.item or DYN
        if owner.kind == "map" and key.kind in ("string", "dyn"):
            return DYN if owner.fields is not None else owner.item or DYN
        if owner.kind == "dyn" and key.kind in ("int", "string", "dyn"):
            return DYN
        return self.refuse(node.key, fault("no_entry", kind=owner.kind, other=key.kind))

    def _common(self, found: list[FieldType]) -> FieldType:
        kinds = {one.kind for one in found}
        if len(kinds) == 1:
            return found[0]
        return DOUBLE if kinds == set(_NUMBERS) else DYN

    def _choice(self, node: tree.Choice, names: Names) -> FieldType:
        self._truth(node.condition, names)
        yes, no = self.type_of(node.yes, names), self.type_of(node.no, names)
        common = self._common([yes, no])
        if common.kind == "dyn" and not {"dyn", "null"} & {yes.kind, no.kind}:
            self.refuse(node.no, fault("branches", kind=yes.kind, other=no.kind))
        return common

    def _comparison(self, node: tree.Comparison, names: Names) -> FieldType:
        left, right = self.type_of(node.left, names), self.type_of(node.right, names)
        if node.sign == "in":
            if right.kind not in ("list", "map", "dyn"):
                self.refuse(node.right, fault("in_needs_list", kind=right.kind))
            item = STRING if right.kind == "map" else right.item or DYN
            if not _comparable(left, item):
                why = fault("never_in", kind=left.kind, other=right.kind, item=item.kind)
                self.refuse(node, why)
        elif not _comparable(left, right):
            self._mismatch(node, left, right)
        elif node.sign not in ("==", "!="):
            for side, found in ((node.left, left), (node.right, right)):
                if found.kind not in (*_ORDERED, "dyn"):
                    self.refuse(side, fault("no_order", kind=found.kind))
        return BOOL

    def _mismatch(self, node: tree.Comparison, left: FieldType, right: FieldType) -> NoReturn:
        hint = None
        if {left.kind, right.kind} == {"timestamp", "string"}:
            hint = fault("write", words='timestamp("2026-01-31T00:00:00Z")')
        self.refuse(node, fault("not_comparable", kind=left.kind, other=right.kind), hint)

    def _arithmetic(self, node: tree.Arithmetic, names: Names) -> FieldType:
        left, right = self.type_of(node.left, names), self.type_of(node.right, names)
        kinds = (left.kind, right.kind)
        if left.kind in _NUMBERS and right.kind in _NUMBERS:
            if node.sign == "%" and "double" in kinds:
                self.refuse(node, fault("whole_only"))
            return DOUBLE if "double" in kinds else INT
        if kinds == ("list", "list") and node.sign == "+":
            return list_of(self._common([left.item or DYN, right.item or DYN]))
        if "dyn" in kinds and not {"bool", "null", "map"} & set(kinds):
            return DYN
        result = _ARITHMETIC.get((left.kind, node.sign, right.kind))
        if result is None:
            why = fault("no_meaning", kind=left.kind, sign=node.sign, other=right.kind)
            self.refuse(node, why)
        return result

    def _for_each(self, node: tree.ForEach, names: Names) -> FieldType:
        over = self.type_of(node.over, names)
        if over.kind not in ("list", "map", "dyn"):
            self.refuse(node, fault("needs_list", name=node.word, kind=over.kind))
        if node.name in names:
            self.refuse(node, fault("taken_name", name=node.name))
        if any(isinstance(inner, tree.ForEach) for inner in tree.walk(node.body)):
            self.refuse(node.body, fault("list_in_list"))
        if sum(isinstance(part, tree.ForEach) for part in tree.walk(node.over)) >= (
            MAX_CHAINED_LIST_FUNCTIONS
        ):
            self.refuse(node, fault("too_many_lists", most=MAX_CHAINED_LIST_FUNCTIONS))
        item = STRING if over.kind == "map" else over.item or DYN
        inner_names = {**names, node.name: item}
        if node.word == "map":
            return list_of(self.type_of(node.body, inner_names))
        self._truth(node.body, inner_names)
        return list_of(item) if node.word == "filter" else BOOL

    def _call(self, node: tree.Call, names: Names) -> FieldType:
        function = self._function(node)
        most = len(function.parameters)
        given = node.arguments
        if not most - function.optional <= len(given) <= most:
            count = most - node.method
            self.refuse(node, fault("arguments", name=node.function, count=count))
        for number, argument in enumerate(given):
            self._argument(node, function, number, argument, names)
        for name in function.needs:
            if name not in self.schema.variables:
                self.refuse(node, fault("not_offered", name=node.function, need=name))
        return self._fallback(node, names) if function.falls_back else function.result

    def _fallback(self, node: tree.Call, names: Names) -> FieldType:
        value, otherwise = (self.type_of(one, names) for one in node.arguments)
        if not _comparable(value, otherwise):
            why = fault("one_type", kind=value.kind, other=otherwise.kind)
            self.refuse(node.arguments[1], why)
        return self._common([value, otherwise])

    def _function(self, node: tree.Call) -> Function:
        function = self.schema.functions.get(node.function)
        if function is None:
            suggestion = did_you_mean(node.function, self.schema.functions)
            if node.function == "has":
                suggestion = fault("write", words="has(map.field)")
            elif node.function in tree.LIST_WORDS:
                suggestion = fault("write", words=f"list.{node.function}(name, condition)")
            self.refuse(node, fault("unknown_function", name=node.function), suggestion)
        if function.style != "both" and node.method != (function.style == "method"):
            form = (
                f"text.{node.function}(…)" if function.style == "method" else f"{node.function}(…)"
            )
            self.refuse(node, fault("other_call", name=node.function), fault("write", words=form))
        return function

    def _argument(
        self, node: tree.Call, function: Function, number: int, argument: Node, names: Names
    ) -> None:
        wanted, found = function.parameters[number], self.type_of(argument, names)
        if "dyn" not in (wanted.kind, found.kind) and wanted.kind != found.kind:
            name = node.function
            why = fault("bad_argument", name=name, kind=wanted.kind, other=found.kind)
            self.refuse(argument, why)
        prepare = function.prepare.get(number)
        if prepare is None:
            return
        value: Json = argument.value if isinstance(argument, tree.Literal) else None
        if not isinstance(value, str):
            self.refuse(argument, fault("text_written", name=node.function))
        try:
            prepare(value)
        except NotWritten as refused:
            self.refuse(argument, refused.fault)


def _comparable(left: FieldType, right: FieldType) -> bool:
    kinds = {left.kind, right.kind}
    return len(kinds) == 1 or kinds == set(_NUMBERS) or bool(kinds & {"dyn", "null"})
