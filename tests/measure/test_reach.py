"""Known people, engaged accounts and decisions over a small archive, counted by hand."""

from tests.measure.asking import AS_OF, ask, offer, shown
from wegweiser.terms.instant import DAY_MS

DAY = AS_OF - 3 * DAY_MS
NEXT = DAY + DAY_MS
SLOT = {"received_at": 0, "arm": "main", "slot": 0, "group_id": "", "decided_person_id": ""}


def world() -> None:
    events = [
        {"event_id": "e1", "leaf": "user_id:ada", "occurred_at": DAY, "group_id": "acme"},
        {"event_id": "e2", "leaf": "user_id:ada", "occurred_at": NEXT, "group_id": "acme"},
        {"event_id": "e3", "leaf": "anonymous_id:x", "occurred_at": DAY},
        {"event_id": "e4", "leaf": "user_id:bot", "occurred_at": DAY, "bot": True},
        {"event_id": "e5", "leaf": "user_id:import", "occurred_at": DAY, "type": "identify"},
    ]
    leaves = [
        {"leaf": leaf, "person_id": f"p-{leaf[-3:]}"}
        for leaf in ("user_id:ada", "anonymous_id:x", "user_id:bot", "user_id:import")
    ]
    slots = [
        SLOT | {"decision_id": name, "leaf": "user_id:ada", "occurred_at": at}
        for name, at in (("d1", DAY), ("d1", DAY), ("d2", NEXT))
    ]
    offer({"events": events, "leaves": leaves, "slots": slots})


def test_each_counts_once_in_all_and_once_on_each_day() -> None:
    world()
    answer = ask("reach.days")
    assert {one.name: one.estimate for one in answer.results} == {
        "reach.days.known_people": 1,
        "reach.days.people": 2,
        "reach.days.engaged_accounts": 1,
        "reach.days.decisions": 2,
    }
    rows = shown(answer)
    assert [row["known_people"] for row in rows] == [1, 1]
    assert [row["people"] for row in rows] == [2, 1]
    assert [row["engaged_accounts"] for row in rows] == [1, 1]
    assert [row["decisions"] for row in rows] == [1, 1]


def test_decisions_of_a_day_without_any_act_are_counted() -> None:
    offer({"slots": [SLOT | {"decision_id": "d1", "leaf": "a", "occurred_at": DAY}]})
    answer = ask("reach.days")
    assert shown(answer)[0]["decisions"] == 1
    assert shown(answer)[0]["people"] == 0


def test_nothing_at_all_has_no_figure() -> None:
    offer({})
    answer = ask("reach.days")
    assert answer.status == "too_little_data"
    assert answer.main.reason == "no_source"


def test_decisions_by_channel_and_what_they_said() -> None:
    slots = [
        SLOT
        | {
            "decision_id": f"d{number}",
            "leaf": f"u{number}",
            "occurred_at": DAY,
            "channel": "web" if number < 30 else "email",
            "message": "" if number % 2 else "paper",
        }
        for number in range(40)
    ]
    offer({"slots": slots})
    answer = ask("decisions.channels")
    assert [(row["channel"], row["decisions"], row["with_message"]) for row in shown(answer)] == [
        ("web", 30, 15),
        ("email", 10, 5),
    ]
    assert answer.main.estimate == 0.5
