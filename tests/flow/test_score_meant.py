"""Of whom a score is asked when it is read: of those of whom it was learned."""

import pytest

from wegweiser.flow.score_serving import raw_facts
from wegweiser.learn.score_reading import ScoreReader
from wegweiser.profile.cell import Cell
from wegweiser.profile.reading import CellAt
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.score import (
    Estimated,
    Predicts,
    ScoreDeclared,
    ScoreFeature,
    ScoreModel,
    ScoreQuality,
    Share,
)

UNTIL = 100 * DAY_MS
_HALF = Estimated(0.5, 0.0, 1.0)


def reader(predicts: Predicts, goal: str = "") -> ScoreReader:
    return ScoreReader(
        ScoreModel(
            key="fit",
            declared=ScoreDeclared(key="fit", predicts=predicts, goal=goal, unit="account"),
            window_days=30,
            features=(ScoreFeature("events"),),
            intercept=0.0,
            terms=(),
            covariance=((1.0,),),
            cuts=(),
            holdout_cuts=(),
            rows=0,
            positives=0,
            quality=ScoreQuality(0, 0, _HALF, 0.0, 0.0, _HALF, _HALF, ()),
            borders=(),
            spread=(),
            score_spread=Share(),
        )
    )


def cell(day: int, reached: dict[str, int]) -> CellAt:
    counts = {"Page Viewed": {"09": 2}}
    return CellAt("user_id:u", day, "", Cell(counts=counts, reached=reached))


@pytest.mark.parametrize("by_member", [True, False])
@pytest.mark.parametrize(
    ("reached", "asked"),
    [({}, True), ({"deal": 70 * DAY_MS}, False), ({"other": 70 * DAY_MS}, True)],
)
def test_fit_is_not_asked_of_who_reached_the_goal(
    reached: dict[str, int], asked: bool, by_member: bool
) -> None:
    seen, told = cell(90, {}), cell(70, reached)
    held = ([seen, told], []) if by_member else ([seen], [told])
    assert (raw_facts(reader("fit", "deal"), held, UNTIL) is not None) is asked
    # Any other score of the same company goes on.
    assert raw_facts(reader("goal", "deal"), held, UNTIL) is not None


def test_a_goal_of_a_later_day_is_not_known_yet() -> None:
    held = ([cell(90, {"deal": UNTIL})], [])
    assert raw_facts(reader("fit", "deal"), held, UNTIL) is not None


def test_who_fell_silent_before_the_window_is_not_asked_about_dormancy() -> None:
    assert raw_facts(reader("dormancy"), ([cell(69, {})], []), UNTIL) is None
    assert raw_facts(reader("dormancy"), ([cell(70, {})], []), UNTIL) == [2]
