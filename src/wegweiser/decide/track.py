"""Signed tokens: what lets a browser speak of one decision, or listen for one subject, keyless.

Kind, decision, place and end stand in the token as text; nothing in it is about a person.
"""

import hmac
from base64 import urlsafe_b64encode
from typing import Literal

import msgspec

from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.keyed_hash import keyed_hash

TokenKind = Literal["track", "mail", "stream"]
# A track token names an item of a decision, a mail token one that stands in one mail and nowhere
# else, a stream token whom a decision was about.
_KINDS: dict[str, TokenKind] = {"wgt": "track", "wgm": "mail", "wgs": "stream"}
_PREFIXES: dict[TokenKind, str] = {kind: prefix for prefix, kind in _KINDS.items()}
_MAC_BYTES = 18
_LONGEST = 200


class Claim(msgspec.Struct, frozen=True):
    """What a token says: a decision, the index of one of its items, and until when (ms)."""

    kind: TokenKind
    decision_id: str
    index: int
    until: int


def sign(secret: bytes, claim: Claim) -> str:
    """Write a token, for addresses and headers as it is.

    >>> sign(b"k", Claim("track", "dec_01K9", 0, 5_000))
    'wgt_dec_01K9.0.1388.Q96q3Yzq5Dq8kteQ39O4uYZH'
    """
    said = f"{_PREFIXES[claim.kind]}_{claim.decision_id}.{claim.index:x}.{claim.until:x}"
    return f"{said}.{_mac(secret, said)}"


def read_token(secret: bytes, text: str, kind: TokenKind, now: int) -> Claim:
    """Read a token of a kind; raises KeyRefused `bad_token` (401) for any other, or after its end.

    >>> read_token(b"k", sign(b"k", Claim("track", "dec_01K9", 0, 5_000)), "track", 4_999).index
    0
    """
    claim = unexpired(secret, text, kind)
    if now >= claim.until:
        raise KeyRefused("bad_token", "The token is no longer valid.")
    return claim


def unexpired(secret: bytes, text: str, kind: TokenKind) -> Claim:
    """Read a token of a kind without asking for its end; raises KeyRefused `bad_token` (401)."""
    said, _, mac = text.rpartition(".") if len(text) <= _LONGEST else ("", "", "")
    # Compared in constant time before anything of it is looked at.
    sound = text.isascii() and hmac.compare_digest(mac, _mac(secret, said))
    prefix, _, rest = said.partition("_")
    if not sound or _KINDS.get(prefix) != kind:
        raise KeyRefused("bad_token", "The token is none of ours, or was changed.")
    decision_id, index, until = rest.rsplit(".", 2)
    return Claim(kind, decision_id, int(index, 16), int(until, 16))


def is_token(text: str) -> bool:
    """Tell whether a text is written as a token is, whoever signed it.

    >>> is_token("wgt_dec_01K9.0.1388.xx"), is_token("wgw_pk_1")
    (True, False)
    """
    return text.partition("_")[0] in _KINDS


def click_kind(text: str) -> TokenKind:
    """Tell which token that leads on a text says it is: "mail" or "track".

    >>> click_kind("wgm_dec_01K9.0.1388.xx"), click_kind("wgs_dec_01K9.0.1388.xx")
    ('mail', 'track')
    """
    return "mail" if text.startswith("wgm_") else "track"


def target_of(content: JsonObject) -> str:
    """Give where a click on some content leads: its `url` where that is a whole web address.

    Only what stands in the content of the variant counts; "" where nothing fits.

    >>> target_of({"url": "https://www.example.com/sso"}), target_of({"url": "javascript:1"})
    ('https://www.example.com/sso', '')
    """
    url = content.get("url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return ""
    plain = url.isascii() and not any(sign.isspace() or sign in "{}\\" for sign in url)
    return url if plain and url.isprintable() else ""


def _mac(secret: bytes, said: str) -> str:
    digest = keyed_hash(secret, said.encode("utf-8", "replace"))
    return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
