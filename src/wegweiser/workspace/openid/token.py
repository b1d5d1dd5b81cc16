"""ID tokens: signed by a key of the provider, made for us, for this sign-in, and not old."""

import hmac
from collections.abc import Iterable

import jwt
import msgspec

from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.openid.refused import SignInRefused

# Keys that both sides know would let everybody who knows the client's secret make tokens.
ALGORITHMS = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
)
CLOCKS_APART_S = 60
OLDEST_S = 600
LONGEST_SUBJECT = 255
_REQUIRED = ("iss", "sub", "aud", "exp", "iat")


class Expected(msgspec.Struct, frozen=True):
    """What a token must say: who made it, for whom, in answer to what, and signed how."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: frozenset[str]


class Header(msgspec.Struct, frozen=True):
    """The algorithm of a token, and the name of its key; None where it names none."""

    algorithm: str
    key_id: str | None


def header_of(token: str, allowed: frozenset[str]) -> Header:
    """Read how a token says that it is signed; raises SignInRefused for a way that is not taken."""
    try:
        stated = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise SignInRefused("bad_token", "The ID token cannot be read.") from error
    algorithm, key_id = stated.get("alg"), stated.get("kid")
    if algorithm not in ALGORITHMS & allowed:
        raise SignInRefused("bad_algorithm", "The ID token is signed in a way that is not allowed.")
    if key_id is not None and not isinstance(key_id, str):
        raise SignInRefused("bad_token", "The ID token names its key in a wrong way.")
    return Header(algorithm, key_id)


def key_of(header: Header, keys: Iterable[JsonObject]) -> JsonObject | None:
    """Find the key that signed; None where it is not there, or where several could be.

    >>> keys = [{"kid": "a", "use": "enc"}, {"kid": "a", "alg": "RS256"}, {"kid": "b"}]
    >>> key_of(Header("RS256", "a"), keys)
    {'kid': 'a', 'alg': 'RS256'}
    >>> key_of(Header("RS256", None), keys) is None
    True
    """
    fitting = [
        key
        for key in keys
        if key.get("use", "sig") == "sig"
        and key.get("alg", header.algorithm) == header.algorithm
        and header.key_id in (None, key.get("kid"))
    ]
    return fitting[0] if len(fitting) == 1 else None


def claims_of(
    token: str, header: Header, key: JsonObject, expected: Expected, now_ms: int
) -> JsonObject:
    """Give what a token says after everything about it was checked; raises SignInRefused."""
    try:
        claims: JsonObject = jwt.decode(
            token,
            jwt.PyJWK(key, header.algorithm),
            algorithms=[header.algorithm],
            audience=expected.client_id,
            issuer=expected.issuer,
            # Times are checked below, by the clock that we were given.
            options={
                "require": [*_REQUIRED],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "enforce_minimum_key_length": True,
            },
        )
    except jwt.PyJWTError as error:
        raise SignInRefused("bad_token", f"The ID token is not good: {error}.") from error
    _check_times(claims, now_ms / 1000)
    _check_party(claims, expected.client_id)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(), expected.nonce.encode()
    ):
        raise SignInRefused("bad_token", "The ID token belongs to another sign-in.")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise SignInRefused("bad_token", "The ID token names nobody.")
    return claims


def _check_times(claims: JsonObject, now_s: float) -> None:
    ends, made = _seconds(claims["exp"]), _seconds(claims["iat"])
    begins = _seconds(claims.get("nbf", claims["iat"]))
    if ends <= now_s - CLOCKS_APART_S or made < now_s - OLDEST_S - CLOCKS_APART_S:
        raise SignInRefused("old_token", "The ID token is too old. Are both clocks right?")
    if max(made, begins) > now_s + CLOCKS_APART_S:
        raise SignInRefused("old_token", "The ID token is of the future. Are both clocks right?")


def _seconds(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignInRefused("bad_token", "A time in the ID token is no number.")
    return value


def _check_party(claims: JsonObject, client_id: str) -> None:
    """Refuse what was made for others as well, unless it says that we asked for it."""
    audience, party = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if (several or party is not None) and party != client_id:
        raise SignInRefused("bad_token", "The ID token was made for somebody else.")
