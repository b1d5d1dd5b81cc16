"""The tree of a rule: frozen nodes that know which characters they were read from."""

from collections.abc import Iterator
from typing import Literal as OneOf

import msgspec

from wegweiser.terms.json import Json

ComparisonSign = OneOf["==", "!=", "<", "<=", ">", ">=", "in"]
ArithmeticSign = OneOf["+", "-", "*", "/", "%"]
JunctionSign = OneOf["&&", "||"]
ListWord = OneOf["exists", "all", "exists_one", "filter", "map"]
LIST_WORDS: tuple[ListWord, ...] = ("exists", "all", "exists_one", "filter", "map")


class Node(msgspec.Struct, frozen=True, gc=False):
    """A part of a rule; `start` and `end` are character offsets in its text."""

    start: int
    end: int


class Literal(Node, frozen=True, gc=False):
    """A text, number, truth value or null written in the rule."""

    value: Json


class Name(Node, frozen=True, gc=False):
    """A variable of the activation, or the element inside a list function."""

    name: str


class Select(Node, frozen=True):
    """A field of a map: `of.field`."""

    of: Node
    field: str


class Index(Node, frozen=True):
    """An entry of a map or list: `of[key]`."""

    of: Node
    key: Node


class ListOf(Node, frozen=True):
    """A list written in the rule."""

    items: tuple[Node, ...]


class Negation(Node, frozen=True):
    """`!of`."""

    of: Node


class Minus(Node, frozen=True):
    """`-of`."""

    of: Node


class Junction(Node, frozen=True):
    """Two or more operands joined by `&&` or by `||`."""

    sign: JunctionSign
    operands: tuple[Node, ...]


class Choice(Node, frozen=True):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


class Comparison(Node, frozen=True):
    """`left sign right`, always of type bool."""

    sign: ComparisonSign
    left: Node
    right: Node


class Arithmetic(Node, frozen=True):
    """`left sign right` over numbers, texts, lists, moments and durations."""

    sign: ArithmeticSign
    left: Node
    right: Node


class Has(Node, frozen=True):
    """`has(of.field)`: is the field there?"""

    of: Node
    field: str


class ForEach(Node, frozen=True):
    """`over.word(name, body)`: a list function."""

    word: ListWord
    over: Node
    name: str
    body: Node


class Call(Node, frozen=True):
    """`function(arguments)`, or a method whose receiver is the first argument."""

    function: str
    arguments: tuple[Node, ...]
    method: bool


def widened(node: Node, start: int, end: int) -> Node:
    """Give the same node with the brackets around it counted as its own."""
    return msgspec.structs.replace(node, start=start, end=end)


def children(node: Node) -> Iterator[Node]:
    """Give the nodes directly below a node, in the order of the text."""
    for field in node.__struct_fields__:
        value = getattr(node, field)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from value


def walk(node: Node) -> Iterator[Node]:
    """Give a node and all nodes below it without recursion.

    >>> leaf = Literal(0, 1, 1)
    >>> sum(1 for _ in walk(Comparison(0, 6, "==", leaf, leaf)))
    3
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def cost_of(root: Node, factor: int = 100) -> int:
    """Give what a tree costs at most: its nodes, the body of a list function counted by `factor`.

    >>> leaf = Literal(0, 1, 1)
    >>> cost_of(ForEach(0, 9, "exists", leaf, "a", leaf))
    102
    """
    cost = 0
    waiting = [(root, 1)]
    while waiting:
        node, times = waiting.pop()
        cost += times
        if isinstance(node, ForEach):
            waiting += [(node.over, times), (node.body, times * factor)]
        else:
            waiting += [(child, times) for child in children(node)]
    return cost


def path_of(node: Node) -> tuple[str, ...] | None:
    """Give the keys of a plain path such as `person.traits["plan"]`, None for anything else."""
    keys: list[str] = []
    while not isinstance(node, Name):
        if isinstance(node, Select):
            keys.append(node.field)
        elif isinstance(node, Index) and isinstance(node.key, Literal):
            if not isinstance(node.key.value, str):
                return None
            keys.append(node.key.value)
        else:
            return None
        node = node.of
    return (node.name, *reversed(keys))
