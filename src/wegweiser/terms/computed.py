"""Computed traits as people declare them: a figure over somebody's events."""

from hashlib import blake2b
from typing import Literal

import msgspec

from wegweiser.terms.json import Json
from wegweiser.terms.reserved_traits import Of

ComputedKind = Literal["count", "sum", "min", "max", "first", "last", "most_frequent", "unique"]
# Windows end where cells lose their day.
LONGEST_WINDOW_DAYS = 400


class ComputedTrait(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A declared figure: what `type` makes of a property in the events that are meant.

    `event` is the shown name of the events, `when` a condition on one of them in CEL, `path`
    leads to the property ("revenue", "product.name"). `window_days` counts UTC days up to the
    moment of reading, None all of them. One that is `off` is neither gathered nor told; its state
    stays.
    """

    key: str
    event: str
    type: ComputedKind = "count"
    of: Of = "person"
    path: str = msgspec.field(default="", name="property")
    when: str = ""
    window_days: int | None = None
    name: str = ""
    description: str = ""
    off: bool = False

    @property
    def state(self) -> str:
        """The name of the state in the cells: traits that gather the same share one.

        >>> a = ComputedTrait(key="a", event="Order Completed", window_days=30)
        >>> a.state == ComputedTrait(key="b", event="Order Completed", of="account").state
        True
        """
        told = "\x1f".join((self.type, self.event, self.path, self.when))
        return blake2b(told.encode(), digest_size=8).hexdigest()


class ComputedValue(msgspec.Struct, frozen=True):
    """A value as it is read: since when it counts (ms, None from the beginning), and if it is sure.

    `exact` is false for an estimated number of distinct values, and for a most frequent value
    among more values than are counted one by one.
    """

    key: str
    value: Json
    since: int | None = None
    exact: bool = True
