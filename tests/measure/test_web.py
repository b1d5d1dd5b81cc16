"""Visits, dwell, searches, downloads: the rules, each on a handful of events."""

import pytest

from tests.measure.asking import AS_OF, PERIOD, ask, offer, result, shown
from wegweiser.measure.registry import find
from wegweiser.query.period import read_period
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, parse_instant

NOON = AS_OF - DAY_MS + 12 * HOUR_MS


def page(leaf: str, after_ms: int, **more: object) -> dict[str, object]:
    return {"leaf": leaf, "occurred_at": NOON + after_ms, "path": "/", **more}


def track(leaf: str, after_ms: int, name: str, **more: object) -> dict[str, object]:
    return page(leaf, after_ms, type="track", name=name, **more)


def figures() -> list[float | None]:
    return [found.estimate for found in ask("web.visits").results]


def test_a_pause_of_more_than_30_minutes_ends_a_visit() -> None:
    offer({"events": [page("a", 0), page("a", 30 * MINUTE_MS), page("a", 60 * MINUTE_MS + 1)]})
    assert figures() == [1, 2, 3]


def test_midnight_and_a_new_campaign_do_not_split_a_visit() -> None:
    late = 12 * HOUR_MS - 5 * MINUTE_MS
    events = [page("a", late), page("a", late + 10 * MINUTE_MS, campaign="spring")]
    offer({"events": events})
    answer = ask("web.visits", {}, read_period("", "", AS_OF + DAY_MS), AS_OF + DAY_MS)
    assert [found.estimate for found in answer.results] == [1, 1, 2]


def test_server_events_and_bots_are_in_no_visit() -> None:
    offer(
        {
            "events": [
                page("a", 0, trust=2),
                track("a", MINUTE_MS, "Order Completed", trust=2),
                track("b", 0, "Link Clicked"),
                page("c", 0, bot=True),
            ]
        }
    )
    assert figures() == [1, 1, 1]
    assert "not measured" in ask("web.dwell").results[0].sentence["en"]


def test_visitors_are_persons_and_visits_are_of_leaves() -> None:
    leaves = [{"leaf": "a", "person_id": "p"}, {"leaf": "b", "person_id": "p"}]
    offer({"events": [page("a", 0), page("b", 0)], "leaves": leaves})
    assert figures() == [1, 2, 2]


def test_days_are_those_of_the_zone_and_quiet_days_are_shown() -> None:
    late = parse_instant("2026-01-10T23:30:00Z")
    assert late is not None
    offer({"events": [{"leaf": "a", "occurred_at": late + n * 2 * DAY_MS} for n in range(2)]})
    period = read_period("2026-01-01", "2026-02-01", AS_OF, "Europe/Berlin")
    rows = shown(ask("web.visits", {}, period))
    assert [(row["day"], row["visits"]) for row in rows] == [
        ("2026-01-11", 1),
        ("2026-01-12", 0),
        ("2026-01-13", 1),
    ]


def test_sources_fall_back_to_the_referrer() -> None:
    offer(
        {
            "events": [
                page("a", 0, source="news", medium="email"),
                page("b", 0, referrer_host="www.example.org"),
                page("c", 0),
            ]
        }
    )
    by_source = {row["source"] for row in shown(ask("web.visits", {"by": "source"}))}
    by_medium = {row["medium"] for row in shown(ask("web.visits", {"by": "medium"}))}
    assert by_source == {"news", "www.example.org", "(direct)"}
    assert by_medium == {"email", "referral", "(direct)"}


def test_nothing_is_an_answer() -> None:
    offer({})
    for name in ("web.visits", "web.entry_pages", "web.dwell", "web.searches", "web.downloads"):
        answer = ask(name)
        assert (answer.status, answer.results[0].reason) == ("too_little_data", "no_source")


def test_dwell_takes_beats_then_gaps_and_counts_what_is_not_measured() -> None:
    events = []
    for number in range(40):
        leaf = f"v{number:02}"
        events += [
            page(leaf, 0, path="/read", page_view_id=f"view-{leaf}"),
            track(leaf, 40 * SECOND_MS, "Engaged Time", page_view_id=f"view-{leaf}",
                  engaged_seconds=10.0),
            track(leaf, 70 * SECOND_MS, "Engaged Time", page_view_id=f"view-{leaf}",
                  engaged_seconds=20.0 + number),
            page(leaf, 100 * SECOND_MS, path="/gap"),
            page(leaf, 150 * SECOND_MS, path="/last"),
        ]  # fmt: skip
    offer({"events": events})
    answer = ask("web.dwell")
    rows = {row["path"]: row for row in shown(answer)}
    assert rows["/read"]["mean_s"] == 49.5
    assert rows["/read"]["measured_by_beats"] == 40
    assert (rows["/gap"]["median_s"], rows["/gap"]["measured_by_gap"]) == (50.0, 40)
    assert (rows["/last"]["measured"], rows["/last"]["mean_s"]) == (0, None)
    assert result(answer, "web.dwell.share_measured").estimate == pytest.approx(2 / 3)
    assert result(answer, "web.dwell.mean").warnings == ("two_sources_of_time",)


