"""Credit from events to figures: what a path is, which contacts belong to it, and the gates."""

import pytest

from tests.measure.asking import AS_OF, ask, ask_rows, offer, shown
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS

START = AS_OF - 100 * DAY_MS
Given = dict[str, object]


def visit(who: str, day: float, channel: str) -> Given:
    at = START + int(day * DAY_MS)
    return {"leaf": who, "occurred_at": at, "channel": channel, "path": "/"}


def goal(who: str, day: float, value: float = 1.0) -> Given:
    return {"leaf": who, "occurred_at": START + int(day * DAY_MS), "value": value}


def paths(**options: str) -> dict[tuple[str, ...], tuple[object, ...]]:
    rows = ask_rows("credit", options)
    return {
        tuple(map(str, row["contacts"])): (row["goals"], row["value"], row["nulls"])  # type: ignore[arg-type]
        for row in rows
    }


def test_a_path_ends_at_its_goal_and_the_next_one_begins() -> None:
    events = [
        visit("a", 1, "paid_search"),
        visit("a", 2, "email"),
        visit("a", 4, "organic_search"),
        visit("a", 6, "email"),
    ]
    offer({"events": events, "outcomes": [goal("a", 3, 10.0), goal("a", 5, 2.0)]})
    assert paths() == {
        ("paid_search", "email"): (1, 10.0, 0),
        ("organic_search",): (1, 2.0, 0),
        ("email",): (0, 0.0, 1),
    }


def test_contacts_older_than_the_window_do_not_belong_to_it() -> None:
    events = [visit("a", 1, "paid_search"), visit("a", 40, "email")]
    offer({"events": events, "outcomes": [goal("a", 45)]})
    assert paths() == {("email",): (1, 1.0, 0)}
    assert paths(window_days="60") == {("paid_search", "email"): (1, 1.0, 0)}


def test_a_path_to_nothing_counts_when_its_window_has_closed() -> None:
    offer({"events": [visit("a", 80, "email"), visit("b", 60, "email")]})
    assert paths() == {("email",): (0, 0.0, 1)}


def test_direct_visits_count_only_where_there_is_nothing_else() -> None:
    events = [visit("a", 1, "direct"), visit("a", 2, "email"), visit("b", 1, "direct")]
    offer({"events": events, "outcomes": [goal("a", 3), goal("b", 3)]})
    assert set(paths()) == {("email",), ("direct",)}
    assert set(paths(direct="count")) == {("direct", "email"), ("direct",)}


def test_goals_without_any_contact_are_counted_apart() -> None:
    offer({"events": [visit("a", 1, "email")], "outcomes": [goal("a", 2), goal("b", 2, 7.0)]})
    assert paths() == {("email",): (1, 1.0, 0), (): (1, 7.0, 0)}


def test_messages_that_were_seen_are_contacts() -> None:
    decision = {"decision_id": "d", "leaf": "a", "channel": "email", "message": "guide"}
    offer(
        {
            "events": [visit("a", 1, "paid_search")],
            "decisions": [decision | {"occurred_at": START}],
            "exposures": [{"decision_id": "d", "occurred_at": START + 2 * DAY_MS}],
            "outcomes": [goal("a", 3)],
        }
    )
    assert set(paths()) == {("paid_search", "email")}
    assert set(paths(by="campaign")) == {("paid_search", "message guide")}


def test_a_contact_counts_half_after_a_week() -> None:
    events = [visit("a", 1, "email"), visit("a", 8, "paid_search")]
    offer({"events": events, "outcomes": [goal("a", 8.5)]})
    [row] = ask_rows("credit")
    assert row["decayed"] == pytest.approx([1 / 3, 2 / 3])


def many(goals: int) -> tuple[list[Given], list[Given]]:
    events, reached = [], []
    for number in range(goals):
        who = f"p{number}"
        events += [visit(who, 1, "paid_search"), visit(who, 2, "email")]
        reached.append(goal(who, 3 + number % 5))
    events += [visit(f"n{number}", 4, "paid_search") for number in range(goals)]
    events.append({**visit("p0", 2.1, "social"), "occurred_at": START + 2 * DAY_MS + HOUR_MS})
    return events, reached


def test_every_method_sums_to_the_goals_and_says_that_it_is_no_cause() -> None:
    events, reached = many(400)
    offer({"events": events, "outcomes": reached})
    found = ask("credit")
    rows = shown(found)
    for method in ("markov", "markov_of_two", "shapley", "first", "last", "linear", "decay"):
        assert sum(float(str(row[method])) for row in rows) == pytest.approx(400), method
    by_contact = {str(row["contact"]): row for row in rows}
    assert by_contact["social"]["few"] is True
    assert by_contact["email"]["few"] is False
    assert {one.evidence for one in found.results} == {"split"}
    for one in found.results:
        assert (one.low or 0.0) <= (one.estimate or 0.0) <= (one.high or 0.0)
        assert "not a cause" in one.sentence["en"]
        assert "keine Ursache" in one.sentence["de"]
    assert ask("credit") == found


METHODS = ("markov", "markov_of_two", "shapley", "first", "last", "linear", "position", "decay")


