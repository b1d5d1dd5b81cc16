"""Windows of membership: linear in what was said, and one visitor says only so much."""

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import World, public, seen
from wegweiser.resolve.roster import MOST_PER_LEAF, Roster, age_of
from wegweiser.resolve.windows import Senders, Window, best_of, windows_of
from wegweiser.terms.identity import Membership
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

LEAF = "anonymous_id:a-1"
memberships = st.builds(
    lambda group, role, status, at, message: Membership(
        LEAF, group, role, status, at, message, at, at if status.startswith("ended") else None
    ),
    st.sampled_from(["acme", "globex"]),
    st.sampled_from(["", "buyer", "user"]),
    st.sampled_from(["confirmed", "claimed", "ended", "ended_claim"]),
    st.integers(0, 9),
    st.sampled_from("xyz"),
)


def one_role(told: list[Membership], role: str, status: str) -> list[Window]:
    """Compute the windows of one role of one account by the words of the rule."""
    found: list[Window] = []
    since: list[int] = []
    last: Membership | None = None
    for item in told:
        if item.status == status and item.role == role:
            since.append(item.since)
            last = item
        ends = item.status == "ended" or (item.status == "ended_claim" and status == "claimed")
        if ends and item.role in {"", role} and last is not None:
            found.append(Window(item.group_id, role, status, min(since), item.until))
            since, last = [], None
    if last is not None:
        found.append(Window(last.group_id, role, status, min(since), last.until))
    return found


@given(st.lists(memberships, max_size=14))
def test_every_role_of_every_account_stands_for_itself(told: list[Membership]) -> None:
    ordered = sorted(set(told), key=age_of)
    expected = [
        window
        for group in ("acme", "globex")
        for role in ("", "buyer", "user")
        for status in ("claimed", "confirmed")
        for window in one_role([i for i in ordered if i.group_id == group], role, status)
    ]
    assert [bare(window) for window in windows_of(told)] == [bare(window) for window in expected]


def bare(window: Window) -> tuple[str, str, str, int, int | None]:
    return (window.group_id, window.role, window.status, window.since, window.until)


def said(day: int, status: str = "confirmed", **more: object) -> Membership:
    """Say something of the membership in acme on a day."""
    ends = day if status in {"ended", "rejected"} else None
    fields = {"trust": Trust.SERVER, "until": ends} | more
    role = str(fields.pop("role", ""))
    at, name = day * DAY_MS, str(fields.pop("name", f"m-{day}-{status}"))
    return Membership("user_id:u", "acme", role, status, at, name, since=day, **fields)


def test_a_stated_first_day_moves_a_membership_and_a_mere_call_does_not() -> None:
    told = [said(10), said(12)]
    assert [bare(one)[3:] for one in windows_of(told)] == [(10, None)]
    moved = Membership("user_id:u", "acme", "", "confirmed", 20 * DAY_MS, "m", 15, dated_from=True)
    assert [bare(one)[3:] for one in windows_of([*told, moved])] == [(15, None)]


def test_a_planned_end_stays_until_somebody_joins_again_after_it() -> None:
    planned = said(10, until=20, dated_to=True)
    assert [bare(one)[3:] for one in windows_of([planned, said(15)])] == [(10, 20)]
    assert [bare(one)[3:] for one in windows_of([planned, said(30)])] == [(10, 20), (30, None)]
    taken_back = said(16, dated_to=True)
    assert [bare(one)[3:] for one in windows_of([planned, taken_back])] == [(10, None)]


def test_whoever_left_is_out_on_that_day_and_whoever_ends_as_planned_is_not() -> None:
    [left] = windows_of([said(10), said(20, "ended")])
    [planned] = windows_of([said(10, until=20, dated_to=True)])
    assert left.covers(20)
    assert planned.covers(20)
    assert (left.current_on(19), left.current_on(20)) == (True, False)
    assert (planned.current_on(20), planned.current_on(21)) == (True, False)


def test_a_no_ends_claims_and_no_confirmed_membership() -> None:
    claim = said(10, "claimed", trust=Trust.PUBLIC)
    no = said(20, "rejected", trust=Trust.OPERATOR)
    assert [bare(one)[2:] for one in windows_of([claim, no])] == [
        ("claimed", 10, 20),
        ("rejected", 20, None),
    ]
    assert ("confirmed", 10, None) in [bare(one)[2:] for one in windows_of([said(10), no])]


def test_what_was_undone_was_never_said_and_an_undo_can_be_undone() -> None:
    joined, left = said(10), said(20, "ended", trust=Trust.OPERATOR, name="left")
    undo = said(21, "undone", trust=Trust.OPERATOR, name="undo", undoes="left")
    again = said(22, "undone", trust=Trust.OPERATOR, name="again", undoes="undo")
    assert windows_of([joined, left, undo]) == windows_of([joined])
    assert windows_of([undo, again, left, joined]) == windows_of([joined, left])


def test_claims_of_a_source_that_proves_its_users_are_told_and_do_not_count() -> None:
    claim = said(10, "claimed", trust=Trust.PUBLIC, source_id="site")
    assert [one.counts for one in windows_of([claim])] == [True]
    assert [one.counts for one in windows_of([claim], Senders(proof=frozenset({"site"})))] == [
        False
    ]


def test_confidence_is_by_who_said_it() -> None:
    imports = Senders(bulk=frozenset({"crm"}))

    def confidence(**more: object) -> float:
        return windows_of([said(10, **more)], imports)[0].confidence

    assert confidence() == 0.9
    assert confidence(source_id="crm") == 1.0
    assert confidence(trust=Trust.OPERATOR) == 1.0
    assert confidence(status="claimed", trust=Trust.PUBLIC) == 0.5


def test_a_person_is_listed_once_per_role_with_the_best_status() -> None:
    told = [
        said(10, "claimed", trust=Trust.PUBLIC),
        said(11),
        said(12, "claimed", trust=Trust.PUBLIC),
        said(12, role="buyer"),
    ]
    assert [bare(one)[1:3] for one in best_of(windows_of(told))] == [
        ("", "confirmed"),
        ("buyer", "confirmed"),
    ]
    claimed_only = [said(10, "claimed", trust=Trust.PUBLIC), said(12, role="buyer")]
    assert [bare(one)[1:3] for one in best_of(windows_of(claimed_only))] == [("buyer", "confirmed")]


def test_what_one_visitor_joins_is_bounded_and_its_events_are_kept() -> None:
    world = World()
    more = MOST_PER_LEAF + 20
    world.send(*public(*(seen(0, "a-1", kind="group", group_id=f"g-{n}") for n in range(more))))
    person_id = world.directory.find(LEAF) or ""
    assert len(world.directory.accounts_of(person_id)) == MOST_PER_LEAF
    assert len(list(world.directory.accounts())) == MOST_PER_LEAF
    assert world.directory.refused() == {"cap_memberships": 20}
    assert sum(world.of(LEAF).counters.values()) == more
    world.commit()
    assert World(world.store).content() == world.content()


def test_a_full_leaf_still_takes_newer_words_on_what_it_has() -> None:
    roster = Roster()
    first = [Membership(LEAF, f"g-{n}", "", "claimed", 0, "m", 0) for n in range(MOST_PER_LEAF)]
    assert all(roster.add(item) for item in first)
    assert roster.add(Membership(LEAF, "g-0", "", "claimed", 1, "m", 5))
    assert not roster.add(Membership(LEAF, "g-new", "", "claimed", 1, "m", 5))
    assert roster.refused == 1