def test_what_happened_in_one_millisecond_stands_as_it_was_sent() -> None:
    events = []
    for number in range(40):
        leaf = f"v{number:02}"
        # Names of events that are in the other order, and an index that decides in one request.
        events += [
            page(leaf, 0, path="/second", event_id=f"a{leaf}", position=number, idx=1),
            page(leaf, 0, path="/first", event_id=f"b{leaf}", position=number, idx=0),
            page(leaf, 50 * SECOND_MS, path="/last", position=100 + number),
        ]
    offer({"events": events})
    rows = {row["path"]: row for row in shown(ask("web.dwell"))}
    assert (rows["/first"]["median_s"], rows["/second"]["median_s"]) == (0.0, 50.0)
    pages = {row["path"]: row for row in shown(ask("web.pages"))}
    assert (pages["/first"]["entries"], pages["/second"]["entries"]) == (40, 0)
    entries = {row["entry_path"] for row in shown(ask("web.entry_pages"))}
    assert entries == {"/first"}


def test_rare_searches_and_addresses_are_not_shown() -> None:
    people = [
        track(f"p{number}", 0, "Search Performed", search_query=" Safety  BOOTS", results_count=0)
        for number in range(5)
    ]
    private = [
        track(f"p{number}", HOUR_MS, "Search Performed", search_query="ada@example.com")
        for number in range(6)
    ]
    offer({"events": people + private + [track("x", 0, "Search Performed", search_query="odd")]})
    rows = shown(ask("web.searches"))
    assert [(row["query"], row["searches"]) for row in rows] == [("safety boots", 5), ("(rare)", 7)]
    assert rows[0]["share_without_result"] == 1.0


def test_a_download_counts_once_per_person_file_and_day() -> None:
    again = [track("a", after, "File Downloaded", file_name="guide.pdf")
             for after in (0, MINUTE_MS, 3 * HOUR_MS, DAY_MS // 2 + HOUR_MS)]  # fmt: skip
    offer({"events": again})
    answer = ask("web.downloads", {}, read_period("", "", AS_OF + DAY_MS), AS_OF + DAY_MS)
    assert [(row["downloads"], row["people"]) for row in shown(answer)] == [(2, 1)]


def test_an_unknown_measure_or_option_names_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"Did you mean web\.visits\?"):
        find("web.visit")
    with pytest.raises(InputRefused, match="Did you mean --by"):
        find("web.visits").ask({"bye": "day"}, PERIOD, AS_OF)
    with pytest.raises(InputRefused, match="must be one of day"):
        find("web.visits").ask({"by": "moon"}, PERIOD, AS_OF)
    with pytest.raises(InputRefused, match="whole number"):
        find("lift").ask({"window-days": "soon"}, PERIOD, AS_OF)


def test_another_pause_makes_other_visits() -> None:
    events: list[dict[str, object]] = [
        {"leaf": "a", "occurred_at": minute * 60_000 + DAY_MS, "path": f"/{minute}"}
        for minute in (0, 5, 20, 70)
    ]
    offer({"events": events})
    for minutes, visits in (("4", 4), ("10", 3), ("30", 2), ("49", 2), ("50", 1)):
        asked = {"pause_minutes": minutes}
        assert result(ask("web.visits", asked), "web.visits.visits").estimate == visits
        assert ask("web.depth", asked).n == visits
        assert ask("web.entry_pages", asked).n == visits
        measured = result(ask("web.dwell", asked), "web.dwell.share_measured").n["units"]
        assert measured == 4 - visits
    for wrong in ("0", str(366 * 24 * 60)):
        with pytest.raises(InputRefused, match="pause-minutes"):
            ask("web.depth", {"pause_minutes": wrong})


def test_a_visit_of_one_event_has_no_length_and_the_rest_have() -> None:
    events: list[dict[str, object]] = [
        {"leaf": f"v{number}", "occurred_at": DAY_MS + 1_000 * step, "path": "/"}
        for number in range(40)
        for step in range(0, 1 + 10 * (number % 4), 10)
    ]
    offer({"events": events})
    answer = ask("web.depth")
    rows = {row["views"]: row for row in shown(answer)}
    assert {views: row["visits"] for views, row in rows.items()} == {1: 10, 2: 10, 3: 10, 4: 10}
    assert (rows[1]["measured"], rows[1]["median_s"]) == (0, None)
    assert (rows[4]["median_s"], rows[4]["mean_s"]) == (30.0, 30.0)
    assert result(answer, "web.depth.views_mean").estimate == 2.5
    assert result(answer, "web.depth.seconds_median").estimate == 20.0
    assert result(answer, "web.depth.single_view").n["goals"] == 10
    offer({"events": events[:1]})
    assert result(ask("web.depth"), "web.depth.seconds_median").reason == "too_little"
    offer({})
    assert ask("web.depth").results[0].reason == "no_source"
