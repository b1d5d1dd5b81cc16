"""Archive rows of slots: also where nothing was drawn, each under the placement that was asked."""

from wegweiser.flow.archive_rows import Judged
from wegweiser.flow.export import decision_row
from wegweiser.flow.portfolio_rows import slot_rows
from wegweiser.terms.decision import Decision, Draw, Item, Subject
from wegweiser.terms.record import Decided, Verdict

# One candidate, the first one, which was certain.
CANDIDATES, WEIGHTS = b"\0\0", (1 << 32).to_bytes(8, "little")


def decision(**more: object) -> Decision:
    told: dict[str, object] = {
        "decision_id": "dec-1",
        "request_id": "r-1",
        "body_digest": "",
        "at": 1_000,
        "subject": Subject(person="user_id:u-1"),
    }
    return Decision(**told | more)  # type: ignore[arg-type]


def placed(one: Decision) -> list[tuple[str, int, str]]:
    rows = slot_rows(
        [Judged(position=1, record=Decided(decision=one), verdict=Verdict(position=1))]
    ).to_pylist()
    assert len({row["idx"] for row in rows}) == len(rows)
    return [(row["placement"], row["slot"], row["message"]) for row in rows]


def test_who_got_nothing_got_it_at_the_placement_that_was_asked() -> None:
    nothing = decision(asked=("home.hero", "app.card"), status="nothing")
    assert placed(nothing) == [("home.hero", 0, ""), ("app.card", 0, "")]
    assert decision_row(nothing)["placements"] == ["home.hero", "app.card"]


def test_what_was_drawn_or_filled_stands_there_once() -> None:
    item = Item("app.card", 1, "paper", "web", 1.0, "fallback")
    drawn = Draw("app.card", 0, CANDIDATES, WEIGHTS, 0, 0, "best")
    mixed = decision(asked=("home.hero", "app.card"), draws=(drawn,), items=(item,))
    assert sorted(placed(mixed)) == [
        ("app.card", 0, "(held out)"),
        ("app.card", 1, "paper"),
        ("home.hero", 0, ""),
    ]


def test_old_records_say_only_what_was_drawn() -> None:
    assert placed(decision()) == [("", 0, "")]
    old = decision(draws=(Draw("home.hero", 0, CANDIDATES, WEIGHTS, 0, 0, "best"),))
    assert decision_row(old)["placements"] == ["home.hero"]
