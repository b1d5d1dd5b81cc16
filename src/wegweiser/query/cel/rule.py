"""Rules and expressions: text that was checked once and is evaluated often."""

from collections.abc import Mapping

import msgspec

from wegweiser.query.cel import tree
from wegweiser.query.cel.check import Checker
from wegweiser.query.cel.compile import Compiler
from wegweiser.query.cel.junctions import as_truth
from wegweiser.query.cel.limits import MAX_STEPS
from wegweiser.query.cel.schema import FieldType, Schema
from wegweiser.query.cel.steps import STEPS
from wegweiser.query.cel.tree import Node
from wegweiser.query.cel.values import Scope, Step, Unknown, shown, to_json
from wegweiser.terms.errors import RuleRefused, WegweiserError
from wegweiser.terms.json import Json
from wegweiser.terms.rule_fault import fault


class MissingField(WegweiserError):
    """An expression has no value for this record; `unknown` says why and where."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(f"{unknown.where}: {unknown.reason}")
        self.unknown = unknown


class Verdict(msgspec.Struct, frozen=True):
    """What a rule says and why.

    `failing` is the part of the text that made it false or unknown ("" when it is true), `found`
    the value that stood at the first field of that part, `unknown` the reason of an unknown.
    """

    value: bool | None
    failing: str
    found: Json = None
    unknown: Unknown | None = None


class _Compiled:
    """A checked text with its closures; parts are compiled again only to explain them.

    `paths` are the fields that are read, such as `person.traits.plan`, in their longest plain
    form, `key_paths` the same as keys; `variables` are the variables of the activation on which
    the result depends; `falls_back` tells that some value is replaced where it is missing.
    """

    __slots__ = (
        "_compiler",
        "_counts_steps",
        "_part_steps",
        "_root",
        "_step",
        "_type",
        "falls_back",
        "key_paths",
        "paths",
        "text",
        "variables",
    )

    def __init__(self, text: str, schema: Schema) -> None:
        from wegweiser.query.cel.parse import parse

        self.text = text
        self._root = parse(text)
        checker = Checker(text, schema)
        self._type = checker.type_of(self._root, schema.variables)
        self._compiler = Compiler(checker)
        self._step = self._compiler.step(self._root, schema.variables)
        self._counts_steps = any(map(_may_take_long, tree.walk(self._root)))
        self._part_steps: dict[int, Step] = {id(self._root): self._step}
        self.key_paths = self._key_paths()
        self.falls_back = any(map(self._falls_back, tree.walk(self._root)))
        self.paths = frozenset(map(".".join, self.key_paths))
        self.variables = frozenset(keys[0] for keys in self.key_paths)

    @property
    def type(self) -> FieldType:
        """The type of the result."""
        return self._type

    @property
    def root(self) -> Node:
        """The tree that the text was read into."""
        return self._root

    def _falls_back(self, node: Node) -> bool:
        functions = self._compiler.checker.schema.functions
        return isinstance(node, tree.Call) and functions[node.function].falls_back

    def _key_paths(self) -> frozenset[tuple[str, ...]]:
        found = set()
        waiting = [self._root]
        variables = self._compiler.checker.schema.variables
        while waiting:
            node = waiting.pop()
            keys = tree.path_of(node)
            if keys is None and isinstance(node, tree.Has):
                above = tree.path_of(node.of)
                keys = None if above is None else (*above, node.field)
            if keys is None:
                waiting.extend(tree.children(node))
                waiting.extend(self._needed(node))
            elif keys[0] in variables:
                found.add(keys)
        return frozenset(found)

    def _needed(self, node: Node) -> list[Node]:
        if not isinstance(node, tree.Call):
            return []
        function = self._compiler.checker.schema.functions[node.function]
        found: list[Node] = []
        for variable, *fields in function.reads or ((name,) for name in function.needs):
            part: Node = tree.Name(node.start, node.end, variable)
            for field in fields:
                part = tree.Select(node.start, node.end, part, field)
            found.append(part)
        return found

    def _run(self, step: Step, activation: Scope) -> object:
        if self._counts_steps:
            activation = {**activation, STEPS: [MAX_STEPS]}
        try:
            return step(activation)
        except RecursionError:
            return Unknown("too_long", self.text)

    def _part(self, node: Node, activation: Scope) -> object:
        step = self._part_steps.get(id(node))
        if step is None:
            step = self._compiler.step(node, self._compiler.checker.schema.variables)
            self._part_steps[id(node)] = step
        return self._run(step, activation)


class Rule(_Compiled):
    """A text of type bool, evaluated to true, false or None for unknown."""

    __slots__ = ()

    def evaluate(self, activation: Mapping[str, Json]) -> bool | None:
        """Decide; None when a field is missing or a value is not what the rule needs."""
        if self._counts_steps:
            found = self._run(self._step, activation)
        else:
            try:
                found = self._step(activation)
            except RecursionError:
                return None
        return found if found is True or found is False else None

    def judge(self, activation: Mapping[str, Json]) -> bool | Unknown:
        """Decide as `evaluate` does, with the reason where it cannot be decided."""
        if self._counts_steps:
            found = self._run(self._step, activation)
        else:
            try:
                found = self._step(activation)
            except RecursionError:
                return Unknown("too_long", self.text)
        if found is True or found is False:
            return found
        found = as_truth(found, self.text)
        return found if isinstance(found, bool | Unknown) else Unknown("type", self.text)

    def explain(self, activation: Mapping[str, Json]) -> Verdict:
        """Decide, and name the part that made the rule false or unknown."""
        found = self._run(self._step, activation)
        if found is True:
            return Verdict(True, "")
        node = self._failing(self._root, found, activation)
        unknown = as_truth(self._part(node, activation), self._compiler.where(node))
        return Verdict(
            False if found is False else None,
            self._compiler.where(node),
            self._found(node, activation),
            unknown if isinstance(unknown, Unknown) else None,
        )

    def _failing(self, node: Node, value: object, activation: Scope) -> Node:
        below: tuple[Node, ...] = ()
        if isinstance(node, tree.Junction) and (node.sign == "&&" or value is not False):
            below = node.operands
        elif isinstance(node, tree.Choice):
            condition = self._part(node.condition, activation)
            below = (node.yes if condition is True else node.no,)
            if not isinstance(condition, bool):
                below = (node.condition,)
        elif isinstance(node, tree.Negation) and value is not False:
            below = (node.of,)
        for part in below:
            answer = self._part(part, activation)
            if answer is not True and (answer is False) == (value is False):
                return self._failing(part, answer, activation)
        return node

    def _found(self, node: Node, activation: Scope) -> Json:
        variables = self._compiler.checker.schema.variables
        waiting = [node]
        while waiting:
            part = waiting.pop()
            keys = tree.path_of(part)
            if keys is not None and keys[0] in variables:
                value = self._part(part, activation)
                return value.found if isinstance(value, Unknown) else shown(value)
            waiting.extend(reversed(list(tree.children(part))))
        return None


class Expression(_Compiled):
    """A text of any type, for mappings."""

    __slots__ = ()

    def evaluate(self, activation: Mapping[str, Json]) -> Json:
        """Compute the value as JSON (moments as ISO 8601 text); raises MissingField without one."""
        found = self._run(self._step, activation)
        if isinstance(found, Unknown):
            raise MissingField(found)
        return to_json(found)


def _may_take_long(node: Node) -> bool:
    if isinstance(node, tree.Comparison):
        sides = (node.left, node.right)
        return not any(isinstance(side, tree.Literal | tree.ListOf) for side in sides)
    return isinstance(node, tree.ForEach)


def compile_rule(text: str, schema: Schema) -> Rule:
    """Check a rule against the schema; raises RuleRefused with place, reason and suggestion.

    A rule is of type bool and says something about the activation: a constant is refused.

    >>> from wegweiser.query.cel.functions import RULE_FUNCTIONS
    >>> from wegweiser.query.cel.schema import STRING, closed_map
    >>> schema = Schema({"person": closed_map({"plan": STRING})}, RULE_FUNCTIONS)
    >>> rule = compile_rule('person.plan != "enterprise"', schema)
    >>> rule.evaluate({"person": {"plan": "free"}}), rule.evaluate({"person": {}})
    (True, None)
    """
    rule = Rule(text, schema)
    kind = rule.type.kind
    if kind == "dyn":
        raise RuleRefused(text, 0, fault("uncertain"), fault("write", words="… == true"))
    if kind != "bool":
        raise RuleRefused(text, 0, fault("no_rule", kind=kind))
    if not rule.paths or (rule.evaluate({}) is not None and not rule.falls_back):
        raise RuleRefused(text, 0, fault("same_for_all"))
    return rule


def compile_expression(text: str, schema: Schema) -> Expression:
    """Check an expression of any type against the schema; raises RuleRefused."""
    return Expression(text, schema)


def warm_up() -> None:
    """Load the grammar now (about 0.1 s, once per process) rather than with the first rule."""
    from wegweiser.query.cel.parse import parse

    parse("true")
