"""The proof of a user id: a hash that only the company's own server could have made."""

import hashlib
import hmac

from wegweiser.terms.json import Json

# The fold reads this flag; senders cannot set it.
PROVEN = "proof_ok"


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
