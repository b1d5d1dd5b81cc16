"""Signing out at the identity provider as well (OpenID Connect RP-Initiated Logout 1.0)."""

import asyncio
from urllib.parse import urlencode, urlsplit

import msgspec

from wegweiser.deliver.address import AddressRules
from wegweiser.settings import OpenIdSettings
from wegweiser.terms.errors import InputRefused
from wegweiser.workspace.openid.provider import Provider
from wegweiser.workspace.operator import SESSION_MS
from wegweiser.workspace.sessions import random_text
from wegweiser.workspace.site import Site

OUT = "/sign-out/openid"
# Nobody waits longer to be signed out because a provider does not answer.
PATIENCE_S = 3.0
KEPT = 10_000
_STATE_BYTES = 32


class Departure(msgspec.Struct, frozen=True):
    """The provider's address where somebody is signed out, and the state that it brings back."""

    path: str
    state: str


class Leaving:
    """Sends people who came by the provider back to it when they sign out.

    It asks to be shown the ID token of the sign-in. Tokens are kept in memory alone, as long as a
    session can last; after a restart the provider may ask people whether they want to leave.
    """

    def __init__(
        self, site: Site, settings: OpenIdSettings, provider: Provider, rules: AddressRules
    ):
        self._site = site
        self._settings = settings
        self._provider = provider
        self._rules = rules
        self._tokens: dict[str, tuple[int, str]] = {}

    def remember(self, session_id: str, id_token: str) -> None:
        """Keep the ID token with which a session began."""
        if not self._settings.sign_out:
            return
        now = self._site.clock.now_ms()
        self._tokens[session_id] = (now, id_token)
        while self._tokens:
            oldest = next(iter(self._tokens))
            if len(self._tokens) <= KEPT and now - self._tokens[oldest][0] <= SESSION_MS:
                break
            del self._tokens[oldest]

    async def depart(self, session_id: str) -> Departure | None:
        """Say where a session that has ended here is ended too; None where nowhere."""
        _, id_token = self._tokens.pop(session_id, (0, ""))
        endpoint = await self._endpoint() if self._settings.sign_out else ""
        if not endpoint:
            return None
        state = random_text(self._site.clock.random_bytes(_STATE_BYTES))
        asked = {
            "client_id": self._settings.client_id,
            "post_logout_redirect_uri": self._site.address.rstrip("/") + OUT,
            "state": state,
            **({"id_token_hint": id_token} if id_token else {}),
        }
        joint = "&" if urlsplit(endpoint).query else "?"
        return Departure(f"{endpoint}{joint}{urlencode(asked)}", state)

    async def _endpoint(self) -> str:
        """Find where the provider ends sessions; empty where it offers none, or cannot be asked."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                endpoint = (await self._provider.discovered()).end_session_endpoint or ""
            if endpoint:
                self._rules.check_url(endpoint)
        except (InputRefused, TimeoutError):
            return ""
        return endpoint
