"""A bundle as the YAML documents that make it again: what `apply` reads, key by key."""

import re
from collections.abc import Iterator

import msgspec
import yaml

from wegweiser.decide.canonical import canonical
from wegweiser.decide.holdout import ALWAYS_ON
from wegweiser.decide.kind import KEYED, SINGLE
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Bundle

# Texts that no reader of YAML takes for a number, a date or a truth value.
_PLAIN = re.compile(r"[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)*")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


class _Writer(yaml.SafeDumper):
    """Puts a text into quotes unless it is a plain word."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(writer: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = _PLAIN.fullmatch(text) is not None and text not in _WORDS
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Writer.add_representer(str, _text)


def documents_of(bundle: Bundle) -> dict[str, list[JsonObject]]:
    """Give the documents of a bundle by kind; what says nothing is left out.

    >>> from wegweiser.terms.policy import Arms
    >>> documents_of(Bundle(arms=Arms(nothing=0.1)))["arms"][0]["nothing"]
    0.1
    """
    found: dict[str, list[JsonObject]] = {}
    for kind, field in KEYED.items():
        parts = getattr(bundle, field)
        if parts:
            found[kind] = [_document(kind, part) for part in parts]
    for kind, field in SINGLE.items():
        value = getattr(bundle, field)
        built_in = getattr(Bundle(), field)
        if kind == "arms" and bundle.number:
            # Where no document names arms, applying begins with these.
            built_in = ALWAYS_ON
        if value != built_in:
            found[kind] = [_single(kind, value)]
    return found


def _single(kind: str, value: object) -> JsonObject:
    if isinstance(value, dict):
        return {"kind": kind, "channels": {**value}}
    # All of it is said: what a document leaves out may mean another thing than the term's default.
    assert isinstance(value, msgspec.Struct)
    told: JsonObject = msgspec.to_builtins(msgspec.structs.asdict(value))
    return {"kind": kind, **told}


def _document(kind: str, part: msgspec.Struct) -> JsonObject:
    told = canonical(part)
    for name in ("starts_at", "ends_at"):
        at = told.get(name)
        if kind == "message" and isinstance(at, int):
            told[name] = format_instant(at)
    if rules := getattr(part, "rules", ()):
        # The default of on_unknown hangs on the label, so that it is always said.
        told["rules"] = [
            {"when": one.when, "label": one.label, "on_unknown": one.on_unknown} for one in rules
        ]
    return {"kind": kind, **told}


def written(document: Json) -> str:
    """Write one document as YAML that is read back as the same value."""
    text: str = yaml.dump(
        document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=10_000
    )
    return text


def export(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Yield a file name and its YAML per kind; applying them changes nothing.

    >>> from wegweiser.terms.policy import Cap
    >>> dict(export(Bundle(caps=(Cap("c", 1, 24),))))["cap.yaml"]
    'kind: cap\\nkey: c\\nlimit: 1\\nwindow_hours: 24\\n'
    """
    for kind, documents in documents_of(bundle).items():
        yield f"{kind}.yaml", "---\n".join(map(written, documents))


def lines_of(bundle: Bundle) -> dict[str, list[str]]:
    """Give the YAML lines of every object by its name, for comparing two bundles."""
    return {
        f"{kind} {document.get('key', '')}".strip(): written(document).splitlines()
        for kind, documents in documents_of(bundle).items()
        for document in documents
    }
