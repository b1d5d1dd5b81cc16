"""Persons: the acceptance scenarios of identity, each as a short story."""

import pytest

from tests.strategies import MINUTES_PER_DAY, World, public, seen, server
from wegweiser.collect.inferred import INFERRED_IDENTITY
from wegweiser.resolve.statement import FORGED_FLAG, PROOF_FLAG, read_event
from wegweiser.terms.event import Event
from wegweiser.terms.source import Trust

EMAIL = "one@buyer.example"


@pytest.fixture
def world() -> World:
    return World()


def same(world: World, *names: str) -> bool:
    found = {world.directory.find(name) for name in names}
    assert None not in found
    return len(found) == 1


def reasons(world: World, a: str, b: str) -> set[str]:
    return {refusal.reason for refusal in world.directory.why(a, b).refusals}


def test_a_visitor_who_logs_in_keeps_id_and_history(world: World) -> None:
    world.send(*public(*(seen(minute, "a-1") for minute in range(3))))
    visitor = world.directory.find("anonymous_id:a-1")
    login = seen(5, "a-1", "u-1", kind="identify")
    world.send(*public(login))
    assert same(world, "anonymous_id:a-1", "user_id:u-1")
    profile = world.of("user_id:u-1")
    assert profile.person_id == visitor
    assert profile.counters == {"Identified": 1, "Page Viewed": 3}
    assert profile.known
    path = world.directory.why("anonymous_id:a-1", "user_id:u-1").path
    assert [item.message_id for item in path] == [login.message_id]


def test_a_second_device_joins_the_older_person_and_its_id_redirects(world: World) -> None:
    world.send(*public(seen(0, "a-1", "u-1", kind="identify")))
    world.send(*public(seen(1, "a-2")))
    second = world.directory.find("anonymous_id:a-2")
    proven = seen(2, "a-2", "u-1", kind="identify", flags=(PROOF_FLAG,))
    world.send(*public(proven))
    first = world.directory.find("user_id:u-1")
    assert first != second
    assert world.directory.find("anonymous_id:a-2") == first
    assert world.directory.find(f"person_id:{second}") == first


def test_a_proven_event_is_the_users_own(world: World) -> None:
    world.send(*public(seen(2, "a-2", "u-1", kind="identify", flags=(PROOF_FLAG,))))
    [edge] = world.directory.graph_of(world.directory.find("user_id:u-1") or "")
    assert edge.trust.name == "VERIFIED"


def test_two_users_on_one_device_stay_two(world: World) -> None:
    before, on_the_day = -40 * MINUTES_PER_DAY, 3 * MINUTES_PER_DAY
    world.send(*public(seen(before, "a-1"), seen(0, "a-1"), seen(1, "a-1", "u-1")))
    first = world.directory.find("user_id:u-1")
    world.send(*public(seen(on_the_day, "a-1", "u-2"), seen(on_the_day + 1, "a-1")))
    assert not same(world, "user_id:u-1", "user_id:u-2")
    assert world.directory.find("user_id:u-1") == first
    assert world.directory.find(f"person_id:{first}") == first
    assert world.of("user_id:u-1").counters == {"Page Viewed": 2}
    assert world.of("user_id:u-2").counters == {"Page Viewed": 1}
    # Long before the first owner and after the second one came, the device is nobody's.
    nobody = world.of("anonymous_id:a-1")
    assert nobody.counters == {"Page Viewed": 2}
    assert not nobody.known
    assert reasons(world, "anonymous_id:a-1", "user_id:u-1") == {"shared"}
    listed = world.of("user_id:u-1").identifiers
    assert [(known.type, known.status) for known in listed] == [
        ("anonymous_id", "shared"),
        ("user_id", "member"),
    ]


def test_a_user_switch_finds_the_existing_user(world: World) -> None:
    world.send(*server(seen(0, "", "u-2", kind="identify", traits={"title": "Buyer"})))
    existing = world.directory.find("user_id:u-2")
    world.send(*public(seen(1, "a-1", "u-1"), seen(2, "a-1", "u-2")))
    assert world.directory.find("user_id:u-2") == existing
    assert world.of("user_id:u-2").traits == {"title": "Buyer"}


