"""The published set of rules: merging documents into it, its identity, its cross references."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import msgspec

from wegweiser.decide.kind import ConsentMap, Described, LooseVariant, suggest
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.message import Message, Variant
from wegweiser.terms.policy import Arms, Bundle, Exploration

MAXIMUM_VARIANTS = 65_000

_FIELD_OF_KIND = {
    "message": "messages",
    "placement": "placements",
    "goal": "goals",
    "cap": "caps",
    "endpoint": "endpoints",
}


class Merged(msgspec.Struct, frozen=True):
    """A bundle after applying objects; each of these has its name in one of three lists."""

    bundle: Bundle
    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def bundle_id(bundle: Bundle) -> str:
    """Name a bundle: 12 hex digits of the SHA-256 of its canonical JSON, then # and its number.

    The number is not hashed, so publishing an old bundle again shows the old digits.

    >>> bundle_id(Bundle(number=3)).split("#")[1]
    '3'
    >>> bundle_id(Bundle(number=3))[:12] == bundle_id(Bundle(number=4))[:12]
    True
    """
    plain = msgspec.to_builtins(msgspec.structs.replace(bundle, number=0))
    text = msgspec.json.encode(plain, order="sorted")
    return f"{hashlib.sha256(text).hexdigest()[:12]}#{bundle.number}"


def merge(bundle: Bundle, objects: Sequence[Described]) -> Merged:
    """Apply objects to a bundle, all or nothing; its number rises by one if anything changed.

    Raises DocumentRefused or InputRefused where a reference leads nowhere.
    """
    merger = _Merger(bundle, objects)
    for found in sorted(objects, key=lambda found: found.kind == "variant"):
        merger.apply(found)
    new = merger.bundle()
    if merger.created or merger.changed:
        new = msgspec.structs.replace(new, number=bundle.number + 1)
    check(new, objects)
    return Merged(new, tuple(merger.created), tuple(merger.changed), tuple(merger.unchanged))


class _Merger:
    def __init__(self, bundle: Bundle, objects: Sequence[Described]) -> None:
        self.old = bundle
        self.loose: dict[str, list[Variant]] = {}
        for found in objects:
            if isinstance(found.value, LooseVariant):
                self.loose.setdefault(found.value.message, []).append(_bound(found.value))
        self.parts: dict[str, dict[str, msgspec.Struct]] = {
            field: {part.key: part for part in getattr(bundle, field)}
            for field in _FIELD_OF_KIND.values()
        }
        self.published = {message.key: message.variants for message in bundle.messages}
        self.single: dict[str, object] = {}
        self.created: list[str] = []
        self.changed: list[str] = []
        self.unchanged: list[str] = []

    def apply(self, found: Described) -> None:
        if found.kind == "variant":
            self._variant(found, cast(LooseVariant, found.value))
        elif found.kind in _FIELD_OF_KIND:
            parts = self.parts[_FIELD_OF_KIND[found.kind]]
            value: msgspec.Struct = found.value
            if found.kind == "message":
                value = self._with_all_variants(cast(Message, value))
            self._note(found.name, parts.get(found.key), value, None)
            parts[found.key] = value
        else:
            self._single(found)

    def _note(self, name: str, old: object, new: object, nothing: object) -> None:
        if old == new:
            self.unchanged.append(name)
        elif old == nothing:
            self.created.append(name)
        else:
            self.changed.append(name)

    def _with_all_variants(self, message: Message) -> Message:
        variants = (*message.variants, *self.loose.get(message.key, ()))
        old = self.parts["messages"].get(message.key)
        if not variants and isinstance(old, Message):
            variants = old.variants
        return msgspec.structs.replace(message, variants=_in_order(variants))

    def _variant(self, found: Described, loose: LooseVariant) -> None:
        message = self.parts["messages"].get(loose.message)
        if not isinstance(message, Message):
            hint = suggest(loose.message, sorted(self.parts["messages"]))
            reason = f"message {loose.message} does not exist; {hint}"
            raise DocumentRefused(found.file, found.line, reason)
        variant = _bound(loose)
        before = {part.key: part for part in self.published.get(loose.message, ())}
        self._note(found.name, before.get(variant.key), variant, None)
        now = {part.key: part for part in message.variants}
        variants = _in_order({**now, variant.key: variant}.values())
        self.parts["messages"][message.key] = msgspec.structs.replace(message, variants=variants)

    def _single(self, found: Described) -> None:
        value: object = found.value
        if isinstance(value, ConsentMap):
            value = dict(value.channels)
        nothing = {"arms": Arms(), "exploration": Exploration(), "consent": {}}[found.kind]
        self._note(found.name, getattr(self.old, found.kind), value, nothing)
        self.single[found.kind] = value

    def bundle(self) -> Bundle:
        """The parts in the order of their keys, so that the order of files does not matter."""
        fields = {
            field: tuple(part for _, part in sorted(parts.items()))
            for field, parts in self.parts.items()
        }
        return msgspec.structs.replace(self.old, **fields, **self.single)


def _bound(loose: LooseVariant) -> Variant:
    return Variant(**{name: getattr(loose, name) for name in Variant.__struct_fields__})


def _in_order(variants: Iterable[Variant]) -> tuple[Variant, ...]:
    return tuple(sorted(variants, key=lambda variant: variant.key))


def check(bundle: Bundle, objects: Sequence[Described] = ()) -> tuple[str, ...]:
    """Follow all cross references; give warnings in words.

    Raises DocumentRefused with file and line where the faulty object is among `objects`, else
    InputRefused.
    """
    where = {found.name: found for found in objects}
    for name, reason in _faults(bundle):
        if name in where:
            raise DocumentRefused(where[name].file, where[name].line, f"{name}: {reason}")
        raise InputRefused("bad_bundle", f"{name}: {reason}", 422)
    return tuple(_warnings(bundle))


def _faults(bundle: Bundle) -> Iterator[tuple[str, str]]:
    goals = sorted(goal.key for goal in bundle.goals)
    messages = {message.key: message for message in bundle.messages}
    for message in bundle.messages:
        if message.goal and message.goal not in goals:
            hint = suggest(message.goal, goals) if goals else "there are no goals yet"
            yield f"message {message.key}", f"goal {message.goal} does not exist; {hint}"
        if not message.variants:
            yield f"message {message.key}", "it has no variant; give at least one with a channel"
    for placement in bundle.placements:
        fallback = messages.get(placement.fallback)
        if placement.fallback and fallback is None:
            hint = suggest(placement.fallback, sorted(messages)) if messages else "no messages yet"
            reason = f"fallback {placement.fallback} does not exist; {hint}"
            yield f"placement {placement.key}", reason
        if fallback and placement.channel not in {part.channel for part in fallback.variants}:
            reason = f"fallback {fallback.key} has no variant for channel {placement.channel}"
            yield f"placement {placement.key}", reason
    if sum(len(message.variants) for message in bundle.messages) > MAXIMUM_VARIANTS:
        yield "bundle", f"more than {MAXIMUM_VARIANTS} variants; take old messages out"


def _warnings(bundle: Bundle) -> Iterator[str]:
    channels = {part.channel for message in bundle.messages for part in message.variants}
    for placement in bundle.placements:
        if placement.channel not in channels:
            yield f"placement {placement.key}: no message has a variant for {placement.channel}"
