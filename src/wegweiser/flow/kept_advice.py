"""Verdicts written down as they were, so that they can be held against later ones."""

import hashlib

import msgspec

from wegweiser.flow.tables import ADVICE
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.advice import KeptAdvice
from wegweiser.terms.result import Answer


def keep_verdicts(store: OperationalStore, found: Answer, options: dict[str, str]) -> int:
    """Write the advice of an answer of `verdicts` down; give how many were kept."""
    asked = hashlib.sha256(msgspec.json.encode(found.question, order="sorted")).hexdigest()
    told = {
        "at": found.as_of,
        "by": options.get("by", "message"),
        "options": options,
        "question": asked,
    }
    rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    kept = [msgspec.convert({**row, **told}, KeptAdvice) for row in rows]
    store.commit([Change(ADVICE, _key(one), msgspec.json.encode(one)) for one in kept])
    return len(kept)


def kept_verdicts(store: OperationalStore) -> list[KeptAdvice]:
    """Read all kept advice, the oldest first."""
    return [msgspec.json.decode(value, type=KeptAdvice) for _, value in store.scan(ADVICE)]


def _key(one: KeptAdvice) -> bytes:
    return f"{one.at:015}|{one.by}|{one.thing}|{one.options.get('goal', '')}".encode()
