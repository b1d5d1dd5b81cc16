"""Click rates, regions, pages, dwell, searches and entry pages: their rules on a few events."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.compare import Arm, rate_arm
from wegweiser.measure.form import real, whole
from wegweiser.measure.many import chance_of_rates, comparable, standing
from wegweiser.measure.statistic import wilson
from wegweiser.measure.web.visit import CUTS
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

START = AS_OF - 60 * DAY_MS
Row = dict[str, object]


def view(leaf: str, at: int, path: str = "/", **more: object) -> Row:
    return {"leaf": leaf, "occurred_at": START + at, "path": path, **more}


def track(leaf: str, at: int, name: str, **more: object) -> Row:
    return view(leaf, at, type="track", name=name, **more)


def mails(people: int, each: int) -> dict[str, list[Row]]:
    """Messages that are seen an hour after each other; everybody's first is clicked."""
    world: dict[str, list[Row]] = {name: [] for name in ("decisions", "exposures", "outcomes")}
    for person in range(people):
        for number in range(each):
            told = {"decision_id": f"d{person}-{number}", "occurred_at": START + number * HOUR_MS}
            world["decisions"].append(told | {"leaf": f"p{person}"})
            world["exposures"].append(told)
            if number == 0:
                world["outcomes"] += [told | {"kind": "click", "goal": ""}] * 2
    for number, row in enumerate(world["outcomes"]):
        world["outcomes"][number] = row | {"outcome_id": f"o{number}"}
    return world


def test_a_person_who_sees_much_is_one_cluster_and_a_click_counts_once() -> None:
    offer(mails(40, each=3))
    answer = ask("web.click_rate")
    (row,) = shown(answer)
    assert (row["exposures"], row["clicks"], row["people_with_click"]) == (120, 40, 40)
    rate = result(answer, "web.click_rate.per_exposure.hello (home/0)")
    # Everybody does the same, so that there is no noise between people.
    assert (rate.estimate, rate.low, rate.high) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    people = result(answer, "web.click_rate.per_person.hello (home/0)")
    assert (people.estimate, people.low) == (1.0, wilson(40, 40).low)


def test_scanners_bots_and_clicks_without_exposure_stand_apart() -> None:
    world = mails(34, each=1)
    # p0 is a machine that opens links right after delivery, p1 a bot, p2 was never seen to see it.
    arrived = {"decision_id": "d0-0", "kind": "delivered", "goal": "", "occurred_at": START - 1_500}
    world["outcomes"].append(arrived | {"outcome_id": "arrived"})
    world["events"] = [view("p1", 0, bot=True)]
    world["exposures"] = [row for row in world["exposures"] if row["decision_id"] != "d2-0"]
    offer(world)
    (row,) = shown(ask("web.click_rate"))
    counts = ("people", "exposures", "clicks", "scanned", "unseen")
    assert [row[name] for name in counts] == [32, 32, 31, 1, 1]
    rate = ask("web.click_rate").results[0]
    assert rate.warnings == ("scanner_clicks_apart", "clicks_without_exposure")


def test_sent_is_not_seen() -> None:
    world = mails(34, each=1)
    offer(world | {"exposures": []})
    (found,) = ask("web.click_rate").results
    assert (found.reason, found.n["without_exposure"]) == ("no_source", 34)


def test_places_are_told_apart_and_links_are_counted_by_view() -> None:
    world = mails(30, each=1)
    world["decisions"] += [
        row | {"decision_id": f"x{row['decision_id']}", "slot": 1} for row in world["decisions"]
    ]
    world["exposures"] += [
        row | {"decision_id": f"x{row['decision_id']}", "slot": 1} for row in world["exposures"]
    ]
    offer(world)
    assert [(row["slot"], row["clicks"]) for row in shown(ask("web.click_rate"))] == [
        (0, 30), (1, 0),
    ]  # fmt: skip
    press = '{"url": "https://shop.example.com/"}'
    events = [view(f"p{n}", 0, "/prices") for n in range(40)]
    events += [
        track(f"p{n}", 5 + again, "Link Clicked", properties=press)
        for n in range(10)
        for again in range(2)
    ]
    offer({"events": events})
    (row,) = shown(ask("web.click_rate", {"by": "link"}))
    assert (row["path"], row["link"]) == ("/prices", "https://shop.example.com/")
    assert (row["exposures"], row["clicks"], row["click_rate"]) == (40, 10, 0.25)


def country(name: str, people: int, buyers: int) -> dict[str, list[Row]]:
    leaves = [f"{name}{number}" for number in range(people)]
    return {
        "events": [view(leaf, 0, country=name) for leaf in leaves],
        "outcomes": [
            {"leaf": leaf, "occurred_at": START + HOUR_MS, "outcome_id": leaf}
            for leaf in leaves[:buyers]
        ],
    }


