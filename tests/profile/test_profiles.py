"""Profiles of persons and accounts: the acceptance scenarios of traits, accounts and consent."""

import pytest

from tests.strategies import MINUTES_PER_DAY, World, public, seen, server
from wegweiser.profile.trait import standing_traits
from wegweiser.profile.view import canonical

EMAIL = "one@buyer.example"


@pytest.fixture
def world() -> World:
    return World()


def identified(minute: int, value: object, device: str = "", user: str = "u-1", key: str = "city"):
    return seen(minute, device, user, kind="identify", traits={key: value})


def agreed(minute: int, device: str, user: str = "", **preferences: bool):
    consent = {"consent": {"categoryPreferences": preferences}}
    return seen(minute, device, user, context=consent)


def test_the_newest_event_time_wins_not_the_newest_arrival(world: World) -> None:
    world.send(*server(identified(20, "b"), identified(10, "a")))
    assert world.of("user_id:u-1").traits == {"city": "b"}
    world.send(*server(identified(15, None)))
    assert world.of("user_id:u-1").traits == {"city": "b"}
    world.send(*server(identified(30, None), identified(25, "c")))
    assert world.of("user_id:u-1").traits == {}
    world.send(*server(identified(40, "")))
    assert world.of("user_id:u-1").traits == {"city": ""}


def test_a_protected_trait_reads_what_a_trusted_sender_said(world: World) -> None:
    world.send(*public(identified(0, "free", "a-1", key="plan")))
    assert world.of("user_id:u-1").traits == {"plan": "free"}
    world.send(*server(identified(1, "team", key="plan")))
    world.send(*public(identified(2, "enterprise", "a-1", key="plan")))
    assert world.of("user_id:u-1").traits == {"plan": "team"}
    world.send(*public(identified(3, "Kiel", "a-1")))
    assert world.of("user_id:u-1").traits == {"city": "Kiel", "plan": "team"}


def test_a_protected_trait_that_only_a_browser_stated_is_unverified(world: World) -> None:
    world.send(*public(identified(0, "free", "a-1", key="plan"), identified(0, "Kiel", "a-1")))
    [(_, _, cell)] = world.shelf.cells("claim:u-1/a-1")
    standing = standing_traits(cell.trusted, cell.public, "person")
    assert [key for key, one in standing.items() if one.flags] == ["plan"]


def test_account_traits_set_by_a_server_stay(world: World) -> None:
    world.send(*server(seen(0, "", "u-1", kind="group", group_id="acme", traits={"plan": "team"})))
    world.send(*public(seen(1, "a-1", kind="group", group_id="acme", traits={"plan": "x"})))
    account = world.account("acme")
    assert account.traits == {"plan": "team"}
    assert account.counters == {"Group Joined": 2}
    assert {member.status for member in account.members} == {"claimed", "confirmed"}


def test_scoped_events_count_in_their_account_only(world: World) -> None:
    for group, role in (("g-1", "buyer"), ("g-2", "user")):
        context = {"membership": {"role": role}, "groupId": group}
        world.send(*server(seen(0, "", "u-1", kind="group", group_id=group, context=context)))
    world.send(*server(seen(1, "", "u-1", context={"groupId": "g-1"})))
    world.send(*server(seen(2, "", "u-1", kind="screen")))
    links = world.of("user_id:u-1").accounts
    assert [(link.group_id, link.role) for link in links] == [("g-1", "buyer"), ("g-2", "user")]
    assert world.account("g-1").counters == {
        "Group Joined": 1,
        "Page Viewed": 1,
        "Screen Viewed": 1,
    }
    assert world.account("g-2").counters == {"Group Joined": 1, "Screen Viewed": 1}


def test_who_left_leaves_the_history_and_takes_the_future(world: World) -> None:
    day = MINUTES_PER_DAY
    world.send(*server(seen(0, "", "u-1", kind="group", group_id="g-1"), seen(1, "", "u-1")))
    left = seen(day, "", "u-1", kind="track", event="Left Group", properties={"groupId": "g-1"})
    world.send(*server(left, seen(3 * day, "", "u-1")))
    account = world.account("g-1")
    assert account.counters == {"Group Joined": 1, "Left Group": 1, "Page Viewed": 1}
    assert account.members == ()
    [link] = world.of("user_id:u-1").accounts
    assert (link.since, link.until) == ("2026-09-28", "2026-09-29")


def test_a_role_may_end_while_another_stays(world: World) -> None:
    for minute, role in ((0, "buyer"), (1, "user")):
        context = {"membership": {"role": role}}
        world.send(*server(seen(minute, "", "u-1", kind="group", group_id="g", context=context)))
    told = {"groupId": "g", "role": "buyer"}
    world.send(*server(seen(2, "", "u-1", kind="track", event="Left Group", properties=told)))
    links = {link.role: link.until for link in world.of("user_id:u-1").accounts}
    assert links == {"buyer": "2026-09-28", "user": None}


def test_a_browser_cannot_end_what_a_server_confirmed(world: World) -> None:
    world.send(*server(seen(0, "", "u-1", kind="group", group_id="g")))
    told = {"groupId": "g"}
    world.send(*public(seen(1, "a", "u-1", kind="track", event="Left Group", properties=told)))
    [link] = world.of("user_id:u-1").accounts
    assert (link.status, link.until) == ("confirmed", None)


