"""YAML documents as objects to apply: every error names file, line and remedy."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

# Read for what it adds to the checks of documents.
import wegweiser.decide.contact_document as _contact_document  # noqa: F401
from wegweiser.decide.document_check import faults, key_faults
from wegweiser.decide.document_shape import Fault, shaped
from wegweiser.decide.kind import KINDS, Deleted, Described, LooseVariant, Object, suggest
from wegweiser.decide.yaml_tree import Tree, read_yaml
from wegweiser.terms.errors import DocumentRefused, refused_together
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong

# Kinds that no decision needs: they stay as they were written and are read by who uses them.
LOOSE_KINDS = (
    "mapping",
    "hook",
    "pull",
    "field_rule",
    "legal_basis",
    "taxonomy",
    "event_schema",
    "tracking_plan",
    "segment",
    "journey",
    "retention",
    "report",
    "watch",
    "purpose",
    "buying_group",
    "free_mail_domains",
    "identity_rules",
    "computed_trait",
    "intent_signal",
    "protected_traits",
    "score",
)


class Loose(msgspec.Struct, frozen=True):
    """A document of another kind as it was written, with the file and line where it begins."""

    kind: str
    key: str
    fields: JsonObject
    file: str
    line: int

    @property
    def name(self) -> str:
        """The kind and key, under which the document is applied."""
        return f"{self.kind} {self.key}"


class Documents(msgspec.Struct, frozen=True):
    """What a set of files holds."""

    objects: tuple[Described, ...]
    loose: tuple[Loose, ...] = ()

    def of_kind(self, kind: str) -> list[Loose]:
        """Give the documents of one of the LOOSE_KINDS."""
        return [found for found in self.loose if found.kind == kind]


Judge = Callable[[Object], Iterable[Fault]]
"""Tells what else is wrong with an object, as (path, reason): what a workspace itself forbids."""


class Looked(msgspec.Struct, frozen=True):
    """What could be read of a set of files, and everything that could not.

    `broken` are the names of documents that are there and refused.
    """

    documents: Documents
    faults: tuple[DocumentRefused, ...] = ()
    broken: frozenset[str] = frozenset()


def read_documents(files: Sequence[tuple[str, str]], judge: Judge = lambda value: ()) -> Documents:
    """Read (name, text) of YAML files; raises DocumentRefused with all faults.

    >>> found = read_documents([("a.yaml", "{kind: goal, key: won, when: 'event == \\"Won\\"'}")])
    >>> found.objects[0].name, found.objects[0].value.window_days
    ('goal won', 30)
    """
    looked = look_through(files, judge)
    if looked.faults:
        raise refused_together(looked.faults)
    return looked.documents


def look_through(files: Sequence[tuple[str, str]], judge: Judge = lambda value: ()) -> Looked:
    """Read (name, text) of YAML files, which may be JSON, with every fault in every document."""
    found: list[Described | Loose] = []
    refused: list[DocumentRefused] = []
    broken: set[str] = set()
    for name, text in files:
        try:
            trees = read_yaml(name, text)
        except DocumentRefused as error:
            refused.append(error)
            continue
        for tree in trees:
            one = _read(name, tree, judge)
            if isinstance(one, list):
                refused += [DocumentRefused(name, tree.line(path), told) for path, told in one]
                broken.add(_said_name(tree))
            else:
                found.append(one)
    refused += _twins(found)
    objects = tuple(one for one in found if isinstance(one, Described))
    loose = tuple(one for one in found if isinstance(one, Loose))
    return Looked(Documents(objects, loose), tuple(refused), frozenset(broken))


def _said_name(tree: Tree) -> str:
    fields = tree.value if isinstance(tree.value, dict) else {}
    return f"{fields.get('kind', '')} {fields.get('key', '')}"


def _read(name: str, tree: Tree, judge: Judge) -> Described | Loose | list[Fault]:
    if not isinstance(tree.value, dict):
        return [("", wrong("no_fields"))]
    fields = tree.value
    kind = fields.get("kind")
    known = [*KINDS, *LOOSE_KINDS]
    if not isinstance(kind, str):
        return [(".kind", wrong("no_kind", hint=suggest("", known)))]
    if kind not in known:
        return [(".kind", wrong("unknown_kind", kind=kind, hint=suggest(kind, known)))]
    if "deleted" in fields:
        return _deleted(name, tree, kind, fields)
    if kind in LOOSE_KINDS:
        return _loose(name, tree, kind, fields)
    value = shaped(kind, KINDS[kind].type, {k: v for k, v in fields.items() if k != "kind"})
    if isinstance(value, list):
        return value
    found = [*faults(value), *judge(value)]
    return found or Described(kind, _key_of(kind, value), value, name, tree.line(""), tree.lines)


def _deleted(name: str, tree: Tree, kind: str, fields: JsonObject) -> Described | list[Fault]:
    keyed = [one for one in KINDS if not KINDS[one].single]
    if kind not in keyed:
        return [(".deleted", wrong("not_deletable", kind=kind, kinds=", ".join(keyed)))]
    asked = ("message", "key") if kind == "variant" else ("key",)
    texts = [fields.get(field) for field in asked]
    if fields["deleted"] is not True or set(fields) - {"kind", "deleted", *asked}:
        return [(".deleted", wrong("delete_only", kind=kind, fields=", ".join(asked)))]
    if not all(isinstance(text, str) for text in texts):
        return [("", wrong("delete_needs", kind=kind, fields=", ".join(asked)))]
    key = "/".join(map(str, texts))
    return Described(kind, key, Deleted(), name, tree.line(""), tree.lines)


def _loose(name: str, tree: Tree, kind: str, fields: JsonObject) -> Loose | list[Fault]:
    key = fields.get("key")
    if key is None and kind == "mapping":
        return Loose(kind, "", fields, name, tree.line(""))  # whoever compiles it asks for one
    if not isinstance(key, str):
        return [("", wrong("needs_text", kind=kind, field="key"))]
    return [*key_faults(".key", key)] or Loose(kind, key, fields, name, tree.line(""))


def _key_of(kind: str, value: Object) -> str:
    if KINDS[kind].single:
        return ""
    key = str(getattr(value, "key", ""))
    return f"{value.message}/{key}" if isinstance(value, LooseVariant) else key


def _twins(objects: Sequence[Described | Loose]) -> Iterator[DocumentRefused]:
    seen: dict[str, Described | Loose] = {}
    for found in objects:
        first = seen.setdefault(found.name, found)
        if first is not found:
            fault = wrong("twin", name=found.name, file=first.file, line=str(first.line))
            yield DocumentRefused(found.file, found.line, fault)
