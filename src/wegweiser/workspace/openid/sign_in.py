"""One sign-in at the identity provider: the way there, and the way back."""

import hashlib
import hmac
from urllib.parse import urlencode, urlsplit

import msgspec

from wegweiser.adapters.form_client import FormClient
from wegweiser.deliver.address import AddressRules
from wegweiser.settings import OpenIdSettings
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.openid.admission import admitted, stated_in
from wegweiser.workspace.openid.provider import Provider
from wegweiser.workspace.openid.refused import SignInRefused
from wegweiser.workspace.openid.sign_out import Leaving
from wegweiser.workspace.operator import Operator
from wegweiser.workspace.sessions import random_text
from wegweiser.workspace.site import Site

BACK = "/sign-in/openid/back"
LASTS_MS = 10 * MINUTE_MS
SECRET_BYTES = 32
LONGEST_CODE = 4096


class Journey(msgspec.Struct, frozen=True):
    """What one browser keeps while its owner is at the provider; `goal` is where they wanted to."""

    state: str
    nonce: str
    verifier: str
    goal: str
    begun_at: int


class Arrived(msgspec.Struct, frozen=True):
    """Who came by the provider, and the ID token that says so."""

    operator: Operator
    id_token: str


class OpenIdDoor:
    """Sends people to the provider and takes them in again; `leaving` signs them out there."""

    def __init__(self, site: Site, settings: OpenIdSettings, rules: AddressRules):
        self._site = site
        self._settings = settings
        self._rules = rules
        self._provider = Provider(settings, FormClient(rules), site.clock)
        self.leaving = Leaving(site, settings, self._provider, rules)

    @property
    def name(self) -> str:
        """What the provider is called on the sign-in page."""
        return self._settings.name

    async def depart(self, goal: str) -> tuple[str, Journey]:
        """Give the provider's address for one sign-in, and what the browser keeps meanwhile."""
        said = await self._provider.discovered()
        self._rules.check_url(said.authorization_endpoint)
        random = self._site.clock.random_bytes
        state, nonce, verifier = (random_text(random(SECRET_BYTES)) for _ in range(3))
        journey = Journey(state, nonce, verifier, goal, self._site.clock.now_ms())
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._back,
            "scope": " ".join(dict.fromkeys(("openid", *self._settings.scopes))),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        joint = "&" if urlsplit(said.authorization_endpoint).query else "?"
        return f"{said.authorization_endpoint}{joint}{urlencode(asked)}", journey

    @property
    def _back(self) -> str:
        return self._site.address.rstrip("/") + BACK

    async def arrive(self, journey: Journey | None, answer: dict[str, str]) -> Arrived:
        """Take in whoever comes back with an answer of the provider; raises InputRefused."""
        self._check_answer(journey, answer)
        assert journey is not None
        if await self._provider.names_itself() and "iss" not in answer:
            raise SignInRefused("strange_answer", "The provider did not say who it is.")
        code = answer.get("code", "")
        if not 0 < len(code) <= LONGEST_CODE:
            raise SignInRefused("declined", "The provider did not sign you in.")
        proven = await self._provider.proven(code, journey.verifier, self._back, journey.nonce)
        stated = stated_in(proven.claims, self._settings)
        people, now = self._site.people, self._site.clock.now_ms()
        operator = admitted(people, self._settings, stated, now, self._note)
        return Arrived(operator, proven.id_token)

    def _note(self, what: str, operator: Operator) -> None:
        detail: JsonObject = {"by_provider": True, "role": operator.role}
        self._site.audit.note(what, operator.name, detail=detail)

    def _check_answer(self, journey: Journey | None, answer: dict[str, str]) -> None:
        """Refuse an answer that this browser did not ask for, just now, of this provider."""
        state = answer.get("state", "").encode()
        if journey is None or not hmac.compare_digest(journey.state.encode(), state):
            raise SignInRefused("strange_answer", "This browser did not begin that sign-in.")
        if self._site.clock.now_ms() - journey.begun_at > LASTS_MS:
            raise SignInRefused("too_late", "That took too long. Begin again.")
        # RFC 9207: with several providers none can speak for another.
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise SignInRefused("strange_answer", "Another provider answered.")


def challenge_of(verifier: str) -> str:
    """Give the challenge of a verifier (RFC 7636).

    >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return random_text(hashlib.sha256(verifier.encode()).digest())


def openid_door(site: Site, settings: OpenIdSettings) -> OpenIdDoor:
    """Open the way in by the provider of the settings."""
    allowed = frozenset(site.settings.allowed_targets)
    return OpenIdDoor(site, settings, AddressRules(allow_private=allowed))
