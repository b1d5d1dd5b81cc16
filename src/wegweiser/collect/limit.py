"""How much a sender may send, in one place."""

import msgspec

BODY_BYTES_PUBLIC = 512_000
BODY_BYTES_SECRET = 4_194_304
ELEMENTS_PER_BATCH = 5_000
OUTCOMES_PER_CALL = 1_000
DECIDE_BODY_BYTES = 65_536
ELEMENT_BYTES = 32_768
KEYS_PER_ELEMENT = 1_000
TRAITS_PER_CALL = 300
DEPTH = 32
KEY_CHARACTERS = 255
NAME_CHARACTERS = 255
ID_CHARACTERS = 255
MESSAGE_ID_CHARACTERS = 100
ID_INTEGER = 2**53 - 1
INTEGER = 2**63 - 1
INTEGER_DIGITS = 4_300
TOLD_ENTRIES = 100
# What a batch's root says is written into each of its elements; this bounds the product.
REPEATED_BYTES = 8_388_608

# No element this short can hold more keys (each takes 5 bytes) or more bytes (a number grows
# at most eightfold when written out) than is allowed, so that it need not be measured.
SURELY_SMALL_BYTES = 4_096


class Limits(msgspec.Struct, frozen=True):
    """What a workspace may set itself; `retention_days` None keeps events of any age."""

    elements: int = ELEMENTS_PER_BATCH
    retention_days: int | None = None


def body_limit_bytes(public: bool, key_in_header: bool, set_bytes: int | None = None) -> int:
    """Give the largest body, as sent and after inflating, in bytes.

    `set_bytes` is what the source sets for the public keys that stand in a header.

    >>> body_limit_bytes(public=False, key_in_header=True)
    4194304
    """
    if not key_in_header:
        return BODY_BYTES_PUBLIC
    return (set_bytes or BODY_BYTES_PUBLIC) if public else BODY_BYTES_SECRET