def together(*worlds: dict[str, list[Row]]) -> dict[str, list[Row]]:
    return {name: [row for one in worlds for row in one[name]] for name in ("events", "outcomes")}


def test_regions_are_held_against_the_rest() -> None:
    sizes = {"DE": (400, 40), "AT": (400, 44), "CH": (200, 60), "LI": (9, 3), "": (300, 90)}
    offer(together(*(country(name, *counts) for name, counts in sizes.items())))
    answer = ask("web.regions")
    rows = {row["region"]: row for row in shown(answer)}
    assert set(rows) == {"DE", "AT", "CH", "(other)", "(unknown)"}
    assert sum(whole(row, "people") for row in rows.values()) == 1_309
    # The rest are all other known regions, the small ones too: 87 of 809.
    assert real(rows["CH"], "difference") == pytest.approx(60 / 200 - 87 / 809)
    assert [rows[name]["stands"] for name in ("DE", "AT", "CH", "(other)")] == [
        True, True, True, None,
    ]  # fmt: skip
    assert result(answer, "web.regions.different").n["compared"] == 3
    told = result(answer, "web.regions.difference.CH").sentence["en"]
    assert told.startswith("People from CH reach the goal more often than the rest: 19")


def test_regions_are_not_compared_when_most_are_unknown_or_few() -> None:
    offer(together(country("DE", 100, 30), country("", 101, 30)))
    (found,) = ask("web.regions").results
    assert (found.reason, found.estimate) == ("too_little", None)
    offer(together(country("DE", 99, 30), country("AT", 300, 30)))
    assert ask("web.regions").results[1].reason == "too_little"


def test_a_person_belongs_to_the_first_region_that_is_known() -> None:
    events = [
        view("a", 0),
        view("a", DAY_MS, country="DE", region="DE-BY"),
        view("a", 2 * DAY_MS, country="AT", region="AT-9"),
    ]
    offer({"events": events})
    (by_country,) = shown(ask("web.regions"))
    assert by_country["region"] == "(other)"
    offer({"events": [row | {"leaf": f"{row['leaf']}{n}"} for n in range(10) for row in events]})
    (row,) = shown(ask("web.regions", {"by": "region"}))
    assert (row["region"], row["people"], row["visits"]) == ("DE-BY", 10, 30)


def test_few_false_finds_are_let_through() -> None:
    assert standing({}) == frozenset()
    assert standing({"a": 0.10}) == {"a"}
    # The third stands by itself alone, so all three stand; the fourth does not.
    assert standing({"a": 0.03, "b": 0.06, "c": 0.07, "d": 0.2}) == {"a", "b", "c"}
    assert chance_of_rates(rate_arm(0, 10), rate_arm(0, 10)) == 1.0
    assert not comparable(rate_arm(20, 100), rate_arm(4, 100))
    assert comparable(rate_arm(20, 100), Arm(100, 5, 5))


@settings(max_examples=60)
@given(chances=st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.floats(0, 1)))
def test_what_stands_is_never_less_likely_by_chance_than_what_falls(
    chances: dict[str, float],
) -> None:
    stands = standing(chances)
    least = max((chances[name] for name in stands), default=-1.0)
    assert all(chances[name] > least for name in chances.keys() - stands)
    assert {name for name, chance in chances.items() if chance <= 0.1 / len(chances)} <= stands


def test_beats_of_a_fixed_pace_and_pages_that_are_silent() -> None:
    # On a whole slot of ten seconds, so that the beats fall into three slots.
    at = -START % (10 * SECOND_MS)
    beats = [view("a", at, "/read", source_id="other", page_view_id="v1")] + [
        track("a", at + seconds * SECOND_MS, "Heartbeat", page_view_id="v1", source_id="other")
        for seconds in (5, 15, 16, 25)
    ]
    unnamed = [view("b", at, "/read", source_id="other")] + [
        track("b", at + seconds * SECOND_MS, "Heartbeat", source_id="other") for seconds in (5, 15)
    ]
    silent = [view("c", at, "/read", source_id="other"), view("c", at + MINUTE_MS, "/else")]
    offer({"events": beats + unnamed + silent})
    rows = {row["path"]: row for row in shown(ask("web.dwell"))}
    assert rows["/read"]["measured_by_heartbeat"] == 3
    assert rows["/read"]["total_s"] == 25.0 + 15.0 + 0.0
    assert rows["/read"]["mean_open_s"] == pytest.approx((25 + 15) / 3)
    assert rows["/else"]["measured"] == 0


def test_pages_count_entries_exits_and_bounces() -> None:
    events = [
        view("a", 0, "/"),
        view("b", 0, "/", page_view_id="v"),
        track("b", 20 * SECOND_MS, "Engaged Time", page_view_id="v", engaged_seconds=12.0),
        view("c", 0, "/"),
        view("c", MINUTE_MS, "/prices"),
        view("c", 2 * MINUTE_MS, "/"),
    ]
    offer({"events": events})
    rows = {row["path"]: row for row in shown(ask("web.pages"))}
    names = ("views", "visits", "entries", "exits", "bounces", "measured_views", "engaged_s")
    assert [rows["/"][name] for name in names] == [4, 3, 3, 3, 1, 1, 12.0]
    assert [rows["/prices"][name] for name in names] == [1, 1, 0, 0, 0, 0, 0.0]


