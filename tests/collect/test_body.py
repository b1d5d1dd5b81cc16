"""A body is unpacked once, within its limit, whatever its labels say."""

import gzip
import json
import tracemalloc
import zlib

import pytest

from wegweiser.collect.body import MOST_INFLATED_PER_BYTE, unpacked
from wegweiser.collect.limit import BODY_BYTES_PUBLIC, body_limit_bytes
from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.wire import WireRequest

PLAIN = b'{"type":"track"}'
PACKED = gzip.compress(PLAIN, mtime=0)  # a time in the bytes would be in the names of tests


def unpack(body, coding=None, limit_bytes=1_000, **headers):
    if coding is not None:
        headers["content-encoding"] = coding
    return unpacked(WireRequest("POST", "/v1/batch", "", headers, body), limit_bytes)


@pytest.mark.parametrize("coding", [None, "", "identity", "Identity "])
def test_plain_bytes_stay_as_they_are(coding):
    assert unpack(PLAIN, coding) == PLAIN


@pytest.mark.parametrize("coding", [None, "gzip", "GZIP", "identity"])
def test_gzip_is_recognised_by_its_header_and_by_its_bytes(coding):
    assert unpack(PACKED, coding) == PLAIN
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert unpack(PACKED, coding, **form) == PLAIN


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        b"",
        PACKED[:-1],
        PACKED[:12],
        PACKED + b"x",
        PACKED + PACKED,
        PACKED[:-6] + b"\0\0" + PACKED[-4:],
        gzip.compress(PACKED, mtime=0),
        zlib.compress(PLAIN),
    ],
    ids=[
        "plain",
        "empty",
        "no_last_byte",
        "no_data",
        "a_byte_more",
        "twice",
        "wrong_sum",
        "packed_twice",
        "zlib",
    ],
)
def test_a_broken_layer_is_refused(body):
    with pytest.raises(BodyRefused) as refused:
        unpack(body, "gzip")
    assert (refused.value.code, refused.value.status) == ("bad_gzip", 400)


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "gzip,br"])
def test_other_codings_are_unsupported(coding):
    with pytest.raises(BodyRefused) as refused:
        unpack(PLAIN, coding)
    assert (refused.value.code, refused.value.status) == ("unsupported", 415)


def test_the_limit_holds_as_sent_and_after_inflating():
    assert unpack(b"x" * 1_000) == b"x" * 1_000
    assert unpack(gzip.compress(b"x" * 1_000)) == b"x" * 1_000
    for body in (b"x" * 1_001, gzip.compress(b"x" * 1_001)):
        with pytest.raises(BodyRefused) as refused:
            unpack(body)
        assert (refused.value.code, refused.value.status) == ("too_large", 413)


def test_a_bomb_is_not_inflated_beyond_the_limit():
    bomb = gzip.compress(bytes(64_000_000))
    tracemalloc.start()
    with pytest.raises(BodyRefused):
        unpack(bomb, limit_bytes=BODY_BYTES_PUBLIC)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 4_000_000


def test_a_few_bytes_do_not_become_a_large_body():
    made_to_cost = gzip.compress(json.dumps({"batch": ["4111-" * 6_000] * 16}).encode())
    assert len(made_to_cost) < 1_000
    with pytest.raises(BodyRefused) as refused:
        unpack(made_to_cost, limit_bytes=BODY_BYTES_PUBLIC)
    assert (refused.value.code, refused.value.status) == ("too_large", 413)
    harmless = b"x" * 262_144
    assert unpack(gzip.compress(harmless), limit_bytes=BODY_BYTES_PUBLIC) == harmless


def test_the_most_repetitive_body_of_a_library_is_taken():
    element = {
        "type": "track", "event": "Product Viewed", "userId": "u-1",
        "context": {"library": {"name": "example", "version": "1.0.0"}, "locale": "de-DE"},
        "properties": {"products": [{"sku": "a", "price": 1, "quantity": 1}] * 5},
    }  # fmt: skip
    batch = [{**element, "messageId": f"m-{number}"} for number in range(1_200)]
    plain = json.dumps({"batch": batch}).encode()
    assert BODY_BYTES_PUBLIC * 0.9 < len(plain) < BODY_BYTES_PUBLIC
    packed = gzip.compress(plain)
    assert unpack(packed, limit_bytes=BODY_BYTES_PUBLIC) == plain
    # A bound that real bodies come near would not be one.
    assert len(plain) / len(packed) < MOST_INFLATED_PER_BYTE / 1.5


def test_only_a_secret_key_in_a_header_opens_the_large_limit():
    limits = {
        (public, header): body_limit_bytes(public=public, key_in_header=header)
        for public in (True, False)
        for header in (True, False)
    }
    assert limits.pop((False, True)) == 4_194_304
    assert set(limits.values()) == {512_000}
