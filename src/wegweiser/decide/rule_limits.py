"""What a rule of a message is refused for beyond its grammar and types: length, cost, the label."""

from collections.abc import Iterator

from wegweiser.query.cel import Rule, tree
from wegweiser.query.cel.parse import parse
from wegweiser.query.cel.tree import Node
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.rule_fault import fault

MAXIMUM_CHARACTERS = 4_000
MAXIMUM_COST = 1_000
_LABELS = ("label", "top", "name", "likeliest")


def refuse_too_long(text: str) -> None:
    """Raise RuleRefused for a text of more than 4,000 characters."""
    if len(text) > MAXIMUM_CHARACTERS:
        why = fault("text_too_long", most=MAXIMUM_CHARACTERS, count=len(text))
        raise RuleRefused(text, MAXIMUM_CHARACTERS, why, fault("two_rules"))


def refuse_too_much(rule: Rule) -> None:
    """Raise RuleRefused where a rule costs more than 1,000: its parts, in lists a hundred times."""
    cost = tree.cost_of(rule.root)
    if cost > MAXIMUM_COST:
        why = fault("too_costly", cost=cost, most=MAXIMUM_COST)
        raise RuleRefused(rule.text, 0, why, fault("less_in_lists"))


def refuse_stage_label(text: str) -> None:
    """Raise RuleRefused where a rule asks for the top stage by name instead of a probability."""
    for node in tree.walk(parse(text)):
        for place in _labels(node):
            remedy = fault("write_probability", words="stage.evaluate > 0.4")
            raise RuleRefused(text, place.start, fault("top_stage"), remedy)


def _labels(node: Node) -> Iterator[Node]:
    keys = tree.path_of(node)
    if keys is not None and keys[-1] in _LABELS and _is_stage(keys[:-1]):
        yield node
    if isinstance(node, tree.Comparison):
        sides = (node.left, node.right)
        paths = [tree.path_of(side) for side in sides]
        texts = any(isinstance(one, tree.Literal | tree.ListOf) for one in sides)
        if texts and any(keys is not None and _is_stage(keys) for keys in paths):
            yield node


def _is_stage(keys: tuple[str, ...]) -> bool:
    return keys in (("stage",), ("person", "stage"), ("account", "stage"))
