"""The proof of a user id: a hash that only the company's own server could have made."""

import hashlib
import hmac
from collections.abc import Sequence

import msgspec

from wegweiser.terms.json import Json

# The fold reads these flags; senders cannot set them.
PROVEN = "proof_ok"
NOT_PROVEN, WRONGLY_PROVEN, TOO_LATE = "proof_none", "proof_bad", "proof_expired"


class Stated(msgspec.Struct, frozen=True):
    """What a context gives as proof: `userHash`, and `userHashExp` in Unix seconds or nothing."""

    user_hash: Json = None
    expires: Json = None


def user_hash(secret: str, user_id: str, expires: int | None = None) -> str:
    """Give HMAC-SHA256 of a user id in hex, as a server puts it into its pages.

    With `expires`, in Unix seconds, the hash is of the user id, a line break and that number.

    >>> user_hash("wgw_uh_example", "u-42")[:16]
    '1c8702593e210535'
    """
    message = user_id if expires is None else f"{user_id}\n{expires}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def is_proven(stated: Stated, user_id: str, secrets: Sequence[str]) -> bool:
    """Tell whether a hash was made of the user id with one of the secrets; never without any.

    >>> is_proven(Stated(user_hash("s", "u-42").upper()), "u-42", ["new", "s"])
    True
    >>> is_proven(Stated(user_hash("s", "u-42", 60), 60), "u-42", ["s"])
    True
    >>> is_proven(Stated(user_hash("s", "u-42", 60), 61), "u-42", ["s"])
    False
    """
    expires = stated.expires
    if not user_id or not isinstance(stated.user_hash, str):
        return False
    if expires is not None and (isinstance(expires, bool) or not isinstance(expires, int)):
        return False
    given = stated.user_hash.strip().lower().encode()
    # All are compared, so that the time tells nothing of which one it was.
    made = [user_hash(secret, user_id, expires).encode() for secret in secrets]
    same = [hmac.compare_digest(given, one) for one in made]
    return any(same)


def proof_flags(
    stated: Stated, user_id: str, secrets: Sequence[str], public: bool, at: int
) -> tuple[str, ...]:
    """Give the flag of what became of the proof of a user id at a moment (ms).

    There is none where nobody asks for a proof.

    >>> proof_flags(Stated(), "u-42", ["s"], True, 0)
    ('proof_none',)
    >>> proof_flags(Stated("5e"), "u-42", ["s"], True, 0)
    ('proof_bad',)
    >>> proof_flags(Stated(user_hash("s", "u-42", 60), 60), "u-42", ["s"], True, 60_001)
    ('proof_expired',)
    >>> proof_flags(Stated(), "u-42", [], True, 0), proof_flags(Stated(), "u-42", ["s"], False, 0)
    ((), ())
    """
    if not secrets or not user_id:
        return ()
    late = isinstance(stated.expires, int) and at > stated.expires * 1000
    proven = stated.user_hash is not None and is_proven(stated, user_id, secrets)
    if proven and not late:
        return (PROVEN,)
    if not public:
        return ()
    if stated.user_hash is None:
        return (NOT_PROVEN,)
    return (TOO_LATE if proven else WRONGLY_PROVEN,)
