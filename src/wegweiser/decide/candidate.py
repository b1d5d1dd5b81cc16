"""Candidates: every message in every variant, in one fixed order, with live dates and locale."""

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.terms.message import Message, Variant
from wegweiser.terms.policy import Bundle

Mask = NDArray[np.bool_]
Indexes = NDArray[np.intp]

NOTHING = 65_535


class Candidate(msgspec.Struct, frozen=True):
    """A message in one variant; `content_ref` is the SHA-256 of the content's canonical JSON."""

    message: Message
    variant: Variant
    content_ref: str

    @property
    def id(self) -> str:
        """The id "message/variant" by which candidates are sorted."""
        return f"{self.message.key}/{self.variant.key}"


def candidates(bundle: Bundle) -> tuple[Candidate, ...]:
    """List all candidates of a bundle in ascending order of their ids."""
    found = [
        Candidate(message, variant, _content_ref(variant))
        for message in bundle.messages
        for variant in message.variants
    ]
    return tuple(sorted(found, key=lambda candidate: candidate.id))


def _content_ref(variant: Variant) -> str:
    text = msgspec.json.encode(variant.content, order="sorted")
    return f"sha256:{hashlib.sha256(text).hexdigest()}"


def locale_ranks(locales: Sequence[str], wanted: str) -> NDArray[np.int8]:
    """Rank locales for a wanted one: 3 exact, 2 same language, 1 default, 0 another language.

    Without a wanted locale the default is best and any other will do.

    >>> locale_ranks(["de-DE", "de", "", "en"], "de-DE").tolist()
    [3, 2, 1, 0]
    >>> locale_ranks(["de", ""], "").tolist()
    [1, 3]
    """
    exact = wanted.replace("_", "-").lower()
    language = exact.split("-")[0]
    ranks = {exact: 3, "": 3 if not exact else 1}
    other = 0 if exact else 1
    return np.array(
        [
            ranks.get(text, 2 if exact and text == language else other)
            for text in (locale.replace("_", "-").lower() for locale in locales)
        ],
        dtype=np.int8,
    )


def best_locale(ranks: NDArray[np.int8], messages: Indexes, message_count: int) -> Mask:
    """Keep of every message the variants with its best rank above 0.

    >>> best_locale(np.array([3, 1, 0], np.int8), np.array([0, 0, 1]), 2).tolist()
    [True, False, False]
    """
    best = np.zeros(message_count, dtype=np.int8)
    np.maximum.at(best, messages, ranks)
    return np.asarray((ranks > 0) & (ranks == best[messages]))


def pack(indexes: Indexes) -> bytes:
    """Write candidate indexes as little-endian uint16, as records keep them."""
    return indexes.astype("<u2").tobytes()


def unpack(packed: bytes) -> list[int]:
    """Read packed candidate indexes.

    >>> unpack(pack(np.array([1, 258])))
    [1, 258]
    """
    return [int(index) for index in np.frombuffer(packed, dtype="<u2")]
