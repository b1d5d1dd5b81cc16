"""Segments that rules of decisions ask for: one that does not exist holds for nobody, unnoticed."""

from collections.abc import Iterator, Mapping

from wegweiser.decide.document import Documents
from wegweiser.decide.kind import Described
from wegweiser.flow.segment_rules import KIND, Segment
from wegweiser.query.cel import tree
from wegweiser.query.cel.parse import parse
from wegweiser.terms.message import Message
from wegweiser.terms.policy import Factor
from wegweiser.terms.wrong import Wrong, wrong

_OWNERS = ("person", "account")


def asked_for(text: str) -> Iterator[tuple[str, str]]:
    """Yield for a rule of decisions of whom each segment would have to be, and its key.

    >>> sorted(asked_for('in_segment("a") || !("b" in account.segments)'))
    [('account', 'b'), ('person', 'a')]
    """
    for node in tree.walk(parse(text)):
        if isinstance(node, tree.Call) and node.function == "in_segment":
            found = [("person", node.arguments[0])]
        elif isinstance(node, tree.Comparison) and node.sign == "in":
            found = [(owner, node.left) for owner in _OWNERS if _is_list_of(node.right, owner)]
        else:
            continue
        for owner, key in found:
            if isinstance(key, tree.Literal) and isinstance(key.value, str):
                yield owner, key.value


def _is_list_of(node: tree.Node, owner: str) -> bool:
    return (
        isinstance(node, tree.Select)
        and node.field == "segments"
        and isinstance(node.of, tree.Name)
        and node.of.name == owner
    )


def unknown_segments(documents: Documents, declared: Mapping[str, Segment]) -> list[Wrong]:
    """Warn of rules that ask for a segment that is not declared, or is one of others."""
    of: dict[str, str] = {key: one.of for key, one in declared.items()}
    of |= {one.key: str(one.fields.get("of", "person")) for one in documents.of_kind(KIND)}
    return [
        _told(described, owner, key, of.get(key, ""))
        for described in documents.objects
        for owner, key in sorted({pair for text in _rules(described) for pair in asked_for(text)})
        if of.get(key) != owner
    ]


def _rules(described: Described) -> Iterator[str]:
    value = described.value
    if isinstance(value, Factor):
        yield value.when
    elif isinstance(value, Message):
        yield from (rule.when for rule in value.rules)


def _told(described: Described, owner: str, key: str, other: str) -> Wrong:
    place: dict[str, str | int] = {"file": described.file, "line": described.line, "key": key}
    if other:
        remedy = f'"{key}" in {other}.segments'
        return wrong("segment_of_others", **place, of=other, remedy=remedy).of(described.name)
    return wrong("segment_unknown", **place, of=owner).of(described.name)
