"""The published set of rules: its identity, and merging documents into it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec

from wegweiser.decide.bundle_check import bundle_faults, bundle_warnings
from wegweiser.decide.canonical import canonical
from wegweiser.decide.holdout import ALWAYS_ON
from wegweiser.decide.kind import (
    KEYED,
    SINGLE,
    ConsentMap,
    Deleted,
    Described,
    LooseVariant,
    missing,
)
from wegweiser.terms.errors import DocumentRefused, InputRefused, refused_together
from wegweiser.terms.message import Message, Variant
from wegweiser.terms.policy import Bundle
from wegweiser.terms.wrong import Wrong, wrong

# What may change of a variant that was published: everything else is its content.
_MUTABLE = {"cost"}
Published = Mapping[tuple[str, str], Variant]


class Merged(msgspec.Struct, frozen=True):
    """A bundle after applying objects; each of these has its name in one of four lists."""

    bundle: Bundle
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    warnings: tuple[Wrong, ...] = ()

    @property
    def is_new(self) -> bool:
        """True where something was created, changed or taken out."""
        return bool(self.created or self.changed or self.removed)


def bundle_digest(bundle: Bundle) -> str:
    """Give the SHA-256 of a bundle's canonical JSON as 64 hex digits; its number is not hashed.

    >>> bundle_digest(Bundle(number=3)) == bundle_digest(Bundle(number=4))
    True
    """
    plain = canonical(msgspec.structs.replace(bundle, number=0))
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


def bundle_id(bundle: Bundle) -> str:
    """Name a bundle: 12 hex digits of its digest, then # and its number.

    Publishing an old bundle again shows the old digits.

    >>> bundle_id(Bundle(number=3)).split("#")[1]
    '3'
    """
    return f"{bundle_digest(bundle)[:12]}#{bundle.number}"


def merge(
    bundle: Bundle,
    objects: Sequence[Described],
    published: Published | None = None,
    prune: bool = False,
) -> Merged:
    """Apply objects to a bundle, all or nothing; its number rises by one if anything changed.

    `published` are variants of earlier bundles by message and key; `prune` takes out whatever is
    not among the objects. Raises DocumentRefused with all faults, or InputRefused where one lies
    in no document.
    """
    merged, faults = lay_together(bundle, objects, published, prune)
    if documents := [one for one in faults if isinstance(one, DocumentRefused)]:
        raise refused_together(documents)
    if faults:
        raise faults[0]
    return merged


def lay_together(
    bundle: Bundle,
    objects: Sequence[Described],
    published: Published | None = None,
    prune: bool = False,
    broken: frozenset[str] = frozenset(),
) -> tuple[Merged, list[InputRefused]]:
    """Apply objects as `merge` does, but give all faults instead of raising.

    What only misses one of the `broken` names is no fault: that object is refused already.
    """
    merger = _Merger(bundle, objects, published or {}, prune)
    for found in sorted(objects, key=lambda found: found.kind == "variant"):
        loose = found.value.message if isinstance(found.value, LooseVariant) else ""
        if f"message {loose}" not in broken:
            merger.apply(found)
    new = merger.bundle()
    if not bundle.number and "arms" not in merger.single:
        new = msgspec.structs.replace(new, arms=ALWAYS_ON)
    removed = (*merger.removed, *merger.pruned(objects))
    if merger.created or merger.changed or removed:
        new = msgspec.structs.replace(new, number=bundle.number + 1)
    faults = [*merger.faults, *_placed(new, objects, broken)]
    names = (tuple(merger.created), tuple(merger.changed), tuple(merger.unchanged))
    return Merged(new, *names, removed, tuple(bundle_warnings(new))), faults


def check(bundle: Bundle, objects: Sequence[Described] = ()) -> tuple[Wrong, ...]:
    """Follow all cross references; give warnings.

    Raises DocumentRefused with file and line where the faulty object is among `objects`, else
    InputRefused.
    """
    for fault in _placed(bundle, objects):
        raise fault
    return tuple(bundle_warnings(bundle))


def _placed(
    bundle: Bundle, objects: Sequence[Described], broken: frozenset[str] = frozenset()
) -> list[InputRefused]:
    """Give the faults of a bundle, each at the document that it stands in or that caused it."""
    where = {found.name: found for found in objects}
    found: list[InputRefused] = []
    for fault in bundle_faults(bundle):
        if fault.cause in broken:
            continue
        told = wrong("at_start", name=fault.name, reason=fault.reason)
        place = where.get(fault.name) or where.get(fault.cause)
        if place is None:
            found.append(InputRefused("bad_bundle", told, 422))
        else:
            line = place.lines.get(fault.path, place.line) if place.name == fault.name else 0
            found.append(DocumentRefused(place.file, line or place.line, told))
    return found


class _Merger:
    def __init__(
        self, bundle: Bundle, objects: Sequence[Described], published: Published, prune: bool
    ) -> None:
        self.old = bundle
        self.loose: dict[str, list[Variant]] = {}
        for found in objects:
            if isinstance(found.value, LooseVariant):
                self.loose.setdefault(found.value.message, []).append(_bound(found.value))
        self.before: dict[str, dict[str, msgspec.Struct]] = {
            field: {part.key: part for part in getattr(bundle, field)} for field in KEYED.values()
        }
        kept = Bundle() if prune else bundle
        self.parts: dict[str, dict[str, msgspec.Struct]] = {
            field: {part.key: part for part in getattr(kept, field)} for field in KEYED.values()
        }
        self.published = dict(published) | {
            (message.key, variant.key): variant
            for message in bundle.messages
            for variant in message.variants
        }
        self.single: dict[str, object] = {}
        if prune:
            self.single = {field: getattr(Bundle(), field) for field in SINGLE.values()}
            self.single["arms"] = ALWAYS_ON
        self.created: list[str] = []
        self.changed: list[str] = []
        self.unchanged: list[str] = []
        self.removed: list[str] = []
        self.faults: list[InputRefused] = []

    def apply(self, found: Described) -> None:
        if isinstance(found.value, Deleted):
            self._remove(found)
        elif found.kind == "variant":
            self._variant(found, cast(LooseVariant, found.value))
        elif found.kind in KEYED:
            field, value = KEYED[found.kind], found.value
            if isinstance(value, Message):
                value = self._with_all_variants(value)
                self._refuse_changed_content(found, value.key, value.variants)
            self._note(found.name, self.before[field].get(found.key), value, None)
            self.parts[field][found.key] = value
        else:
            self._single(found)

    def _note(self, name: str, old: object, new: object, nothing: object) -> None:
        if old == new:
            self.unchanged.append(name)
        elif old == nothing:
            self.created.append(name)
        else:
            self.changed.append(name)

    def _remove(self, found: Described) -> None:
        if found.kind != "variant":
            gone = self.parts[KEYED[found.kind]].pop(found.key, None)
        else:
            key, _, variant_key = found.key.partition("/")
            message = self.parts["messages"].get(key)
            gone = None
            if isinstance(message, Message):
                rest = tuple(part for part in message.variants if part.key != variant_key)
                gone = message if len(rest) < len(message.variants) else None
                self.parts["messages"][key] = msgspec.structs.replace(message, variants=rest)
        (self.unchanged if gone is None else self.removed).append(found.name)

    def pruned(self, objects: Sequence[Described]) -> list[str]:
        """Name what was there and is no more though no document says so."""
        kinds = {field: kind for kind, field in KEYED.items()}
        named = {one.name for one in objects}
        names = [
            f"{kinds[field]} {key}"
            for field, parts in self.before.items()
            for key in parts
            if key not in self.parts[field] and f"{kinds[field]} {key}" not in named
        ]
        stated = {one.kind for one in objects}
        names += [
            kind
            for kind, field in SINGLE.items()
            if kind not in stated
            and field in self.single
            and self.single[field] != getattr(self.old, field)
        ]
        return names

    def _with_all_variants(self, message: Message) -> Message:
        variants = (*message.variants, *self.loose.get(message.key, ()))
        old = self.before["messages"].get(message.key)
        if not variants and isinstance(old, Message):
            variants = old.variants
        return msgspec.structs.replace(message, variants=_in_order(variants))

    def _variant(self, found: Described, loose: LooseVariant) -> None:
        message = self.parts["messages"].get(loose.message)
        if not isinstance(message, Message):
            known = sorted(self.parts["messages"])
            self._refuse(found, ".message", missing("message", loose.message, known))
            return
        variant = _bound(loose)
        old = self.before["messages"].get(loose.message)
        before = {part.key: part for part in old.variants} if isinstance(old, Message) else {}
        self._note(found.name, before.get(variant.key), variant, None)
        self._refuse_changed_content(found, loose.message, [variant])
        now = {part.key: part for part in message.variants}
        variants = _in_order({**now, variant.key: variant}.values())
        self.parts["messages"][message.key] = msgspec.structs.replace(message, variants=variants)

    def _refuse_changed_content(
        self, found: Described, message: str, variants: Iterable[Variant]
    ) -> None:
        stated = [one.key for one in getattr(found.value, "variants", ())]
        for variant in variants:
            old = self.published.get((message, variant.key))
            changed = [] if old is None else changed_content(old, variant)
            if changed and (variant.key in stated or found.kind == "variant"):
                path = f".variants[{stated.index(variant.key)}]" if stated else ""
                self._refuse(found, path, _immutable(message, variant.key, changed))

    def _refuse(self, found: Described, path: str, reason: Wrong) -> None:
        line = found.lines.get(path, found.line)
        self.faults.append(DocumentRefused(found.file, line, reason))

    def _single(self, found: Described) -> None:
        field = SINGLE[found.kind]
        value: object = found.value
        if isinstance(value, ConsentMap):
            value = dict(value.channels)
        old = getattr(self.old, field)
        # A workspace begins with arms of its own, which nobody has written down either.
        built_in = old if old == ALWAYS_ON else getattr(Bundle(), field)
        self._note(found.name, old, value, built_in)
        self.single[field] = value

    def bundle(self) -> Bundle:
        """The parts in the order of their keys, so that the order of files does not matter."""
        fields = {
            field: tuple(part for _, part in sorted(parts.items()))
            for field, parts in self.parts.items()
        }
        return msgspec.structs.replace(self.old, **fields, **self.single)


def changed_content(old: Variant, new: Variant) -> list[str]:
    """Name the fields that make a variant another one than that of the same key.

    >>> changed_content(Variant("a", "web", cost=1.0), Variant("a", "email", cost=2.0))
    ['channel']
    """
    names = [name for name in Variant.__struct_fields__ if name not in _MUTABLE]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _immutable(message: str, key: str, changed: list[str]) -> Wrong:
    fields, variant = ", ".join(changed), f"{message}/{key}"
    return wrong("immutable", fields=fields, variant=variant, next=next_key(key))


def next_key(key: str) -> str:
    """Propose the key of the next version of a variant.

    >>> next_key("de-short"), next_key("de-short-v2")
    ('de-short-v2', 'de-short-v3')
    """
    name, mark, number = key.rpartition("-v")
    return f"{name}-v{int(number) + 1}" if mark and number.isdecimal() else f"{key}-v2"


def _bound(loose: LooseVariant) -> Variant:
    return Variant(**{name: getattr(loose, name) for name in Variant.__struct_fields__})


def _in_order(variants: Iterable[Variant]) -> tuple[Variant, ...]:
    return tuple(sorted(variants, key=lambda variant: variant.key))
