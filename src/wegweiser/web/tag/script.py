"""The website tag as it is served: its parts in one file, made small once per process."""

import base64
import gzip
import hashlib
from functools import cache
from pathlib import Path

import brotli

from wegweiser.web.tag.shrink import shrunk

# In the order in which they build on each other.
PARTS = (
    *("ground", "storage", "identity", "queue", "event", "engagement", "views", "clicks"),
    *("consent", "slots", "methods", "start"),
)
_FOLDER = Path(__file__).parent / "parts"


@cache
def tag_script() -> bytes:
    """Give the script as browsers get it, in UTF-8."""
    parts = [(_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in PARTS]
    return shrunk("\n".join(["(() => {", *parts, "})();"])).encode()


@cache
def packed_tag(coding: str) -> bytes:
    """Give the script compressed for a browser that takes this coding: "br" or "gzip"."""
    if coding == "br":
        packed: bytes = brotli.compress(tag_script(), mode=brotli.MODE_TEXT, quality=11)
        return packed
    return gzip.compress(tag_script(), 9, mtime=0)


@cache
def tag_hash() -> str:
    """Give the name of this very script: 16 hexadecimal digits of its SHA-256.

    >>> len(tag_hash())
    16
    """
    return hashlib.sha256(tag_script()).hexdigest()[:16]


@cache
def tag_integrity() -> str:
    """Give what the attribute `integrity` of a script element says of it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(tag_script()).digest()).decode()
