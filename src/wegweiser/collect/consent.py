"""Consent at the door: whether an event may be stored, by what it says about its purpose."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.terms.event import SHOWN_NAMES, Event
from wegweiser.terms.json import Json, JsonObject

PREFERENCE_EVENT = "Segment Consent Preference Updated"
Basis = Literal["consent", "contract", "legal_obligation", "legitimate_interest"]
Stated = Literal["granted", "denied", "unknown"]

# These need nobody's consent; whoever measures or speaks to people does.
_FREE = frozenset(("functional", "security"))
# Names that consent managers give to measuring, as categories that the visitor sees.
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "measurement": ("measurement", "analytics", "statistics", "statistik", "performance"),
}
# Statements about a person or their choice are kept as proof, whatever the choice is.
_STATEMENTS = frozenset(("identify", "group", "alias"))


class LegalBasis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why events of these names may be stored; a basis that names the event goes before "*".

    `events` are names as people see them ("Page Viewed"), "*" is every event. `categories` are
    further names of the purpose in the preferences that senders state. With `when_unset`
    "drop" an event that says nothing about the purpose is not stored.
    """

    events: tuple[str, ...]
    purpose: str = "measurement"
    basis: Basis = "consent"
    categories: tuple[str, ...] = ()
    when_unset: Literal["keep", "drop"] = "keep"

    @property
    def names(self) -> tuple[str, ...]:
        """All names under which senders may speak of the purpose."""
        known = CATEGORIES.get(self.purpose, (self.purpose,))
        return (*known, *self.categories)


def basis_of(name: str, bases: Sequence[LegalBasis]) -> LegalBasis | None:
    """Give the basis on which events of a name are stored, None where none is declared."""
    for wanted in (name, "*"):
        for basis in bases:
            if wanted in basis.events:
                return basis
    return None


DEFAULT_BASIS = LegalBasis(events=("*",))


def is_permitted(event: Event, bases: Sequence[LegalBasis] = ()) -> bool:
    """Tell whether an event may be stored.

    An event that denies its own purpose may not, unless it is stored on another basis than
    consent, or is itself a statement that must be kept as proof.

    >>> context = {"consent": {"categoryPreferences": {"analytics": False}}}
    >>> event = Event(type="page", message_id="m", at=0, context=context)
    >>> is_permitted(event), is_permitted(msgspec.structs.replace(event, type="identify"))
    (False, True)
    """
    context = event.context
    silent = "consent" not in context and "consentManagement" not in context
    if silent and not bases:
        return True
    if event.event == PREFERENCE_EVENT and event.type == "track":
        return True
    name = event.event if event.type == "track" else SHOWN_NAMES[event.type]
    basis = basis_of(name, bases)
    if basis is None:
        basis = DEFAULT_BASIS
        if event.type in _STATEMENTS:
            return True
    if basis.basis != "consent" or basis.purpose in _FREE:
        return True
    said = stated(context, basis.names)
    return said == "granted" or (said == "unknown" and basis.when_unset == "keep")


def stated(context: JsonObject, names: Sequence[str]) -> Stated:
    """Tell what a context says about a purpose, under any of its names; denied wins.

    Only JSON `true` grants; an empty object denies everything, one that names other purposes
    only says nothing about it.

    >>> stated({"consent": {"categoryPreferences": {"analytics": "yes"}}}, ("analytics",))
    'denied'
    >>> stated({"consentManagement": {"allowedConsentIds": ["C2"]}}, ("C2",))
    'granted'
    """
    said = {*_preferences(context.get("consent"), names)}
    said |= {*_managed(context.get("consentManagement"), names)}
    if "denied" in said:
        return "denied"
    return "granted" if "granted" in said else "unknown"


def _preferences(consent: Json, names: Sequence[str]) -> list[Stated]:
    preferences = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    if not isinstance(preferences, dict):
        return []
    if not preferences:
        # An object that grants nothing at all denies everything, whatever it is called.
        return ["denied"]
    return ["granted" if preferences[n] is True else "denied" for n in names if n in preferences]


def _managed(manager: Json, names: Sequence[str]) -> list[Stated]:
    if not isinstance(manager, dict):
        return []
    allowed, denied = manager.get("allowedConsentIds"), _refused_by(manager)
    found: list[Stated] = []
    if any(name in denied for name in names):
        found.append("denied")
    if isinstance(allowed, list) and any(name in allowed for name in names):
        found.append("granted")
    return found


def _refused_by(manager: JsonObject) -> list[Json]:
    """Give everything that a consent manager lists as denied or taken back."""
    listed = (manager.get("deniedConsentIds"), manager.get("withdrawnConsentIds"))
    return [one for part in listed if isinstance(part, list) for one in part]


def only_choice(event: Event) -> Event:
    """Give what may be kept of an event that is not permitted: the choice itself, as proof.

    >>> context = {"consent": {"categoryPreferences": {}}, "page": {"url": "https://a.example"}}
    >>> kept = only_choice(Event(type="page", message_id="m", at=5, name="Prices", context=context))
    >>> kept.event, kept.context
    ('Segment Consent Preference Updated', {'consent': {'categoryPreferences': {}}})
    """
    context = event.context
    names = ("consent", "consentManagement", "gpc")
    return Event(
        type="track",
        event=PREFERENCE_EVENT,
        message_id=event.message_id,
        at=event.at,
        user_id=event.user_id,
        anonymous_id=event.anonymous_id,
        context={name: context[name] for name in names if name in context},
        claim=event.claim,
        sent_at=event.sent_at,
        flags=event.flags,
    )


def withdraws(context: JsonObject, standing: Mapping[str, str]) -> bool:
    """Tell whether a context takes back what stands granted by purpose.

    What an object of preferences leaves out, it denies; GPC denies sharing.

    >>> told: JsonObject = {"consent": {"categoryPreferences": {"email": True}}}
    >>> withdraws(told, {"sms": "granted"}), withdraws(told, {"email": "granted"})
    (True, False)
    """
    # What nobody is asked for cannot be taken back by leaving it out.
    granted = {one for one, status in standing.items() if status == "granted"} - _FREE
    consent, manager = context.get("consent"), context.get("consentManagement")
    preferences = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    if isinstance(preferences, dict) and any(preferences.get(one) is not True for one in granted):
        return True
    listed = _refused_by(manager) if isinstance(manager, dict) else []
    if any(one in granted for one in listed if isinstance(one, str)):
        return True
    return context.get("gpc") is True and not granted.isdisjoint(("sharing", "advertising"))
