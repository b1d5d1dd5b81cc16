"""Of whom the story tells: of those whose page shows what is told."""

from wegweiser.demo.calendar import visits
from wegweiser.demo.story import LATELY_DAYS, RECENT_DAYS, Stop, story
from wegweiser.demo.world import World
from wegweiser.terms.instant import DAY_MS

WORLD = World(seed=7, accounts=60)


def stop_of(key: str, stops: tuple[Stop, ...]) -> Stop:
    return next(one for one in stops if one.key == key)


def way_back_at(user_id: str) -> int:
    """Give the moment of the latest way validate, evaluate, explore; 0 where there is none."""
    moves = WORLD.journeys[user_id]
    runs = zip(moves, moves[1:], moves[2:], strict=False)
    wanted = ["validate", "evaluate", "explore"]
    return max((c.at for a, b, c in runs if [a.stage, b.stage, c.stage] == wanted), default=0)


def test_the_account_that_went_back_is_the_one_of_which_it_is_seen_most_plainly() -> None:
    late = WORLD.end - LATELY_DAYS * DAY_MS
    groups = sorted(
        {one.group_id for one in WORLD.company.buyers if way_back_at(one.user_id) >= late}
    )
    assert len(groups) >= 2
    for wanted in groups:
        seen = story(WORLD, lambda group_id, wanted=wanted: float(group_id == wanted))
        assert stop_of("went_back", seen).subjects[0] == f"group_id:{wanted}"


def test_what_is_seen_of_somebody_who_never_went_back_lately_does_not_count() -> None:
    late = WORLD.end - LATELY_DAYS * DAY_MS
    truly = {one.group_id for one in WORLD.company.buyers if way_back_at(one.user_id) >= late}
    seen = story(WORLD, lambda group_id: float(group_id not in truly))
    assert stop_of("went_back", seen).subjects[0].removeprefix("group_id:") in truly


def test_the_person_with_several_devices_came_lately() -> None:
    user_id = stop_of("joined", story(WORLD)).subjects[0].removeprefix("user_id:")
    buyer = next(one for one in WORLD.company.buyers if one.user_id == user_id)
    planned = visits(WORLD.seed, buyer, WORLD.journeys[user_id], WORLD.end)
    assert max(visit.at for visit in planned) >= WORLD.end - RECENT_DAYS * DAY_MS
