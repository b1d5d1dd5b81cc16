"""Windows of membership: linear in what was said, and one visitor says only so much."""

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import World, public, seen
from wegweiser.resolve.roster import MOST_PER_LEAF, Roster
from wegweiser.resolve.windows import Window, windows_of
from wegweiser.terms.identity import Membership

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
    ordered = sorted(set(told), key=lambda item: (item.at, item.message_id, item.role))
    expected = [
        window
        for group in ("acme", "globex")
        for role in ("", "buyer", "user")
        for status in ("claimed", "confirmed")
        for window in one_role([i for i in ordered if i.group_id == group], role, status)
    ]
    assert list(windows_of(told)) == expected


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