def search(leaf: str, at: int, words: str, **more: object) -> Row:
    return track(leaf, at, "Search Performed", search_query=words, **more)


def test_what_follows_a_search() -> None:
    events = []
    for number in range(5):
        leaf = f"p{number}"
        events += [
            # The form tells it, the address of the answer tells it again: one search.
            search(leaf, 0, "boots", results_count=3),
            view(leaf, 2 * SECOND_MS, "/search"),
            search(leaf, 3 * SECOND_MS, "Boots ", results_count=3, path="/search"),
            view(leaf, 4 * SECOND_MS, "/search"),
            view(leaf, MINUTE_MS, "/boots"),
            search(leaf, 10 * MINUTE_MS, "shoos", results_count=0, path="/search"),
            search(leaf, 10 * MINUTE_MS + 30 * SECOND_MS, "shoes", path="/search"),
            view(leaf, 10 * MINUTE_MS + 31 * SECOND_MS, "/search"),
        ]
    offer({"events": events})
    rows = {row["query"]: row for row in shown(ask("web.searches"))}
    names = ("searches", "share_clicked", "share_refined", "share_left_after", "unanswered")
    assert [rows["boots"][name] for name in names] == [5, 1.0, 0.0, 0.0, 0]
    assert [rows["shoos"][name] for name in names] == [5, 0.0, 1.0, 0.0, 5]
    assert [rows["shoes"][name] for name in names] == [5, 0.0, 0.0, 1.0, 5]
    first = shown(ask("web.searches", {"order": "unanswered"}))[0]
    assert first["query"] == "shoes"


def test_a_search_may_be_followed_by_a_goal() -> None:
    events = [search(f"p{number}", 0, "boots") for number in range(40)]
    bought = [{"leaf": f"p{number}", "occurred_at": START + HOUR_MS} for number in range(10)]
    offer({"events": events, "outcomes": bought})
    (row,) = shown(ask("web.searches", {"goal": "sale"}))
    assert (row["closed_searches"], row["goal_searches"], row["goal_rate"]) == (40, 10, 0.25)


def test_the_value_of_a_goal_counts_once_for_the_last_visit_before_it() -> None:
    events, outcomes = [], []
    for number in range(30):
        events += [view(f"p{number}", 0, "/first"), view(f"p{number}", DAY_MS, "/second")]
        sale = {"leaf": f"p{number}", "occurred_at": START + 2 * DAY_MS, "value": 12.5 + number}
        outcomes += [sale, sale | {"value": 1e300}] if number == 0 else [sale]
    offer({"events": events, "outcomes": outcomes})
    answer = ask("web.entry_pages", {"goal": "sale"})
    rows = {row["entry_path"]: row for row in shown(answer)}
    assert [rows[path]["goal_visits"] for path in ("/first", "/second")] == [30, 30]
    assert [rows[path]["value"] for path in ("/first", "/second")] == [0.0, 30 * 27.0]
    assert rows["/second"]["value_per_visit"] == pytest.approx(27.0)
    assert (rows["/first"]["rank_low"], rows["/first"]["rank_high"]) == (1, 2)
    assert result(answer, "web.entry_pages.value_per_visit").estimate == pytest.approx(13.5)


worlds = st.lists(
    st.fixed_dictionaries(
        {
            "leaf": st.sampled_from("abc"),
            "occurred_at": st.integers(0, 300).map(lambda tens: START + tens * 10 * MINUTE_MS),
            "path": st.sampled_from(["/", "/prices", ""]),
            "source": st.sampled_from(["", "news"]),
            "country": st.sampled_from(["", "DE"]),
            "device": st.sampled_from(["", "phone"]),
            "bot": st.booleans(),
        }
    ),
    max_size=15,
)


@settings(max_examples=5)
@given(events=worlds)
def test_every_cut_sums_to_the_whole(events: list[Row]) -> None:
    offer({"events": events})
    totals = [found.estimate for found in ask("web.visits").results[1:3]]
    for cut in ("week", "month", *CUTS):
        rows = shown(ask("web.visits", {"by": cut}))
        sums = [float(sum(whole(row, name) for row in rows)) for name in ("visits", "views")]
        assert sums == (totals if rows else [0.0, 0.0])
    pages = shown(ask("web.pages"))
    visits = totals[0] if pages else 0
    assert sum(whole(row, "entries") for row in pages) == visits
    assert sum(whole(row, "exits") for row in pages) == visits
    people = shown(ask("web.regions"))
    assert sum(whole(row, "visits") for row in people) == visits
