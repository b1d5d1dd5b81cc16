"""What an event says about consent, in each of the dialects that senders speak."""

from wegweiser.profile.consent import (
    DENIED_BY_GPC,
    EVERY_OTHER,
    GPC,
    WITHDRAWN,
    Choice,
    Choices,
    keep,
)
from wegweiser.profile.gpp import EUROPE, gpp_decoded
from wegweiser.profile.tcf import PURPOSES_READ, tcf_purposes
from wegweiser.terms.event import Event
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject

CONSENT_MODE_KEYS = (
    *("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage"),
    *("functionality_storage", "personalization_storage", "security_storage"),
)
# The lists of a consent manager: whether they deny, and whether they take back.
_LISTS = (
    ("allowedConsentIds", False, False),
    ("deniedConsentIds", True, False),
    ("withdrawnConsentIds", True, True),
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
        _read_gpp(event, consent.get("gpp"), choices)
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
            denied, back = granted is not True, granted == WITHDRAWN
            said = Choice(True, event.at, denied, event.message_id, ends, back)
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


def tcf_string(told: Json) -> str:
    """Give the string of what is said in the framework, "" where there is none that counts.

    It is a text, or an object as consent managers hand it over; where that says that European
    law does not apply, nobody was asked, and nothing is known.

    >>> tcf_string({"tcString": "CO", "gdprApplies": True}), tcf_string({"gdprApplies": False})
    ('CO', '')
    """
    if isinstance(told, dict):
        if told.get("gdprApplies") in (False, 0):
            return ""
        told = told.get("tcString")
    return told if isinstance(told, str) else ""


def gpp_string(told: Json) -> str:
    """Give the string of the Global Privacy Platform, told as a text or as its object.

    >>> gpp_string("DBABMA~CO"), gpp_string({"gppString": "DBABMA~CO", "applicableSections": [2]})
    ('DBABMA~CO', 'DBABMA~CO')
    """
    text = told.get("gppString") if isinstance(told, dict) else told
    return text if isinstance(text, str) else ""


def _read_tcf(event: Event, told: Json, choices: Choices) -> None:
    text = tcf_string(told)
    granted = tcf_purposes(text) if text else None
    if granted is None:
        return
    for number in PURPOSES_READ:
        choice = Choice(True, event.at, number not in granted, event.message_id)
        keep(choices, f"tcf.{number}", choice)


def _read_gpp(event: Event, told: Json, choices: Choices) -> None:
    """Read the European section as such; an opt-out of the others denies what GPC denies.

    Who did not opt out has granted nothing. Sections that the sender says do not apply are left
    out.
    """
    found = gpp_decoded(gpp_string(told))
    if found is None:
        return
    if _applies(told, EUROPE):
        _read_tcf(event, found.tcf, choices)
    if any(_applies(told, number) for number in found.opted_out):
        for purpose in DENIED_BY_GPC:
            keep(choices, purpose, Choice(True, event.at, True, event.message_id))


def _applies(told: Json, section: int) -> bool:
    listed = told.get("applicableSections") if isinstance(told, dict) else None
    return not isinstance(listed, list) or not listed or section in listed


def _read_manager(event: Event, manager: JsonObject, choices: Choices) -> None:
    for field, denied, back in _LISTS:
        stated = manager.get(field)
        for purpose in stated if isinstance(stated, list) else ():
            if isinstance(purpose, str) and purpose not in (EVERY_OTHER, GPC):
                said = Choice(True, event.at, denied, event.message_id, withdrawn=back)
                keep(choices, purpose, said)
