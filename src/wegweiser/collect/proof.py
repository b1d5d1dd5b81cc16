"""The proof of a user id: a hash that only the company's own server could have made."""

import hashlib
import hmac

from wegweiser.terms.json import Json

# The fold reads these flags; senders cannot set them.
PROVEN = "proof_ok"
NOT_PROVEN, WRONGLY_PROVEN = "proof_none", "proof_bad"


def user_hash(secret: str, user_id: str) -> str:
    """Give HMAC-SHA256 of a user id in hex, as a server puts it into its pages.

    >>> user_hash("wgw_uh_example", "u-42")[:16]
    '1c8702593e210535'
    """
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()


def is_proven(stated: Json, user_id: str, secret: str) -> bool:
    """Tell whether `context.userHash` proves the user id; always False without a secret.

    >>> is_proven(user_hash("s", "u-42").upper(), "u-42", "s"), is_proven("", "u-42", "s")
    (True, False)
    """
    if not secret or not user_id or not isinstance(stated, str):
        return False
    given = stated.strip().lower().encode()
    return hmac.compare_digest(given, user_hash(secret, user_id).encode())


def proof_flags(stated: Json, user_id: str, secret: str, public: bool) -> tuple[str, ...]:
    """Give the flag of what became of the proof of a user id; none where nobody asks for one.

    >>> proof_flags(None, "u-42", "s", True), proof_flags("5e", "u-42", "s", True)
    (('proof_none',), ('proof_bad',))
    >>> proof_flags(None, "u-42", "", True), proof_flags(None, "u-42", "s", False)
    ((), ())
    """
    if not secret or not user_id:
        return ()
    if stated is not None and is_proven(stated, user_id, secret):
        return (PROVEN,)
    if not public:
        return ()
    return (NOT_PROVEN if stated is None else WRONGLY_PROVEN,)
