"""The keyed hash is HMAC-SHA256, however often a key is used."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.terms.keyed_hash import keyed_hash


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_it_is_what_the_standard_library_gives(key: bytes, messages: list[bytes]) -> None:
    for message in messages:
        assert keyed_hash(key, message) == hmac.digest(key, message, hashlib.sha256)
