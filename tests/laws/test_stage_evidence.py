"""The laws of stage evidence: whatever the order and the cut, the newest 200 and 16 facts."""

from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.profile.cell import EMPTY, Cell, encode, merge
from wegweiser.profile.fold import fold_event
from wegweiser.profile.recent import MOST as MOST_RECENT
from wegweiser.profile.stage_evidence import FACTS, MOST, MOST_FACTS, NO_EVIDENCE, newest
from wegweiser.terms.event import Event
from wegweiser.terms.profile import Happening
from wegweiser.terms.source import Trust

LEAF = "user_id:u"
NAMES = ("Page Viewed", "Feature Used", "Engaged Time", "Deal Won")


def event(number: int, name: str) -> Event:
    """Make one event of a busy day; `number` gives time and id."""
    if name == "Page Viewed":
        return Event(type="page", message_id=f"m-{number}", at=number, properties={"path": "/docs"})
    return Event(type="track", message_id=f"m-{number}", at=number, event=name)


def folded(events: Iterable[Event]) -> Cell:
    """Fold events into one cell."""
    cell = Cell()
    for one in events:
        fold_event(cell, one, Trust.SERVER, 60, LEAF)
    return cell


def told(*cells: Cell) -> list[Happening]:
    """Give the evidence that cells hold together."""
    return newest(*(part for cell in cells for part in (cell.recent, cell.earlier)))


def by_hand(events: Sequence[Event]) -> list[str]:
    """Name what must be kept: the newest 200 that can be evidence, and the newest 16 facts."""
    can = sorted(
        (one for one in events if one.shown_name not in NO_EVIDENCE),
        key=lambda one: (one.at, one.message_id),
    )
    facts = [one for one in can if one.shown_name in FACTS][-MOST_FACTS:]
    return [one.message_id for one in can if one in can[-MOST:] or one in facts]


# A quarter of the days has more evidence than a cell keeps; few events are facts.
days = st.lists(
    st.sampled_from(NAMES + NAMES[:2] * 6), min_size=0, max_size=4 * MOST_RECENT
) | st.lists(st.sampled_from(NAMES[:2] * 20 + NAMES[2:]), min_size=270, max_size=420)


@settings(max_examples=15, deadline=None)
@given(days, st.randoms(use_true_random=False), st.floats(0, 1), st.floats(0, 1))
def test_evidence_is_a_bounded_commutative_monoid(names, random, one: float, other: float) -> None:
    events = [event(number, name) for number, name in enumerate(names)]
    whole = folded(events)
    shuffled = list(events)
    random.shuffle(shuffled)
    low, high = sorted(int(cut * len(events)) for cut in (one, other))
    a, b, c = (folded(part) for part in (shuffled[:low], shuffled[low:high], shuffled[high:]))
    assert encode(folded(shuffled)) == encode(whole)
    assert encode(merge(merge(a, b), c)) == encode(merge(a, merge(c, b))) == encode(whole)
    assert encode(merge(whole, EMPTY)) == encode(whole)
    assert [one.message_id for one in told(a, b, c)] == by_hand(events)
    assert told(a, b, c) == told(whole)
    assert len(whole.earlier) <= MOST + MOST_FACTS


def test_a_quiet_day_keeps_nothing_twice() -> None:
    cell = folded(event(number, "Page Viewed") for number in range(MOST_RECENT))
    assert cell.earlier == []
    assert len(told(cell)) == MOST_RECENT


def test_a_won_deal_outlasts_a_flood_of_views() -> None:
    flood = [event(0, "Deal Won"), *(event(n, "Page Viewed") for n in range(1, 1_000))]
    kept = told(folded(flood))
    assert len(kept) == MOST + 1
    assert kept[0].name == "Deal Won"
