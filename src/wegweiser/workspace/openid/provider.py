"""The identity provider: what it says of itself, its keys, and codes turned into ID tokens."""

import asyncio
import base64
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

import msgspec

from wegweiser.ports.clock import Clock
from wegweiser.settings import OpenIdSettings
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.endpoint_secrets import secret_in
from wegweiser.workspace.openid.refused import SignInRefused
from wegweiser.workspace.openid.token import Expected, claims_of, header_of, key_of

WELL_KNOWN = "/.well-known/openid-configuration"
FRESH_MS = HOUR_MS
# A key that nobody knows makes us look again, but strangers cannot make us look all the time.
LOOK_AGAIN_MS = MINUTE_MS
CALLS_AT_ONCE = 4


class Client(Protocol):
    """Asks a server for JSON; raises InputRefused where it does not answer."""

    async def get(self, url: str) -> JsonObject:
        """Read a document."""

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> JsonObject:
        """Send a form."""


class Discovered(msgspec.Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    authorization_response_iss_parameter_supported: bool = False
    end_session_endpoint: str | None = None


class Proven(msgspec.Struct, frozen=True):
    """What the provider says of somebody, and the ID token in which it said so."""

    claims: JsonObject
    id_token: str


class Provider:
    """Document and keys are kept for an hour; keys are read again when an unknown one signs."""

    def __init__(self, settings: OpenIdSettings, client: Client, clock: Clock):
        self._settings = settings
        self._client = client
        self._clock = clock
        self._said: Discovered | None = None
        self._said_at = 0
        self._keys: tuple[JsonObject, ...] = ()
        self._keys_at = 0
        self._turn = asyncio.Lock()
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)

    async def discovered(self) -> Discovered:
        """Read what the provider says of itself; raises InputRefused where it cannot be used."""
        async with self._turn:
            now = self._clock.now_ms()
            if self._said is None or now - self._said_at > FRESH_MS:
                self._said, self._said_at = await self._discover(), now
            return self._said

    async def names_itself(self) -> bool:
        """Tell whether the provider says that all its answers name it."""
        return (await self.discovered()).authorization_response_iss_parameter_supported

    async def _discover(self) -> Discovered:
        issuer = self._settings.issuer
        told = await self._client.get(issuer.removesuffix("/") + WELL_KNOWN)
        try:
            said = msgspec.convert(told, Discovered)
        except msgspec.ValidationError as error:
            raise SignInRefused("bad_provider", f"The provider's document: {error}.") from error
        if said.issuer != issuer:
            raise SignInRefused(
                "bad_provider", f"The provider calls itself {said.issuer[:200]!r}, not {issuer!r}."
            )
        return said

    async def proven(self, code: str, verifier: str, back: str, nonce: str) -> Proven:
        """Turn the code of a sign-in into what the provider says of somebody.

        `verifier` is the secret behind the challenge of this sign-in, `back` the address to which
        the code came. Raises InputRefused.
        """
        said = await self.discovered()
        async with self._calls:
            answer = await self._exchanged(said, code, verifier, back)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInRefused("bad_token", "The provider gave no ID token.")
        wanted = frozenset(self._settings.algorithms)
        offered = frozenset(said.id_token_signing_alg_values_supported)
        expected = Expected(
            self._settings.issuer, self._settings.client_id, nonce, wanted & offered
        )
        header = header_of(token, expected.algorithms)
        key = key_of(header, await self._known_keys(said.jwks_uri))
        if key is None:
            key = key_of(header, await self._known_keys(said.jwks_uri, again=True))
        if key is None:
            raise SignInRefused("bad_token", "No key of the provider signed the ID token.")
        claims = claims_of(token, header, key, expected, self._clock.now_ms())
        return Proven(claims, token)

    async def _exchanged(self, said: Discovered, code: str, verifier: str, back: str) -> JsonObject:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        client_id, headers = self._settings.client_id, {}
        secret = client_secret(self._settings)
        if secret and "client_secret_basic" in said.token_endpoint_auth_methods_supported:
            pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form["client_id"] = client_id
            form |= {"client_secret": secret} if secret else {}
        return await self._client.post(said.token_endpoint, form, headers)

    async def _known_keys(self, url: str, again: bool = False) -> tuple[JsonObject, ...]:
        async with self._turn:
            age = self._clock.now_ms() - self._keys_at
            if not self._keys or age > (LOOK_AGAIN_MS if again else FRESH_MS):
                listed = (await self._client.get(url)).get("keys")
                found = listed if isinstance(listed, list) else []
                self._keys = tuple(key for key in found if isinstance(key, dict))
                self._keys_at = self._clock.now_ms()
            return self._keys


def client_secret(settings: OpenIdSettings) -> str:
    """Read the client's secret from the environment; empty for a client that has none.

    Raises InputRefused where the variable that should hold it is not set.
    """
    if not settings.secret_env:
        return ""
    secret = secret_in(settings.secret_env)
    if not secret:
        told = wrong("variable_unset", name=settings.secret_env)
        raise InputRefused("no_secret", told, 422, "secret_env")
    return secret
