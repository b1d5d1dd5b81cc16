"""Laws of accounts: the sum of their members, in any order, merged or not."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import (
    START,
    Sent,
    World,
    groups,
    seen,
    server,
    streams,
    trusts,
    users,
)
from wegweiser.profile import reading
from wegweiser.profile.view import account_cells, canonical
from wegweiser.resolve.roster import Roster
from wegweiser.resolve.windows import windows_of
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Membership
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

GROUPS = ("acme", "globex")
days = st.integers(0, 6)


@st.composite
def statements(draw: st.DrawFn) -> Membership:
    """Something said of a membership: joining, leaving, claims, an operator's words."""
    status = draw(st.sampled_from(["confirmed", "claimed", "ended", "ended_claim", "rejected"]))
    day, until = draw(days), draw(st.one_of(st.none(), days))
    claimed = status in {"claimed", "ended_claim"}
    trust = Trust.PUBLIC if claimed else draw(st.sampled_from([Trust.SERVER, Trust.OPERATOR]))
    return Membership(
        "user_id:u-1",
        draw(groups),
        draw(st.sampled_from(["", "buyer"])),
        status,
        day * DAY_MS + draw(st.integers(0, 2)),
        f"m-{draw(st.integers(0, 30)):02d}",
        day,
        until if status in {"confirmed", "claimed"} else day,
        trust,
        "shop",
        draw(st.booleans()),
        until is not None,
    )


@given(st.lists(statements(), max_size=12), st.randoms(use_true_random=False))
def test_memberships_are_the_same_in_any_order_and_however_often(told, luck) -> None:
    first, second = Roster(), Roster()
    for item in told:
        first.add(item)
    again = [*told, *told[:3]]
    luck.shuffle(again)
    for item in again:
        second.add(item)
    windows = windows_of(first.of(["user_id:u-1"]))
    assert windows == windows_of(second.of(["user_id:u-1"]))
    for window in windows:
        assert 0 <= window.confidence <= 1
        assert not window.left or window.until is not None


@st.composite
def lives_of_members(draw: st.DrawFn) -> list[Sent]:
    """Members join, act for this account and others, and leave; streams of anybody in between."""
    sent: list[Sent] = []
    for number, user in enumerate(draw(st.lists(users, max_size=4))):
        group = draw(groups)
        how = draw(st.sampled_from(["group", "Left Group"]))
        fields = {"group_id": group} if how == "group" else {"event": how}
        fields |= {} if how == "group" else {"properties": {"groupId": group}}
        kind = "group" if how == "group" else "track"
        event = seen(draw(st.integers(0, 4)) * 1440 + number, "", user, kind=kind, **fields)
        sent.append(Sent(event, draw(trusts), event.at))
    return [*sent, *draw(streams(6))]


@settings(max_examples=40)
@given(lives_of_members(), st.randoms(use_true_random=False))
def test_an_account_is_the_sum_of_its_members_whatever_the_order(sent, luck) -> None:
    world, other = World(), World()
    world.send(*sent)
    shuffled = [*sent, *sent[:2]]
    luck.shuffle(shuffled)
    other.send(*shuffled)
    for group in GROUPS:
        account = world.account(group)
        assert canonical(account) == canonical(other.account(group))
        total: Counter[str] = Counter()
        for person_id in {part.person_id for part in world.directory.members_of(group)}:
            held = [
                cell
                for part in world.directory.members_of(group)
                if part.person_id == person_id and part.counts
                for cell in world.cells(part.shares)
            ]
            total.update(reading.counters(account_cells({group}, held)))
        assert account.counters == dict(sorted(total.items()))


acts = st.builds(
    lambda minute, user, topic, scope, number: Event(
        type="track",
        message_id=f"act-{number}",
        at=START + minute * 60_000,
        user_id=user,
        event="Demo Booked",
        properties={"topic": topic},
        context={"groupId": scope} if scope else {},
    ),
    st.integers(1, 4 * 1440),
    users,
    st.sampled_from(["security", "price"]),
    st.sampled_from(["", "acme", "globex"]),
    st.integers(0, 10_000),
)


@settings(max_examples=40)
@given(st.lists(acts, max_size=10, unique_by=lambda event: event.message_id), st.data())
def test_sums_are_the_same_whether_members_are_merged_or_not(told, data) -> None:
    people = ["u-1", "u-2", "u-3"]
    joins = [seen(0, "", user, kind="group", group_id="acme") for user in people]
    merged = data.draw(st.lists(st.sampled_from(people[1:]), unique=True))

    def world(joined: bool) -> World:
        made = World()
        made.send(*server(*joins, *told))
        for user in merged:
            before = user if joined else "u-1"
            alias = seen(5_000, "", "u-1", kind="alias", previous_id=before, name=user)
            made.send(*server(alias))
        return made

    apart, together = world(joined=False), world(joined=True)
    one, other = apart.account("acme"), together.account("acme")
    for name in ("counters", "interests", "engagement", "first_seen_at", "last_seen_at", "traits"):
        assert getattr(one, name) == getattr(other, name), name
    assert len({member.person_id for member in one.members}) == 3
    assert len({member.person_id for member in other.members}) == 3 - len(merged)
