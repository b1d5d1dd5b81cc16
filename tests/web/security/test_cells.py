"""Small cells: nothing of fewer than ten people reaches who sees counts only, nor a mail."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.terms.kept_back import without_few
from wegweiser.terms.result import Answer, AskedPeriod, Change, Compared, Question, Result
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.small_counts import rough
from wegweiser.web.text import Reader

COUNTING = Reader("en", "UTC", 0, "counts")


def result(name: str, units: int) -> Result:
    told = {"en": f"{units} people did {name}.", "de": f"{units} Personen taten {name}."}
    return Result(
        name=name, unit="", n={"units": units}, enough_data=True, sentence=told, estimate=1.0
    )


def answer_of(counts: list[int], columns: tuple[str, ...] = (), rows: object = ()) -> Answer:
    return Answer(
        measure="web.pages",
        status="ok",
        results=tuple(result(f"web.pages.{at}", count) for at, count in enumerate(counts)),
        columns=columns,
        rows=rows,  # type: ignore[arg-type]
        question=Question("select 1", {}),
        as_of=0,
        n=sum(counts),
    )


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_no_figure_of_a_few_people_is_told(counts: list[int]) -> None:
    kept = without_few(answer_of(counts), "person").answer
    assert all(not 0 < one.n.get("units", 0) < SMALLEST_CELL for one in kept.results)
    few = [str(count) for count in counts if 0 < count < SMALLEST_CELL]
    for one in kept.results:
        assert one.sentence["en"].split()[0] not in few
    assert kept.main is not None
    again = without_few(kept, "person").answer
    assert again == kept


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8))
def test_no_row_of_a_few_people_is_told(pairs: list[tuple[int, int]]) -> None:
    rows = tuple((f"m-{at}", people, goals) for at, (people, goals) in enumerate(pairs))
    columns = ("message", "people", "people_with_goal")
    kept = without_few(answer_of([100], columns, rows), "person")
    assert all(not 0 < count < SMALLEST_CELL for row in kept.answer.rows for count in row[1:])  # type: ignore[operator]
    assert kept.rows == len(rows) - len(kept.answer.rows)


def test_visits_stand_for_people_where_no_column_counts_them() -> None:
    rows = (("/prices", 40), ("/careers/only-one", 1))
    kept = without_few(answer_of([100], ("path", "visits"), rows), "person")
    assert kept.answer.rows == rows[:1]
    several = answer_of([100], ("path", "visits", "visitors"), (("/prices", 3, 30),))
    assert without_few(several, "person").rows == 0


def test_an_earlier_time_of_a_few_is_not_told_by_its_change() -> None:
    now = answer_of([50, 60])
    then = (result("web.pages.0", 3), result("web.pages.1", 80))
    changes = tuple(
        Change(name=one.name, now=50.0, before=one.n["units"], sentence=one.sentence)
        for one in then
    )
    compared = Compared(
        to="previous", period=AskedPeriod(0, 1), results=then, rows=(), changes=changes
    )
    kept = without_few(msgspec.structs.replace(now, compared=compared), "person").answer.compared
    assert kept is not None
    assert [one.name for one in kept.changes] == ["web.pages.1"]
    assert [one.name for one in kept.results] == ["web.pages.1"]


@given(st.integers(0, 10_000))
def test_taking_one_person_away_changes_no_rough_count_but_at_tens(count: int) -> None:
    if (count + 1) % SMALLEST_CELL:
        assert rough(COUNTING, count) == rough(COUNTING, count + 1)
    assert rough(Reader("en", "UTC", 0, "masked"), count) == f"{count:,}"
