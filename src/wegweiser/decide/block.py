"""One thing that keeps candidates from a contact, and which candidates of a shelf it keeps."""

from weakref import WeakKeyDictionary

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.decide.candidate import Mask
from wegweiser.decide.policy import Shelf
from wegweiser.terms.message import Message

_values: "WeakKeyDictionary[Shelf, NDArray[np.float64]]" = WeakKeyDictionary()
_required: "WeakKeyDictionary[Shelf, tuple[Mask, Mask]]" = WeakKeyDictionary()


class Block(msgspec.Struct, frozen=True):
    """A reason why candidates fall; `until` is when it ends by itself (ms), None if it does not.

    `level` is its place in the order of precedence, 1 to 8. It keeps the variants of `message` or
    all of `topic`, or all; but not classes in `exempt`, nor messages worth `below` and more
    where that is above 0. `spares` are "urgent" or "required" messages, `account` is the group id
    of the account whose rule it is.
    """

    reason: str
    level: int
    until: int | None = None
    message: str | None = None
    topics: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    below: float = 0.0
    spares: str = ""
    detail: str = ""
    account: str = ""


def keeps(block: Block, message: Message) -> bool:
    """Tell whether a block keeps one message back, as `kept_by` does for a whole shelf.

    >>> from wegweiser.terms.message import Variant
    >>> tour = Message("tour", (Variant("en", "web"),), topic="product")
    >>> keeps(Block("x", 7, topics=("product",)), tour), keeps(Block("x", 7, message="a"), tour)
    (True, False)
    """
    kind = "service" if message.service else "normal"
    if kind in block.exempt or (block.classes and kind not in block.classes):
        return False
    if block.message is not None and message.key != block.message:
        return False
    if block.messages and message.key not in block.messages:
        return False
    if block.topics and message.topic not in block.topics:
        return False
    if block.below > 0 and message.value >= block.below:
        return False
    spared = {"urgent": message.service and message.urgent, "required": message.legally_required}
    return not spared.get(block.spares, False)


def kept_by(block: Block, shelf: Shelf) -> Mask:
    """Tell which candidates of a shelf a block keeps back."""
    hit = np.ones(len(shelf.candidates), dtype=bool)
    if block.message is not None:
        hit &= shelf.of_message(block.message)
    if block.messages:
        hit &= np.logical_or.reduce([shelf.of_message(key) for key in block.messages])
    if block.topics:
        hit &= _of_topics(shelf, block.topics)
    if block.classes and len(set(block.classes)) == 1:
        hit &= shelf.service if "service" in block.classes else ~shelf.service
    if "service" in block.exempt:
        hit &= ~shelf.service
    if "normal" in block.exempt:
        hit &= shelf.service
    if block.below > 0:
        hit &= _values_of(shelf) < block.below
    if block.spares:
        hit &= ~_spared(shelf, block.spares)
    return hit


def _of_topics(shelf: Shelf, topics: tuple[str, ...]) -> Mask:
    places = [index for index, topic in enumerate(shelf.topics) if topic in topics]
    return np.asarray(np.isin(shelf.topic, places))


def _values_of(shelf: Shelf) -> NDArray[np.float64]:
    if shelf not in _values:
        _values[shelf] = np.array([part.message.value for part in shelf.candidates])
    return _values[shelf]


def _spared(shelf: Shelf, which: str) -> Mask:
    if shelf not in _required:
        messages = [part.message for part in shelf.candidates]
        urgent = np.array([part.service and part.urgent for part in messages], dtype=bool)
        required = np.array([part.legally_required for part in messages], dtype=bool)
        _required[shelf] = (urgent, required)
    return _required[shelf][0 if which == "urgent" else 1]
