"""When an event happened, from three clocks of which two may be wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.moment import event_time, instant_of, is_too_old
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS, format_instant, parse_instant

NOW = 1_795_341_600_000
SECOND = 1_000


def at(moment_ms):
    return format_instant(moment_ms)


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "yesterday",
        "2026-02-30T12:00:00Z",
        "2016-12-31T23:59:60Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T24:00:00.000Z",
        "2026-01-01T00:00:00+99:99",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "2100-01-01T00:00:00Z",
        [2026, 1, 1],
        {"at": 1},
        True,
        1_795_341_600,
        float("inf"),
    ],
)
def test_without_a_usable_claim_the_event_happened_when_it_came(claim):
    assert event_time(claim, None, None, NOW) == (NOW, ())
    assert event_time(claim, None, at(NOW), NOW) == (NOW, ())
    assert event_time(None, claim, at(NOW), NOW) == (NOW, ())


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("2026-11-22T09:00:00Z", NOW - HOUR_MS),
        ("2026-11-22 09:00", NOW - HOUR_MS),
        ("2026-11-22T10:00:00+01:00", NOW - HOUR_MS),
        ("2026-11-22T09:00:00.123456789Z", NOW - HOUR_MS + 123),
        (NOW - HOUR_MS, NOW - HOUR_MS),
        (float(NOW - HOUR_MS), NOW - HOUR_MS),
    ],
)
def test_a_claim_without_a_time_of_sending_stands(claim, expected):
    assert event_time(claim, None, None, NOW) == (expected, ())
    assert event_time(None, claim, None, NOW) == (expected, ())


def test_a_wrong_clock_is_corrected_by_the_time_of_sending():
    ahead = NOW + 3 * DAY_MS
    assert event_time(at(ahead - 90 * SECOND), None, at(ahead), NOW) == (
        NOW - 90 * SECOND,
        ("skew_large",),
    )
    near = NOW - 12 * HOUR_MS
    assert event_time(at(near - SECOND), None, at(near), NOW) == (NOW - SECOND, ())


def test_two_stamps_mean_that_somebody_has_corrected_it_already():
    stamps = (at(NOW - DAY_MS), at(NOW + DAY_MS))
    assert event_time(*stamps, at(NOW + DAY_MS), NOW) == (NOW - DAY_MS, ())


@pytest.mark.parametrize("sent_at", ["soon", 5, "", [], at(NOW - 2 * HOUR_MS)])
def test_sent_before_it_happened_or_unreadably_means_now(sent_at):
    assert event_time(at(NOW - HOUR_MS), None, sent_at, NOW) == (NOW, ())


def test_clocks_far_apart_are_flagged_even_where_they_contradict_each_other():
    sent = NOW + 3 * DAY_MS
    assert event_time(at(sent + SECOND), None, at(sent), NOW) == (NOW, ("skew_large",))


def test_nothing_happens_later_than_five_minutes_from_now():
    limit = NOW + 5 * MINUTE_MS
    assert event_time(at(limit), None, None, NOW) == (limit, ())
    assert event_time(at(limit + 1), None, None, NOW) == (limit, ("clamped",))
    assert event_time("2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z", None, NOW) == (
        limit,
        ("clamped",),
    )


def test_a_correction_cannot_lead_before_the_year_2000():
    assert event_time("2001-01-01T00:00:00Z", None, "2099-01-01T00:00:00Z", NOW) == (
        NOW,
        ("skew_large",),
    )


def test_age_is_measured_in_days_of_retention():
    assert not is_too_old(0, NOW, None)
    assert not is_too_old(NOW - 2 * DAY_MS, NOW, 2)
    assert is_too_old(NOW - 2 * DAY_MS - 1, NOW, 2)


STAMPS = st.builds(
    "{}-{}-{}{}{}:{}:{}{}{}".format,
    st.sampled_from(["2026", "2000", "0001", "1969", "9999", "2026-W"]),
    st.sampled_from(["01", "02", "11", "13", "00", "W4"]),
    st.sampled_from(["01", "29", "30", "31", "32", "00"]),
    st.sampled_from(["T", " ", "t", "x"]),
    st.sampled_from(["00", "09", "23", "24", "25", " 1", "１"]),
    st.sampled_from(["00", "59", "60"]),
    st.sampled_from(["00", "59", "60"]),
    st.sampled_from(["", ".1", ".123", ",123", ".123456", ".1234567", ".", ".12x"]),
    st.sampled_from(["Z", "z", "", "+00:00", "-00:00", "+02:00", "+0000", " +00:00", "+00:00Z"]),
)


@given(st.one_of(STAMPS, st.text(max_size=32), st.integers(), st.floats(), st.datetimes().map(str)))
def test_the_quick_reader_agrees_with_the_slow_one(claim):
    assert instant_of(claim) == parse_instant(claim)


@given(
    st.integers(0, 4_102_444_800_000),
    st.sampled_from(["Z", "+00:00", "999+00:00"]),
    st.lists(
        st.tuples(st.integers(0, 23), st.sampled_from("0123456789-:.,TtZW +_é１\n")), max_size=2
    ),
)
def test_a_slip_in_a_usual_form_is_judged_alike(moment_ms, zone, slips):
    claim = list(format_instant(moment_ms)[:-1] + zone)
    for place, letter in slips:
        claim[place] = letter
    assert instant_of("".join(claim)) == parse_instant("".join(claim))


@pytest.mark.parametrize(
    "claim",
    ["2026-11-22T09:41:07:250Z", "2026-11-22T09:41:07:250+00:00", "1990-01-27T20:00.001664+00:00"],
)
def test_a_fraction_stands_behind_a_point_and_of_seconds(claim):
    assert instant_of(claim) is None


@given(st.integers(0, 4_102_444_800_000), st.sampled_from(["Z", "+00:00"]))
def test_the_forms_of_real_clients_are_read_exactly(moment_ms, zone):
    written = format_instant(moment_ms)[:-1]
    assert instant_of(written + zone) == moment_ms
    assert instant_of(written + "999" + zone) == moment_ms


@pytest.mark.parametrize("year", [1970, 2026, 2242, 2243, 2514, 9999])
def test_the_last_microsecond_of_a_second_is_no_other_second(year):
    claim = f"{year}-12-31T23:59:59.999999+00:00"
    assert instant_of(claim) == parse_instant(claim)


CLAIMS = st.one_of(st.none(), st.integers(NOW - 10**12, NOW + 10**12).map(at), st.text(max_size=5))


@given(CLAIMS, CLAIMS, CLAIMS)
def test_whatever_is_claimed_the_event_time_is_sane(timestamp, original, sent_at):
    found, flags = event_time(timestamp, original, sent_at, NOW)
    assert 946_684_800_000 <= found <= NOW + 5 * MINUTE_MS
    assert set(flags) <= {"skew_large", "clamped"}