def test_an_address_stays_with_its_first_user(world: World) -> None:
    world.send(*server(seen(0, "", "u-1", kind="identify", traits={"email": EMAIL})))
    world.send(*server(seen(1, "", "u-2", kind="identify", traits={"email": EMAIL})))
    assert same(world, "user_id:u-1", f"email:{EMAIL}")
    assert not same(world, "user_id:u-1", "user_id:u-2")
    assert reasons(world, "user_id:u-2", f"email:{EMAIL}") == {"unique_conflict"}
    assert world.of("user_id:u-2").counters == {"Identified": 1}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_a_chain_smuggles_no_user_into_another(world: World, order: tuple[int, ...]) -> None:
    def contact(user: str) -> list[dict[str, str]]:
        return [{"id": user, "type": "crm_contact", "collection": "users", "encoding": "none"}]

    links = [
        seen(0, "", "u-1", kind="identify", traits={"email": EMAIL}),
        seen(1, "d-1", "", traits={"email": EMAIL}, context={"externalIds": contact("c-1")}),
        seen(
            2, "d-1", "", context={"externalIds": contact("c-1"), "traits": {"email": "two@b.de"}}
        ),
        seen(3, "", "u-2", kind="identify", traits={"email": "two@b.de"}),
    ]
    world.send(*server(*(links[index] for index in order)))
    assert not same(world, "user_id:u-1", "user_id:u-2")
    assert world.directory.why("user_id:u-1", "crm_contact:c-1").joined
    refused = world.directory.why("user_id:u-1", "user_id:u-2").refusals
    assert {(r.evidence.pair, r.reason) for r in refused} == {
        (("email:two@b.de", "user_id:u-2"), "unique_conflict")
    }


def test_a_typed_address_of_a_known_person_joins_nobody(world: World) -> None:
    world.send(*server(seen(0, "", "u-1", kind="identify", traits={"email": EMAIL})))
    world.send(*public(seen(1, "a-1", kind="identify", traits={"email": EMAIL})))
    assert not same(world, "user_id:u-1", "anonymous_id:a-1")
    assert reasons(world, "anonymous_id:a-1", f"email:{EMAIL}") == {"claim_on_known"}
    clicked = seen(2, "a-1", context={"traits": {"email": EMAIL}, "verified": ["anonymous_id"]})
    world.send(*server(clicked))
    assert same(world, "user_id:u-1", "anonymous_id:a-1")


def test_two_browsers_with_one_typed_address_are_one_visitor(world: World) -> None:
    for device in ("a-1", "a-2"):
        world.send(*public(seen(0, device, kind="identify", traits={"email": EMAIL})))
    profile = world.of(f"email:{EMAIL}")
    assert not profile.known
    assert {(known.type, known.value, known.status) for known in profile.identifiers} == {
        ("anonymous_id", "a-1", "member"),
        ("anonymous_id", "a-2", "member"),
        ("email", EMAIL, "unverified"),
    }


def test_a_public_alias_merges_nobody(world: World) -> None:
    world.send(*server(seen(0, "", "u-1"), seen(0, "", "u-2")))
    world.send(*public(seen(1, "a-1", "u-2", kind="alias", previous_id="u-1")))
    assert not same(world, "user_id:u-1", "user_id:u-2")
    assert reasons(world, "user_id:u-1", "user_id:u-2") == {"alias_untrusted"}
    assert not same(world, "user_id:u-2", "anonymous_id:a-1")


def test_a_public_alias_of_the_own_device_is_a_login(world: World) -> None:
    world.send(*public(seen(0, "a-1")))
    world.send(*public(seen(1, "a-1", "u-1", kind="alias", previous_id="a-1")))
    assert same(world, "anonymous_id:a-1", "user_id:u-1")


def test_a_self_alias_changes_nobody(world: World) -> None:
    world.send(*public(seen(0, "a-1", "u-1")))
    before = world.directory.find("user_id:u-1")
    world.send(*public(seen(1, "a-1", "u-1", kind="alias", previous_id="u-1")))
    assert world.directory.find("user_id:u-1") == before
    assert len(world.of("user_id:u-1").identifiers) == 2


def test_a_server_alias_supersedes_the_old_user(world: World) -> None:
    world.send(*server(seen(0, "", "u-1", kind="identify", traits={"city": "Bonn"})))
    world.send(*server(seen(9, "", "u-2", kind="identify", traits={"city": "Kiel"})))
    world.send(*server(seen(20, "", "u-2", kind="alias", previous_id="u-1")))
    assert same(world, "user_id:u-1", "user_id:u-2")
    profile = world.of("user_id:u-1")
    assert profile.traits == {"city": "Kiel"}
    assert [(known.value, known.status) for known in profile.identifiers] == [
        ("u-1", "superseded"),
        ("u-2", "member"),
    ]


def test_a_server_alias_of_a_device_is_a_device_link(world: World) -> None:
    world.send(*public(seen(0, "a-1")))
    world.send(*server(seen(1, "", "u-1", kind="alias", previous_id="a-1")))
    profile = world.of("anonymous_id:a-1")
    assert same(world, "anonymous_id:a-1", "user_id:u-1")
    assert [known.value for known in profile.identifiers] == ["a-1", "u-1"]


def test_an_alias_to_somebody_already_known_elsewhere_is_refused_by_conflict(world: World) -> None:
    world.send(*server(seen(0, "", "u-2", kind="alias", previous_id="u-1")))
    world.send(*server(seen(1, "", "u-3", kind="alias", previous_id="u-1")))
    assert not same(world, "user_id:u-2", "user_id:u-3")


