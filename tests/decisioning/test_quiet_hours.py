"""Quiet hours: nobody is written to at night, wherever they are, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.decisioning.contact_world import (
    HOUR,
    LETTER,
    ask,
    clock_of,
    know,
    reasons,
    site_with,
)
from tests.flow.loops import on_a_loop
from wegweiser.decide.calendar import local_moment
from wegweiser.decide.country_zones import MANY, zones_of
from wegweiser.decide.quiet_hours import quiet
from wegweiser.decide.quiet_packs import PACKS, strictest
from wegweiser.terms.policy import QuietHours

RULES = QuietHours(enabled=True)
# Nights on which clocks change, north and south, and plain days of winter and summer.
DAYS = (
    datetime(2027, 3, 28, tzinfo=UTC),
    datetime(2027, 10, 31, tzinfo=UTC),
    datetime(2027, 3, 14, tzinfo=UTC),
    datetime(2027, 11, 7, tzinfo=UTC),
    datetime(2027, 4, 4, tzinfo=UTC),
    datetime(2027, 1, 13, tzinfo=UTC),
    datetime(2027, 7, 14, tzinfo=UTC),
)
MINUTE = 60_000


def ms(moment: datetime) -> int:
    """A moment in milliseconds."""
    return round(moment.timestamp() * 1000)


def wall(at: int, zone: str) -> float:
    """The local hour of a moment."""
    there = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    return there.hour + there.minute / 60


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_31_every_hour_in_a_known_zone_over_both_changes_of_the_clock(zone: str) -> None:
    for day in DAYS:
        for quarter in range(-4 * 24, 4 * 48):
            at = ms(day) + quarter * 15 * MINUTE
            held = quiet(RULES, "email", zone, "", at)
            assert (held is None) == (8 <= wall(at, zone) < 20)
            if held is not None:
                assert held.until is not None
                assert wall(held.until, zone) == 8
                assert 0 < held.until - at <= 13 * HOUR
                assert quiet(RULES, "email", zone, "", held.until) is None
                assert quiet(RULES, "email", zone, "", held.until - 1) is not None


@pytest.mark.parametrize("country", ["US", "BR", "AU", "RU", "PT", "ES", "DE"])
def test_31_an_unknown_zone_is_every_main_zone_of_the_country(country: str) -> None:
    zones = zones_of(country)
    for day in DAYS:
        for hour in range(24):
            at = ms(day) + hour * HOUR
            held = quiet(RULES, "email", "", country, at)
            everywhere = all(8 <= wall(at, zone) < 20 for zone in zones)
            assert (held is None) == everywhere
            if held is not None:
                assert held.until is not None
                assert quiet(RULES, "email", "", country, held.until) is None


def test_31_a_country_whose_spans_never_meet_gets_nothing() -> None:
    for day in DAYS:
        for hour in range(24):
            held = quiet(RULES, "email", "", "AQ", ms(day) + hour * HOUR)
            assert held is not None
            assert (held.reason, held.until) == ("zone_unknown", None)


def test_31_an_unknown_country_has_the_strictest_pack() -> None:
    day = datetime(2027, 1, 13, tzinfo=UTC)
    span = strictest("phone")
    assert all(
        span.opens >= pack["phone"].opens and span.closes <= pack["phone"].closes
        for pack in PACKS.values()
        if "phone" in pack
    )
    for hour in range(24):
        at = ms(day) + hour * HOUR
        held = quiet(RULES, "phone", "Europe/Berlin", "", at)
        local = wall(at, "Europe/Berlin") * 60
        assert (held is None) == (span.opens <= local < span.closes)
    nowhere = quiet(RULES, "email", "", "", ms(day))
    assert nowhere is not None
    assert nowhere.reason == "zone_unknown"
    assumed = QuietHours(enabled=True, country="DE")
    assert quiet(assumed, "email", "", "", ms(day) + 12 * HOUR) is None


def test_31_a_pack_may_close_whole_days() -> None:
    saturday = datetime(2027, 1, 16, 11, tzinfo=UTC)
    held = quiet(RULES, "phone", "Europe/Berlin", "DE", ms(saturday))
    assert held is not None
    assert held.until == ms(datetime(2027, 1, 18, 8, tzinfo=UTC))
    assert quiet(RULES, "email", "Europe/Berlin", "DE", ms(saturday)) is None


def test_31_a_missing_local_time_moves_forward_and_an_ambiguous_one_is_the_later() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring, autumn = datetime(2027, 3, 28).date(), datetime(2027, 10, 31).date()  # noqa: DTZ001
    assert local_moment(spring, 150, berlin) == ms(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    assert local_moment(autumn, 150, berlin) == ms(datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    early = QuietHours(enabled=True, allowed="02:30-20:00", packs=False)
    before = ms(datetime(2027, 3, 28, 0, 59, tzinfo=UTC))
    held = quiet(early, "email", "Europe/Berlin", "", before)
    assert held is not None
    assert held.until == ms(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    first_half_past_two = ms(datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    held = quiet(early, "email", "Europe/Berlin", "", first_half_past_two)
    assert held is not None
    assert held.until == first_half_past_two + HOUR


def test_the_table_of_countries_names_real_zones() -> None:
    for zones in MANY.values():
        for zone in zones:
            assert ZoneInfo(zone).utcoffset(datetime(2027, 1, 1)) is not None  # noqa: DTZ001
    assert zones_of("AT") == ("Europe/Vienna",)


NIGHT = ms(datetime(2026, 11, 18, 22, tzinfo=UTC))
SERVICE = """
{kind: message, key: alarm, service: true, urgent: true, variants: [
 {key: mail, channel: email, content: {subject: Alarm, text: Alarm}}]}
