"""Verifying a receipt of an erasure with nothing but the receipt and a public key."""

import msgspec

from wegweiser.flow.erasure_receipt import Receipt
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject


def verified(text: bytes, public_key: bytes) -> JsonObject:
    """Tell whether a receipt (JSON, or the answer of `forget` that holds it) is unchanged.

    Raises InputRefused for what is no receipt, or no Ed25519 key in PEM.
    """
    receipt = _read(text)
    intact = receipt.is_intact(public_key)
    return {"request_id": receipt.request_id, "intact": intact, "key_id": receipt.key_id}


def _read(text: bytes) -> Receipt:
    try:
        document = msgspec.json.decode(text, type=JsonObject)
        inner = document.get("receipt")
        return msgspec.convert(inner if isinstance(inner, dict) else document, Receipt)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputRefused("bad_receipt", f"This is no receipt: {error}.", 422) from error