@pytest.mark.parametrize("word", ["null", "guest", "[object Object]", "0000-00", "undefined"])
def test_placeholders_join_nobody(world: World, word: str) -> None:
    world.send(*public(seen(0, "a-1", word), seen(0, "a-2", word)))
    assert world.directory.find(f"user_id:{word}") is None
    assert not same(world, "anonymous_id:a-1", "anonymous_id:a-2")
    assert world.of("anonymous_id:a-1").counters == {"Page Viewed": 1}


def test_a_link_cannot_log_somebody_in(world: World) -> None:
    context = {"page": {"search": "?ajs_uid=u-1&x=y"}}
    world.send(*server(seen(0, "", "u-1")))
    world.send(*public(seen(1, "a-1", "u-1", context=context)))
    assert not same(world, "user_id:u-1", "anonymous_id:a-1")
    assert reasons(world, "user_id:u-1", "anonymous_id:a-1") == {"proof_required"}


FORGED = {"page": {"search": "?ajs_uid=u-1&x=y"}}


def test_what_a_link_put_into_a_browser_is_not_believed_on_the_next_pages(world: World) -> None:
    world.send(*server(seen(0, "", "u-1")))
    world.send(*public(seen(1, "a-1", "u-1", kind="identify", context=FORGED)))
    world.send(*public(seen(2, "a-1", "u-1"), seen(3, "a-1", "u-1", kind="track", event="x")))
    assert not same(world, "user_id:u-1", "anonymous_id:a-1")
    assert world.of("user_id:u-1").counters == {"Page Viewed": 1}
    assert world.of("anonymous_id:a-1").counters == {"Identified": 1, "Page Viewed": 1, "x": 1}
    world.send(*public(seen(9, "a-1", "u-1", kind="identify")))
    assert same(world, "user_id:u-1", "anonymous_id:a-1")
    assert world.of("user_id:u-1").counters == {"Identified": 2, "Page Viewed": 2, "x": 1}


def test_a_link_is_known_by_its_flag_where_the_address_was_cut(world: World) -> None:
    world.send(*server(seen(0, "", "u-1")))
    world.send(*public(seen(1, "a-1", "u-1", kind="identify", flags=(FORGED_FLAG,))))
    assert not same(world, "user_id:u-1", "anonymous_id:a-1")
    assert INFERRED_IDENTITY == FORGED_FLAG


@pytest.mark.parametrize("late", [0, 1, 2])
def test_a_link_is_doubted_whenever_it_arrives(world: World, late: int) -> None:
    told = [*server(seen(0, "", "u-1")), *public(seen(2, "a-1", "u-1"), seen(3, "a-1", "u-1"))]
    told.insert(1 + late, public(seen(1, "a-1", "u-1", context=FORGED))[0])
    world.send(*told)
    assert not same(world, "user_id:u-1", "anonymous_id:a-1")
    assert world.of("anonymous_id:a-1").counters == {"Page Viewed": 3}


def test_a_link_takes_nothing_from_who_said_so_before_or_can_prove_it(world: World) -> None:
    world.send(*public(seen(0, "a-1", "u-1", kind="identify")))
    world.send(*public(seen(1, "a-1", "u-1", context=FORGED)))
    assert same(world, "user_id:u-1", "anonymous_id:a-1")
    proven = seen(1, "a-2", "u-1", context=FORGED, flags=(PROOF_FLAG,))
    world.send(*public(proven, seen(2, "a-2", "u-1")))
    assert same(world, "user_id:u-1", "anonymous_id:a-2")


def test_an_address_in_a_link_is_not_believed_either(world: World) -> None:
    world.send(*server(seen(0, "", "u-1", kind="identify", traits={"email": EMAIL})))
    forged = {"page": {"search": f"?ajs_uid=u-1&ajs_trait_email={EMAIL}"}}
    event = seen(1, "a-1", "u-1", kind="identify", context=forged, traits={"email": EMAIL})
    world.send(*public(event))
    assert not same(world, "user_id:u-1", "anonymous_id:a-1")
    assert not same(world, f"email:{EMAIL}", "anonymous_id:a-1")


def test_a_public_claim_dated_long_back_joins_nobody(world: World) -> None:
    late = seen(0, "a-1", "u-1")
    world.send((late, public(late)[0].trust, late.at + 31 * MINUTES_PER_DAY * 60_000))
    assert not world.directory.why("anonymous_id:a-1", "user_id:u-1").joined
    assert world.of("anonymous_id:a-1").counters == {"Page Viewed": 1}


def test_a_person_whose_make_up_changed_is_reported(world: World) -> None:
    def note(event: Event) -> frozenset[str]:
        world.position += 1
        stated = read_event(event, Trust.PUBLIC, "site", world.position)
        return world.directory.note(stated, world.position, event.at)

    [visitor] = note(seen(0, "a-1"))
    assert note(seen(1, "a-1")) == frozenset()
    assert visitor in note(seen(2, "a-1", "u-1"))
    assert note(seen(3, "a-1", "u-1")) == frozenset()