---
"""
QUIET = "{kind: quiet_hours, enabled: true}\n---\n"


@on_a_loop
async def test_31_a_push_at_night_waits_for_the_morning_and_the_web_does_not() -> None:
    async with site_with(LETTER + QUIET, now=NIGHT) as site:
        who = await know(site, "ada", timezone="Europe/Berlin")
        answer = await ask(site, who, "ada", request="night")
        assert answer["status"] == "deferred"
        morning = ms(datetime(2026, 11, 19, 7, tzinfo=UTC))
        assert reasons(site, answer) == {"quiet_hours": morning}
        assert (await ask(site, who, "ada", "home.hero"))["status"] == "decided"
        clock_of(site).advance(morning - NIGHT)
        await site.deciding.contacts.deferrals.run()
        again = site.unifier.decisions.of_request(who.source_id, "night/1")
        assert again is not None
        assert again.status == "decided"


@on_a_loop
async def test_31_only_urgent_service_breaks_the_night() -> None:
    calm = SERVICE.replace(" urgent: true,", "")
    for text, status in ((SERVICE, "decided"), (calm, "deferred")):
        async with site_with(text + QUIET, now=NIGHT) as site:
            who = await know(site, "ada", address={"country": "DE"})
            assert (await ask(site, who, "ada"))["status"] == status


@on_a_loop
async def test_what_was_decided_by_day_is_not_handed_over_at_night() -> None:
    async with site_with(LETTER + QUIET, now=NIGHT - 4 * HOUR) as site:
        who = await know(site, "ada", timezone="Europe/Berlin")
        answer = await ask(site, who, "ada")
        decision = site.unifier.decisions.get(str(answer["decision_id"]))
        assert decision is not None
        check = site.deciding.contacts.checks.check
        now = clock_of(site).now
        assert check(decision, decision.items[0], now) == ""
        clock_of(site).advance(10 * MINUTE)
        assert check(decision, decision.items[0], now + 10 * MINUTE) == ""
        late = now + int(timedelta(hours=4).total_seconds() * 1000)
        clock_of(site).advance(late - clock_of(site).now)
        assert check(decision, decision.items[0], late) != ""
