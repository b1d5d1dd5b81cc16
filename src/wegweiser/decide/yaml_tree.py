"""YAML text as plain JSON values with a line number for every part."""

import re

import msgspec
import yaml

from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import Json
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.yaml_fault import yaml_fault

MAXIMUM_CHARACTERS = 8_000_000
MAXIMUM_DEPTH = 40
MAXIMUM_VALUES = 200_000

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML 1.2 core schema: `no` is Norway, `12:30` a text and `010` ten, as people expect.
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "value", "merge")
)
_WORDS: dict[str, Json] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Tree(msgspec.Struct, frozen=True):
    """One document: its value, and the line (from 1) of each part by its path like `.a[0]`."""

    value: Json
    lines: dict[str, int]

    def line(self, path: str) -> int:
        """Give the line of the part at `path`, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines[path]


def read_yaml(name: str, text: str) -> list[Tree]:
    """Read all documents of a file; raises DocumentRefused with file and line.

    >>> [tree.value for tree in read_yaml("a.yaml", "{kind: goal, key: no}")]
    [{'kind': 'goal', 'key': 'no'}]
    """
    if len(text) > MAXIMUM_CHARACTERS:
        raise DocumentRefused(name, 1, wrong("long_file", most=MAXIMUM_CHARACTERS))
    try:
        _measure(name, text)
        nodes = list(yaml.compose_all(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DocumentRefused(name, line, yaml_fault(error.problem)) from None
    except yaml.YAMLError as error:
        line = text[: getattr(error, "position", 0)].count("\n") + 1
        fault = wrong("no_yaml", why=wrong("bad_character"))
        raise DocumentRefused(name, line, fault) from None
    reader = _Reader(name)
    return [reader.tree(node) for node in nodes if node is not None and not _is_empty(node)]


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value == "" and not node.style


def _measure(name: str, text: str) -> None:
    # The events come one by one, so depth is known before anything recursive looks at it.
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAXIMUM_DEPTH:
            raise DocumentRefused(name, _line(event), wrong("nested", most=MAXIMUM_DEPTH))


def _line(part: yaml.Node | yaml.Event) -> int:
    return part.start_mark.line + 1 if part.start_mark else 1


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.values = 0

    def tree(self, node: yaml.Node) -> Tree:
        lines: dict[str, int] = {}
        return Tree(self.value(node, "", 0, lines), lines)

    def value(self, node: yaml.Node, path: str, depth: int, lines: dict[str, int]) -> Json:
        self.values += 1
        lines[path] = _line(node)
        # An alias repeats what it names, so a small file can mean billions of values.
        if self.values > MAXIMUM_VALUES or depth > MAXIMUM_DEPTH:
            raise self.refused(node, wrong("many_values"))
        if node.tag not in _TAGS:
            raise self.refused(node, wrong("tag", tag=repr(node.tag)))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, depth, lines)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(part, f"{path}[{index}]", depth + 1, lines)
                for index, part in enumerate(node.value)
            ]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, path: str, depth: int, lines: dict[str, int]) -> Json:
        found: dict[str, Json] = {}
        for key, part in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.refused(key, wrong("name_no_text"))
            if key.value in found:
                raise self.refused(key, wrong("given_twice", name=repr(key.value)))
            found[key.value] = self.value(part, f"{path}.{key.value}", depth + 1, lines)
            lines[f"{path}.{key.value}"] = _line(key)
        return found

    def scalar(self, node: yaml.Node) -> Json:
        text = str(node.value)
        if getattr(node, "style", None):
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _WHOLE.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text

    def refused(self, node: yaml.Node, fault: Wrong) -> DocumentRefused:
        return DocumentRefused(self.name, _line(node), fault)
