"""Products bought: what the orders of a day name, by product."""

from collections.abc import Iterable, Mapping

import msgspec

from wegweiser.terms.event import Event
from wegweiser.terms.json import Json, JsonObject

ORDERS = frozenset({"Order Completed"})
LONGEST_ID = 100
LONGEST_NAME = 200
MOST_IN_ORDER = 100
MOST_QUANTITY = 1_000_000
_IDS = ("product_id", "productId", "sku", "id", "name")


class Bought(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One product: first and last order (ms), how often it was ordered, and its newest name."""

    first_at: int
    last_at: int
    quantity: int
    message_id: str
    name: str


def note_products(held: dict[str, Bought], event: Event) -> None:
    """Note the products of an order, in place.

    >>> held = {}
    >>> goods = [{"product_id": "p-1", "name": "Lamp", "quantity": 2}]
    >>> note_products(held, Event(type="track", message_id="m", at=5,
    ...                           properties={"products": goods}))
    >>> held["p-1"].quantity, held["p-1"].name
    (2, 'Lamp')
    """
    for product in _products_of(event.properties):
        product_id = _id_of(product)
        if product_id:
            name = product.get("name")
            text = name[:LONGEST_NAME] if isinstance(name, str) else ""
            new = Bought(event.at, event.at, _quantity_of(product), event.message_id, text)
            old = held.get(product_id)
            held[product_id] = new if old is None else _together(old, new)


def merge_bought(a: Mapping[str, Bought], b: Mapping[str, Bought]) -> dict[str, Bought]:
    """Give what both hold together."""
    merged = dict(a)
    for product_id, new in b.items():
        old = merged.get(product_id)
        merged[product_id] = new if old is None else _together(old, new)
    return merged


def _together(a: Bought, b: Bought) -> Bought:
    newer = max(a, b, key=lambda one: (one.last_at, one.message_id, one.name))
    return Bought(
        min(a.first_at, b.first_at),
        newer.last_at,
        a.quantity + b.quantity,
        newer.message_id,
        newer.name,
    )


def _products_of(properties: JsonObject) -> Iterable[JsonObject]:
    many = properties.get("products")
    if isinstance(many, list):
        return (one for one in many[:MOST_IN_ORDER] if isinstance(one, dict))
    return (properties,) if _id_of(properties, _IDS[:3]) else ()


def _id_of(product: JsonObject, names: tuple[str, ...] = _IDS) -> str:
    for name in names:
        found: Json = product.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()[:LONGEST_ID]
        if isinstance(found, int) and not isinstance(found, bool):
            return str(found)[:LONGEST_ID] if abs(found) < 1 << 63 else ""
    return ""


def _quantity_of(product: JsonObject) -> int:
    stated = product.get("quantity")
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return 1
    return round(stated) if 0 <= stated <= MOST_QUANTITY else 1
