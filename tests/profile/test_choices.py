"""Dialects of consent: Consent Mode, TCF and Global Privacy Control beside the preferences."""

from itertools import permutations

import pytest

from wegweiser.profile.choices import read_choices
from wegweiser.profile.consent import choice_on, merge_choices
from wegweiser.terms.event import Event

TCF = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA"


def read(*told):
    """Read contexts that were stated at 1, 2, 3 …"""
    choices = {}
    for at, context in enumerate(told, 1):
        read_choices(Event(type="page", message_id=f"m-{at}", at=at), context, choices)
    return choices


def status(choices, purpose):
    choice = choice_on(purpose, choices)
    return "" if choice is None else choice.status


def test_consent_mode_is_read_key_by_key_and_only_granted_grants():
    modes = {"ad_storage": "granted", "ad_user_data": "denied", "analytics_storage": 1, "x": "y"}
    found = read({"consent": {"gcm": modes}})
    assert {name: choice.status for name, choice in found.items()} == {
        "gcm.ad_storage": "granted",
        "gcm.ad_user_data": "denied",
        "gcm.analytics_storage": "denied",
    }
    assert all(choice.explicit for choice in found.values())


def test_a_default_of_consent_mode_gives_way_to_any_choice():
    default = {"consent": {"gcm": {"explicit": False, "ad_storage": "granted"}}}
    update = {"consent": {"gcm": {"explicit": True, "ad_storage": "denied"}}}
    assert status(read(update, default), "gcm.ad_storage") == "denied"


def test_purposes_of_a_tcf_string_are_read():
    found = read({"consent": {"tcf": TCF}})
    assert [n for n in range(1, 12) if found[f"tcf.{n}"].status == "granted"] == [1, 2, 3]


@pytest.mark.parametrize(
    "text", ["", "C", "garbage!", TCF[1:], "\u00e4", 5, None, {"a": 1}, "A" * 50_000]
)
def test_a_tcf_string_that_cannot_be_read_says_nothing(text):
    assert read({"consent": {"tcf": text}}) == {}


GPC = {"gpc": True}
GRANT = {"consent": {"categoryPreferences": {"sharing": True}}}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((GPC,), "denied"),
        ((GRANT, GPC), "denied"),
        ((GPC, GRANT), "granted"),
        ((GPC, GRANT, GPC), "granted"),
        (({**GRANT, **GPC},), "denied"),
        (({"gpc": "1"}, {"gpc": 1}), ""),
    ],
)
def test_the_signal_denies_sharing_until_a_later_choice(told, expected):
    assert status(read(*told), "sharing") == expected


def test_the_signal_says_nothing_of_other_purposes():
    assert status(read(GPC), "measurement") == ""


def test_no_sender_writes_the_signal_or_the_rest_by_name():
    forged = {"categoryPreferences": {"(gpc)": True, "*": True}}
    found = read({"consent": forged, "consentManagement": {"allowedConsentIds": ["(gpc)", "*"]}})
    assert status(found, "sharing") == "denied"
    assert "(gpc)" not in found


def test_parts_merge_alike_in_any_order():
    parts = [read(GPC), read(GRANT, GPC), read({}, {}, GRANT), read({}, GRANT, {}, GPC)]
    merged = set()
    for order in permutations(parts):
        whole = {}
        for part in order:
            whole = merge_choices(whole, part)
        merged.add(tuple(sorted(whole.items())))
    assert len(merged) == 1


@pytest.mark.parametrize("end", ["soon", "1969-01-01T00:00:00Z", True, {}, 12, ""])
def test_an_end_that_cannot_be_read_or_is_long_past_grants_nothing_for_ever(end):
    told = {"consent": {"categoryPreferences": {"sharing": True}, "expiry": end}}
    assert 0 < read(told)["sharing"].expires_at < 10


def test_no_end_is_no_end():
    for more in ({}, {"expiry": None}):
        told = {"consent": {"categoryPreferences": {"sharing": True}, **more}}
        assert read(told)["sharing"].expires_at == 0


def test_law_that_does_not_apply_leaves_purposes_unknown():
    told = {"tcString": TCF, "gdprApplies": True}
    assert status(read({"consent": {"tcf": told}}), "tcf.1") == "granted"
    assert status(read({"consent": {"tcf": {**told, "gdprApplies": False}}}), "tcf.1") == ""
    assert status(read({"consent": {"tcf": {"gdprApplies": False}}}), "tcf.1") == ""


def test_what_is_taken_back_is_told_so_and_grants_nothing():
    granted = {"consent": {"categoryPreferences": {"email": True, "sms": True}}}
    back = {"consent": {"categoryPreferences": {"email": "withdrawn", "sms": False}}}
    found = read(granted, back)
    assert (status(found, "email"), status(found, "sms")) == ("withdrawn", "denied")
    listed = {"consentManagement": {"withdrawnConsentIds": ["email"]}}
    assert status(read(granted, listed), "email") == "withdrawn"
    assert status(read(listed, granted), "email") == "granted"
