"""Turns a checked tree into closures over the activation; no text is ever executed."""

from wegweiser.query.cel import tree
from wegweiser.query.cel.calling import arithmetic_step, call_step, minus_step
from wegweiser.query.cel.check import Checker, Names
from wegweiser.query.cel.comparing import MIRRORED, against_literal, among_texts, comparison
from wegweiser.query.cel.junctions import (
    choice_step,
    fallback_step,
    junction_step,
    negation_step,
)
from wegweiser.query.cel.list_functions import for_each_step, list_step
from wegweiser.query.cel.reading import entry_step, moment_step, path_step, presence_step
from wegweiser.query.cel.schema import DYN, STRING, Function
from wegweiser.query.cel.tree import Node
from wegweiser.query.cel.values import Scope, Step, Unknown
from wegweiser.terms.json import Json
from wegweiser.terms.rule_fault import fault


class Compiler:
    """Compiles the nodes of one rule that the checker has let through."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker

    def step(self, node: Node, names: Names) -> Step:
        """Compile a node; `names` are the variables visible there."""
        where = self.where(node)
        match node:
            case tree.Literal():
                return constant(node.value)
            case tree.Name() | tree.Select() | tree.Index():
                return self._read(node, names)
            case tree.Has():
                return presence_step(self.step(node.of, names), node.field, where)
            case tree.ListOf():
                return list_step(tuple(self.step(item, names) for item in node.items))
            case tree.Negation():
                return negation_step(self.step(node.of, names), where)
            case tree.Minus():
                return minus_step(self.step(node.of, names), where)
            case tree.Junction():
                pairs = tuple((self.step(o, names), self.where(o)) for o in node.operands)
                return junction_step(node.sign == "||", pairs)
            case tree.Choice():
                yes, no = self.step(node.yes, names), self.step(node.no, names)
                return choice_step(self.step(node.condition, names), yes, no, where)
            case tree.Comparison():
                return self._comparison(node, names)
            case tree.Arithmetic():
                left, right = self.step(node.left, names), self.step(node.right, names)
                return arithmetic_step(node.sign, left, right, where)
            case tree.ForEach():
                return self._for_each(node, names)
            case tree.Call():
                return self._call(node, names)
        raise TypeError(type(node))

    def where(self, node: Node) -> str:
        """Give the words from which a node was read."""
        return self.checker.text[node.start : node.end]

    def _read(self, node: Node, names: Names) -> Step:
        where = self.where(node)
        keys = tree.path_of(node)
        if keys is not None:
            read = path_step(keys, where)
        elif isinstance(node, tree.Select):
            read = entry_step(self.step(node.of, names), constant(node.field), where)
        else:
            assert isinstance(node, tree.Index)
            read = entry_step(self.step(node.of, names), self.step(node.key, names), where)
        is_moment = self.checker.type_of(node, names).kind == "timestamp"
        return moment_step(read, where) if is_moment else read

    def _comparison(self, node: tree.Comparison, names: Names) -> Step:
        left, right, where = node.left, node.right, self.where(node)
        if node.sign == "in":
            texts = _texts(right)
            if texts is not None:
                return among_texts(self.step(left, names), texts)
        elif _plain(right):
            return against_literal(node.sign, self.step(left, names), _value(right), where)
        elif _plain(left):
            sign = MIRRORED[node.sign]
            return against_literal(sign, self.step(right, names), _value(left), where)
        return comparison(node.sign, self.step(left, names), self.step(right, names), where)

    def _for_each(self, node: tree.ForEach, names: Names) -> Step:
        over = self.checker.type_of(node.over, names)
        item = STRING if over.kind == "map" else over.item or DYN
        body = self.step(node.body, {**names, node.name: item})
        cost = sum(1 for _ in tree.walk(node.body))
        over_step = self.step(node.over, names)
        return for_each_step(node.word, over_step, node.name, body, cost, self.where(node))

    def _call(self, node: tree.Call, names: Names) -> Step:
        function = self.checker.schema.functions[node.function]
        if function.falls_back:
            found, otherwise = (self.step(one, names) for one in node.arguments)
            return fallback_step(found, otherwise)
        steps = [
            self._argument(function, number, a, names) for number, a in enumerate(node.arguments)
        ]
        texts = [
            function.parameters[number].kind == "string" and number not in function.prepare
            for number in range(len(steps))
        ]
        steps += [path_step((name,), name) for name in function.needs]
        texts += [False] * len(function.needs)
        call = call_step(function.run, tuple(steps), tuple(texts), self.where(node))
        if function.needs or not all(isinstance(a, tree.Literal) for a in node.arguments):
            return call
        value = call({})
        if isinstance(value, Unknown):
            self.checker.refuse(node, fault("no_value", words=self.where(node)))
        return constant(value)

    def _argument(self, function: Function, number: int, node: Node, names: Names) -> Step:
        prepare = function.prepare.get(number)
        if prepare is None:
            return self.step(node, names)
        return constant(prepare(str(_value(node))))


def constant(value: object) -> Step:
    """Give the same value whatever the activation."""

    def give(_scope: Scope) -> object:
        return value

    return give


def _plain(node: Node) -> bool:
    return isinstance(node, tree.Literal) and type(node.value) in (str, int, float)


def _value(node: Node) -> Json:
    assert isinstance(node, tree.Literal)
    return node.value


def _texts(node: Node) -> frozenset[str] | None:
    if not isinstance(node, tree.ListOf):
        return None
    values = [item.value for item in node.items if isinstance(item, tree.Literal)]
    texts = [value for value in values if isinstance(value, str)]
    return frozenset(texts) if len(texts) == len(node.items) else None
