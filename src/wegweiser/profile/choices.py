"""What an event says about consent, in each of the dialects that senders speak."""

from wegweiser.profile.consent import EVERY_OTHER, GPC, Choice, Choices, keep
from wegweiser.profile.tcf import PURPOSES_READ, tcf_purposes
from wegweiser.terms.event import Event
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject

CONSENT_MODE_KEYS = (
    *("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage"),
    *("functionality_storage", "personalization_storage", "security_storage"),
)


def read_choices(event: Event, context: JsonObject, choices: Choices) -> None:
    """Note what an event's context says about consent, in place.

    `{}` denies everything; a category missing from the object is denied; no object says nothing.
    What cannot be read grants nothing.

    >>> told = Event(type="page", message_id="m", at=5)
    >>> choices: Choices = {}
    >>> read_choices(told, {"consent": {"categoryPreferences": {"email": True}}}, choices)
    >>> {purpose: choice.status for purpose, choice in choices.items()}
    {'email': 'granted', '*': 'denied'}
    """
    consent = context.get("consent")
    if isinstance(consent, dict):
        _read_preferences(event, consent, choices)
        _read_consent_mode(event, consent.get("gcm"), choices)
        _read_tcf(event, consent.get("tcf"), choices)
    manager = context.get("consentManagement")
    if isinstance(manager, dict):
        _read_manager(event, manager, choices)
    if context.get("gpc") is True:
        keep(choices, GPC, Choice(True, event.at, True, event.message_id))


def _read_preferences(event: Event, consent: JsonObject, choices: Choices) -> None:
    preferences = consent.get("categoryPreferences")
    if not isinstance(preferences, dict):
        return
    stated = consent.get("expiry")
    # An end that cannot be read, or before 1970, is over: nothing may be granted by it for ever.
    ends = 0 if stated is None else max(parse_instant(stated) or 1, 1)
    for purpose, granted in preferences.items():
        # These names stand for something else here, and no sender may write them.
        if purpose not in (EVERY_OTHER, GPC):
            said = Choice(True, event.at, granted is not True, event.message_id, ends)
            keep(choices, purpose, said)
    keep(choices, EVERY_OTHER, Choice(True, event.at, True, event.message_id))


def _read_consent_mode(event: Event, modes: Json, choices: Choices) -> None:
    """Read Google's Consent Mode: a default of the page is no choice of the visitor."""
    if not isinstance(modes, dict):
        return
    explicit = modes.get("explicit") is not False
    for key in CONSENT_MODE_KEYS:
        if key in modes:
            denied = modes[key] != "granted"
            keep(choices, f"gcm.{key}", Choice(explicit, event.at, denied, event.message_id))


def _read_tcf(event: Event, text: Json, choices: Choices) -> None:
    granted = tcf_purposes(text) if isinstance(text, str) else None
    if granted is None:
        return
    for number in PURPOSES_READ:
        choice = Choice(True, event.at, number not in granted, event.message_id)
        keep(choices, f"tcf.{number}", choice)


def _read_manager(event: Event, manager: JsonObject, choices: Choices) -> None:
    for field, denied in (("allowedConsentIds", False), ("deniedConsentIds", True)):
        stated = manager.get(field)
        for purpose in stated if isinstance(stated, list) else ():
            if isinstance(purpose, str) and purpose not in (EVERY_OTHER, GPC):
                keep(choices, purpose, Choice(True, event.at, denied, event.message_id))