def test_every_method_splits_the_value_to_the_cent_and_leaves_the_rest_unassigned() -> None:
    events, reached = many(400)
    for number, row in enumerate(reached):
        row["value"] = 10.0 + number
    unseen = [goal(f"x{number}", 9, 2.5) for number in range(3)]
    offer({"events": events, "outcomes": [*reached, *unseen]})
    worth = sum(10.0 + number for number in range(400))
    found = ask("credit", {"metric": "value"})
    rows = {str(row["contact"]): row for row in shown(found)}
    assert list(rows)[-1] == "(unassigned)"
    for method in METHODS:
        told = [float(str(row[method])) for name, row in rows.items() if name != "(unassigned)"]
        assert sum(told) == pytest.approx(worth), method
        assert rows["(unassigned)"][method] == 7.5
    # 400 people saw an advert first and mail last; of one the last contact was a network.
    assert rows["paid_search"]["first"] == pytest.approx(worth)
    assert rows["email"]["last"] == pytest.approx(worth - 10.0)
    assert rows["social"]["last"] == pytest.approx(10.0)
    assert {one.unit for one in found.results} == {"value"}
    first = found.results[0]
    assert "of the value of goals" in first.sentence["en"]
    assert "vom Wert der Ziele" in first.sentence["de"]
    assert first.n["without_contact"] == 3
    rest = found.results[-1]
    assert (rest.name, rest.estimate, rest.kind) == ("credit.markov.(unassigned)", 7.5, "none")
    counted = shown(ask("credit"))
    assert counted[-1]["contact"] == "(unassigned)"
    assert sum(float(str(row["markov"])) for row in counted) == pytest.approx(403)


def test_time_decay_weighs_by_what_goals_were_worth() -> None:
    """One path, walked by two with other pauses: the parts are those of the money, not of heads."""
    events = [visit("a", 1, "email"), visit("a", 8, "social")]
    events += [visit("b", 1, "email"), visit("b", 15, "social")]
    offer({"events": events, "outcomes": [goal("a", 8.5, 30.0), goal("b", 15.5, 5.0)]})
    [row] = ask_rows("credit", {"metric": "value"})
    assert row["decayed"] == pytest.approx([30 / 3 + 5 / 5, 30 * 2 / 3 + 5 * 4 / 5])
    [row] = ask_rows("credit")
    assert row["decayed"] == pytest.approx([1 / 3 + 1 / 5, 2 / 3 + 4 / 5])


def test_too_few_paths_are_an_answer() -> None:
    events, reached = many(299)
    offer({"events": events, "outcomes": reached})
    found = ask("credit")
    assert [one.reason for one in found.results] == ["too_little"]
    assert found.rows == ()
    offer({})
    assert [one.reason for one in ask("credit").results] == ["no_source"]


def test_rows_are_the_same_in_any_order() -> None:
    events, reached = many(320)
    offer({"events": events, "outcomes": reached})
    once = ask("credit")
    offer({"events": events[::-1], "outcomes": reached[::-1]})
    assert ask("credit").rows == once.rows


def test_a_goal_after_the_period_makes_no_path_to_nothing() -> None:
    """What led to a goal of next week did not lead to nothing, though it is no goal of this one."""
    period = Period(START, START + 50 * DAY_MS)
    offer({"events": [visit("a", 45, "email")], "outcomes": [goal("a", 55)]})
    rows = ask_rows("credit", period=period)
    assert rows == []
    offer({"events": [visit("a", 45, "email")], "outcomes": [goal("a", 85)]})
    [row] = ask_rows("credit", period=period)
    assert (row["goals"], row["nulls"]) == (0, 1)


def test_what_has_no_name_is_unknown_and_what_nobody_reached_is_counted() -> None:
    events = [visit("a", 1, ""), {**visit("b", 1, ""), "leaf": "b"}]
    offer({"events": events, "outcomes": [goal("a", 2), goal("b", 2), {**goal("", 2)}]})
    assert paths(by="campaign") == {("(unknown)",): (2, 2.0, 0), (): (1, 1.0, 0)}
    assert paths(unit="account") == {(): (3, 3.0, 0)}


def test_weights_that_are_nearly_nothing_still_add_up_to_the_goal() -> None:
    offer(
        {"events": [visit("a", 1, "email"), visit("a", 2, "social")], "outcomes": [goal("a", 29)]}
    )
    [row] = ask_rows("credit", {"half_life_days": "0.01"})
    assert row["decayed"] == pytest.approx([0.0, 1.0])
    for wrong in ({"half_life_days": "0"}, {"window_days": "0"}):
        with pytest.raises(InputRefused):
            ask("credit", wrong)


def test_who_comes_often_is_drawn_with_all_their_paths() -> None:
    """Forty people with ten goals each are forty witnesses, not four hundred."""
    events, reached = [], []
    for number in range(40):
        channel = "email" if number % 2 else "social"
        for again in range(10):
            events.append(visit(f"p{number}", 2 * again, channel))
            reached.append(goal(f"p{number}", 2 * again + 1))
    offer({"events": events, "outcomes": reached})
    rows = ask_rows("credit")
    assert {(row["goals"], row["paths"]) for row in rows} == {(10, 10)}
    assert len({row["walker"] for row in rows}) == 40
    first = ask("credit", {"method": "first"}).results[0]
    # Goals by e-mail: Σ of 20 draws of Poisson(1) times 10, so a spread of 10·√20 = 44.7.
    assert first.estimate == 200
    assert (first.high or 0.0) - (first.low or 0.0) == pytest.approx(2 * 1.96 * 44.7, rel=0.15)
