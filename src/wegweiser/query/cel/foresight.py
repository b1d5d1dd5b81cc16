"""When the truth of a rule may next change by the passing of time alone."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from wegweiser.query.cel import tree
from wegweiser.query.cel.check import Checker
from wegweiser.query.cel.compile import Compiler
from wegweiser.query.cel.parse import parse
from wegweiser.query.cel.schema import Function, Schema
from wegweiser.query.cel.tree import Node
from wegweiser.query.cel.values import Step, instant_of, is_number
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json
from wegweiser.terms.rule_fault import fault

CLOCK = "as_of"
# What these give moves evenly with the clock.
_EVEN_CALLS = ("days_since", "double", "timestamp")
# Beyond this no moment can be written; a change as late as that is none.
_LATEST_MS = 200_000_000_000_000


class Foresight:
    """The parts of a rule that look at the clock, so that nothing is asked before it can change.

    Between two moments that `next_change` names, time alone cannot change the rule's truth.
    """

    def __init__(
        self,
        sides: tuple[tuple[Step, Step], ...],
        windows: tuple[Step, ...],
        deadlines: tuple[tuple[Step, float], ...],
    ):
        """`deadlines` are moments and how many days after them a comparison turns."""
        self._sides = sides
        self._windows = windows
        self._deadlines = deadlines

    @property
    def is_timeless(self) -> bool:
        """True when time alone never changes the truth of the rule."""
        return not (self._sides or self._windows or self._deadlines)

    def next_change(self, activation: Mapping[str, Json], now: int) -> int | None:
        """Give the first moment after `now` (ms) at which the truth may change, None if never."""
        same = activation.get(CLOCK) == now
        scope = activation if same else {**activation, CLOCK: now}
        later = {**activation, CLOCK: now + DAY_MS} if self._sides else {}
        found: list[int] = []
        for since, days in self._deadlines:
            begins = since(scope)
            if isinstance(begins, datetime):
                turns = instant_of(begins) + round(DAY_MS * days)
                found += (turns - 1, turns, turns + 1)
        for left, right in self._sides:
            today, tomorrow = _gap(left(scope), right(scope)), _gap(left(later), right(later))
            if today is not None and tomorrow is not None and today != tomorrow:
                crossing = now + round(DAY_MS * today / (today - tomorrow))
                # A comparison may turn at the moment, or just after it; a figure may be rounded.
                found += (crossing - 1, crossing, crossing + 1)
        for window in self._windows:
            moments = window(scope)
            if isinstance(moments, list):
                found += moments
        return min((at for at in found if now < at < _LATEST_MS), default=None)


def _gap(left: object, right: object) -> float | None:
    """Give how far two values are apart, None where they have no distance."""
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left - right).total_seconds()
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return (left - right).total_seconds()
    if is_number(left) and is_number(right):
        return float(left) - float(right)  # type: ignore[arg-type]
    return None


class _Clockwise:
    """Finds what looks at the clock in a checked tree."""

    def __init__(self, text: str, schema: Schema):
        self._schema = schema
        self._checker = Checker(text, schema)
        self._compiler = Compiler(self._checker)
        ahead = {
            name: one if one.runs_out is None else msgspec.structs.replace(one, run=one.runs_out)
            for name, one in schema.functions.items()
        }
        self._ahead = Compiler(Checker(text, Schema(schema.variables, ahead)))

    def foresight(self, root: Node) -> Foresight:
        sides: list[tuple[Step, Step]] = []
        windows: list[Step] = []
        deadlines: list[tuple[Step, float]] = []
        for node in self._parts(root):
            deadline = self._deadline(node)
            if deadline is not None:
                deadlines.append(deadline)
            elif isinstance(node, tree.Comparison) and self._is_even_pair(node):
                names = self._schema.variables
                left = self._compiler.step(node.left, names)
                sides.append((left, self._compiler.step(node.right, names)))
            else:
                windows += self._windows_of(node)
        return Foresight(tuple(sides), tuple(windows), tuple(deadlines))

    def _deadline(self, node: Node) -> tuple[Step, float] | None:
        """Read the commonest form of all, days_since(moment) beside a number."""
        if not isinstance(node, tree.Comparison) or node.sign == "in":
            return None
        for call, number in ((node.left, node.right), (node.right, node.left)):
            if isinstance(call, tree.Call) and call.function == "days_since":
                moment = call.arguments[0]
                names = self._schema.variables
                dated = self._checker.type_of(moment, names).kind == "timestamp"
                days = number.value if isinstance(number, tree.Literal) else None
                if dated and not self._looks(moment) and type(days) in (int, float):
                    return self._compiler.step(moment, names), float(days)  # type: ignore[arg-type]
        return None

    def _parts(self, root: Node) -> Iterator[Node]:
        """Yield the smallest parts of type bool that look at the clock."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if isinstance(node, tree.Junction | tree.Negation | tree.Choice) or self._is_fallback(
                node
            ):
                waiting.extend(tree.children(node))
            elif self._looks(node):
                yield node

    def _is_even_pair(self, node: tree.Comparison) -> bool:
        return node.sign != "in" and self._is_even(node.left) and self._is_even(node.right)

    def _is_even(self, node: Node) -> bool:
        """Tell whether a value moves evenly with the clock, or not at all."""
        if not self._looks(node):
            return True
        match node:
            case tree.Name():
                return True
            case tree.Minus():
                return self._is_even(node.of)
            case tree.Call() if self._is_fallback(node):
                return all(map(self._is_even, node.arguments))
            case tree.Call():
                inner = [one for one in node.arguments if self._looks(one)]
                plain = self._function(node).runs_out is None
                return node.function in _EVEN_CALLS and plain and not inner
            case tree.Arithmetic(sign="+" | "-"):
                return self._is_even(node.left) and self._is_even(node.right)
            case tree.Arithmetic(sign="*" | "/"):
                clocks = [one for one in (node.left, node.right) if self._looks(one)]
                divided = node.sign == "*" or clocks == [node.left]
                return len(clocks) == 1 and divided and self._is_even(clocks[0])
        return False

    def _windows_of(self, part: Node) -> list[Step]:
        """Give the windows of a part in which nothing else looks at the clock."""
        found: list[Step] = []
        waiting = [part]
        while waiting:
            node = waiting.pop()
            is_window = isinstance(node, tree.Call) and self._function(node).runs_out is not None
            if is_window:
                found.append(self._ahead.step(node, self._schema.variables))
            elif self._reads(node) or isinstance(node, tree.ForEach):
                self._checker.refuse(part, fault("untold_time"), fault("compare_clock"))
            else:
                waiting.extend(one for one in tree.children(node) if self._looks(one))
        return found

    def _is_fallback(self, node: Node) -> bool:
        return isinstance(node, tree.Call) and self._function(node).falls_back

    def _looks(self, node: Node) -> bool:
        return any(map(self._reads, tree.walk(node)))

    def _reads(self, node: Node) -> bool:
        if isinstance(node, tree.Call):
            return CLOCK in self._function(node).needs
        return isinstance(node, tree.Name) and node.name == CLOCK

    def _function(self, node: tree.Call) -> Function:
        return self._schema.functions[node.function]


def foresee(text: str, schema: Schema) -> Foresight:
    """Find out when time alone may change a rule; raises RuleRefused where that cannot be told.

    >>> from wegweiser.query.cel.functions import RULE_FUNCTIONS
    >>> from wegweiser.query.cel.schema import TIMESTAMP, closed_map
    >>> variables = {"person": closed_map({"last_seen": TIMESTAMP}), "as_of": TIMESTAMP}
    >>> rule = foresee("days_since(person.last_seen) < 2", Schema(variables, RULE_FUNCTIONS))
    >>> now = 1_795_000_000_000
    >>> rule.next_change({"person": {"last_seen": now - DAY_MS}}, now) - now == DAY_MS - 1
    True
    """
    return _Clockwise(text, schema).foresight(parse(text))
