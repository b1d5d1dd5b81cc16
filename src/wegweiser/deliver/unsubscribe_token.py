"""Signs the link with which the reader of a mail is rid of more, and reads it again."""

import base64
import binascii
import hashlib
import hmac

import msgspec

from wegweiser.terms.instant import DAY_MS

# Whoever finds an old mail must still get out.
VALID_MS = 730 * DAY_MS
_MARK_BYTES = 16


class WayOut(msgspec.Struct, frozen=True, array_like=True):
    """What a link withdraws; `expires_at` in ms.

    Where the message has a topic, it is that at the address of the `mark`, a keyed hash; else the
    purpose of one item of a decision. It names nobody: a link that is passed on tells nothing.
    """

    decision_id: str
    index: int
    purpose: str
    expires_at: int
    topic: str = ""
    mark: str = ""


def write_token(way_out: WayOut, key: bytes) -> str:
    """Write a link's token, which nobody without the key can make.

    >>> token = write_token(WayOut("dec_1", 0, "email", 5), bytes(32))
    >>> read_token(token, bytes(32), now=4).purpose
    'email'
    >>> read_token(token, bytes(32), now=6) is None
    True
    """
    said = msgspec.json.encode(way_out)
    return base64.urlsafe_b64encode(_mark(said, key) + said).decode().rstrip("=")


def read_token(token: str, key: bytes, now: int) -> WayOut | None:
    """Read a token; None for one that we did not write, or that has expired at `now` (ms)."""
    try:
        whole = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    mark, said = whole[:_MARK_BYTES], whole[_MARK_BYTES:]
    if not hmac.compare_digest(mark, _mark(said, key)):
        return None
    way_out = msgspec.json.decode(said, type=WayOut)
    return way_out if now <= way_out.expires_at else None


def _mark(said: bytes, key: bytes) -> bytes:
    return hmac.new(key, b"unsubscribe\0" + said, hashlib.sha256).digest()[:_MARK_BYTES]