def test_an_account_sums_the_same_whether_its_members_merge_or_not() -> None:
    apart, merged = World(), World()
    stream = server(
        seen(0, "", "u-1", kind="group", group_id="g"),
        seen(0, "", "u-2", kind="group", group_id="g"),
        seen(1, "", "u-1", properties={"topic": "price"}),
        seen(1, "", "u-2", properties={"topic": "price"}),
    )
    for world in (apart, merged):
        world.send(*stream)
    # The alias itself is an event of the account, so it is told in both, of others in one.
    apart.send(*server(seen(2, "", "u-2", kind="alias", previous_id="u-9")))
    merged.send(*server(seen(2, "", "u-2", kind="alias", previous_id="u-1")))
    one, other = apart.account("g"), merged.account("g")
    assert one.counters == other.counters
    assert one.interests == other.interests
    assert one.engagement == other.engagement
    assert len(one.members) == 2
    assert len(other.members) == 1


def test_an_empty_preference_object_denies_everything(world: World) -> None:
    world.send(*public(agreed(0, "a-1", measurement=True)))
    assert world.of("anonymous_id:a-1").consent["measurement"] == "granted"
    assert world.of("anonymous_id:a-1").consent["sharing"] == "denied"
    world.send(*public(agreed(1, "a-1"), seen(2, "a-1")))
    assert set(world.of("anonymous_id:a-1").consent.values()) == {"denied"}


def test_an_event_without_consent_says_nothing_about_it(world: World) -> None:
    world.send(*public(seen(0, "a-1")))
    unasked = {"functional": "granted", "security": "granted"}
    assert world.of("anonymous_id:a-1").consent == unasked


def test_a_grant_and_a_denial_that_met_are_in_conflict(world: World) -> None:
    world.send(*server(agreed(1, "", "u-1", measurement=True)))
    world.send(*public(agreed(2, "a-1", measurement=False)))
    world.send(*public(seen(3, "a-1", "u-1", kind="identify")))
    assert world.of("user_id:u-1").consent["measurement"] == "conflict"
    world.send(*server(agreed(4, "", "u-1", measurement=True)))
    assert world.of("user_id:u-1").consent["measurement"] == "granted"


@pytest.mark.parametrize("user", ["u-1", ""], ids=["as the person", "as its device"])
def test_who_only_claims_to_be_a_person_cannot_undo_its_trusted_refusal(
    world: World, user: str
) -> None:
    world.send(*server(agreed(1, "", "u-1", personalisation=False)))
    world.send(*public(seen(2, "a-9", "u-1", kind="identify")))
    world.send(*public(agreed(3, "a-9", user, personalisation=True, measurement=True)))
    assert world.of("user_id:u-1").consent["personalisation"] == "denied"


def test_who_only_claims_to_be_a_person_can_still_refuse(world: World) -> None:
    world.send(*server(agreed(1, "", "u-1", personalisation=True)))
    world.send(*public(seen(2, "a-9", "u-1", kind="identify")))
    world.send(*public(agreed(3, "a-9", "u-1", personalisation=False)))
    assert world.of("user_id:u-1").consent["personalisation"] == "denied"


def test_a_claim_speaks_where_nobody_trusted_has_spoken(world: World) -> None:
    world.send(*server(seen(1, "", "u-1")))
    world.send(*public(agreed(3, "a:9", "u-1", personalisation=True)))
    assert world.of("user_id:u-1").consent["personalisation"] == "granted"


def test_a_device_that_joins_later_does_not_reopen_a_settled_choice(world: World) -> None:
    world.send(*server(agreed(1, "", "u-1", measurement=True)))
    world.send(*public(agreed(2, "a-1", measurement=False), seen(3, "a-1", "u-1")))
    world.send(*server(agreed(4, "", "u-1", measurement=True)))
    world.send(*public(seen(9, "a-2", "u-1")))
    assert world.of("user_id:u-1").consent["measurement"] == "granted"


def test_a_browser_can_refuse_mail_but_not_order_it(world: World) -> None:
    world.send(*public(agreed(0, "a-1", email=True)))
    assert "email" not in world.of("anonymous_id:a-1").consent
    world.send(*public(agreed(1, "a-1", email=False)))
    assert world.of("anonymous_id:a-1").consent["email"] == "denied"
    world.send(*server(agreed(2, "a-1", email=True)))
    assert world.of("anonymous_id:a-1").consent["email"] == "granted"


def test_decay_is_read_at_the_end_of_the_newest_day(world: World) -> None:
    about = {"properties": {"topic": "sso"}}
    world.send(*public(seen(-1, "a-1", **about)))
    assert world.of("anonymous_id:a-1").interests["sso"] == pytest.approx(1.0, abs=1e-4)
    world.send(*public(seen(30 * MINUTES_PER_DAY - 1, "a-1", kind="identify")))
    assert world.of("anonymous_id:a-1").interests["sso"] == pytest.approx(0.5, abs=1e-4)


def test_an_inactive_event_moves_no_last_seen(world: World) -> None:
    world.send(*public(seen(0, "a-1"), seen(60, "a-1", context={"active": False})))
    profile = world.of("anonymous_id:a-1")
    assert profile.last_seen_at == "2026-09-28T00:00:00.000Z"


def test_two_devices_side_by_side_are_one_session(world: World) -> None:
    world.send(*public(seen(0, "a-1", "u-1"), seen(20, "a-2", "u-1"), seen(45, "a-1", "u-1")))
    world.send(*public(seen(90, "a-1", "u-1")))
    assert world.of("user_id:u-1").sessions == 2


def test_what_depends_on_arrival_is_not_in_the_canonical_form(world: World) -> None:
    world.send(*server(seen(0, "", "u-1", kind="group", group_id="g")))
    for profile in (world.of("user_id:u-1"), world.account("g")):
        for field in (b"personId", b"accountId", b"createdAt", b"updatedAt"):
            assert field not in canonical(profile)
