"""Which segments the text of a rule may be about, however it asks: for what must not be asked."""

from collections.abc import Callable, Collection, Iterator

from wegweiser.flow.segment_asked import asked_for
from wegweiser.query.cel import tree
from wegweiser.query.cel.parse import parse
from wegweiser.query.cel.pattern import compile_pattern
from wegweiser.query.cel.values import TooLong
from wegweiser.terms.rule_fault import NotWritten

_LIST = "segments"


def _matches(key: str, pattern: str) -> bool:
    try:
        return compile_pattern(pattern).is_in(key)
    except TooLong:
        return True
    except NotWritten:
        # Such a rule is refused for its pattern.
        return False


_PARTS: dict[str, Callable[[str, str], bool]] = {
    "startsWith": lambda key, told: key.startswith(told),
    "endsWith": lambda key, told: key.endswith(told),
    "contains": lambda key, told: told in key,
    "matches": _matches,
}


def named_in(text: str, keys: Collection[str]) -> set[str]:
    """Give those of the keys of segments that a rule of decisions may ask for.

    By `in_segment` and by `in`, and each text that stands beside a list of segments in one
    comparison, call or list function: rather one too many, since it is for refusals.

    >>> sorted(named_in('person.segments.exists(s, s == "a") && context.tier == "b"', "abc"))
    ['a']
    >>> sorted(named_in('person.segments.filter(s, s.startsWith("a")).size() > 0', ("ab", "b")))
    ['ab']
    """
    found = {key for _, key in asked_for(text)}
    for atom in _atoms(parse(text)):
        nodes = list(tree.walk(atom))
        if any(_reads_list(node) for node in nodes):
            found |= {key for key in keys if any(_names(node, key) for node in nodes)}
    return found


def _atoms(root: tree.Node) -> Iterator[tree.Node]:
    """Yield what is joined by `&&`, `||`, `!` and `? :`: nothing passes from one to the other."""
    if isinstance(root, tree.Junction | tree.Negation | tree.Choice):
        for below in tree.children(root):
            yield from _atoms(below)
    else:
        yield root


def _reads_list(node: tree.Node) -> bool:
    if isinstance(node, tree.Select):
        return node.field == _LIST
    return (
        isinstance(node, tree.Index)
        and isinstance(node.key, tree.Literal)
        and node.key.value == _LIST
    )


def _names(node: tree.Node, key: str) -> bool:
    """Tell whether a node is the text of a key, tests a part of it, or puts texts together."""
    if isinstance(node, tree.Literal):
        return node.value == key
    if isinstance(node, tree.Arithmetic):
        return node.sign == "+" and any(_is_text(one) for one in tree.walk(node))
    if not isinstance(node, tree.Call) or node.function not in _PARTS:
        return False
    test = _PARTS[node.function]
    return any(
        isinstance(told, tree.Literal) and isinstance(told.value, str) and test(key, told.value)
        for told in node.arguments
    )


def _is_text(node: tree.Node) -> bool:
    return isinstance(node, tree.Literal) and isinstance(node.value, str)
