"""A cap of one direction counts and holds back that direction, and leaves the other alone."""

from pathlib import Path

import msgspec
import pytest

from tests.decide.world import HOUR, KEY, NOW, ask, message, person, policy
from tests.decisioning.contact_world import DAY, LETTER, clock_of, know, site_with, tell
from tests.decisioning.contact_world import ask as asked
from tests.flow.loops import on_a_loop
from wegweiser.decide.again import recorded_facts
from wegweiser.decide.attention import share_used
from wegweiser.decide.contact import rows_of, used
from wegweiser.decide.explain import explain
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.policy import Policy
from wegweiser.decide.recompute import recompute
from wegweiser.decide.what_if import what_if
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact

STARTER = Path(__file__).parents[2] / "examples" / "contact-policy.yaml"
MAILED = Contact(NOW - HOUR, "1", "email", "x", direction="push")
SEEN = Contact(NOW - HOUR, "2", "web", "x", direction="pull", states=(("seen", NOW - HOUR),))
PLACES = (
    Placement("home.hero", "web", allow_nothing=False),
    Placement("newsletter", "email", direction="push", allow_nothing=False),
)


CONSENT = {"consent": {"personalisation": "granted"}, "unit_id": "group_id:example"}


def capped(direction: str) -> Policy:
    return policy(
        message("card"),
        message("mail", channel="email"),
        placements=PLACES,
        caps=(Cap("daily", 1, 24, direction=direction),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("direction", "contact", "free"),
    [
        ("push", MAILED, ["home.hero"]),
        ("push", SEEN, ["home.hero", "newsletter"]),
        ("pull", SEEN, ["newsletter"]),
        ("pull", MAILED, ["home.hero", "newsletter"]),
        ("", MAILED, []),
        ("", SEEN, []),
    ],
)
def test_only_the_direction_that_a_cap_names_is_held_back(
    direction: str, contact: Contact, free: list[str]
) -> None:
    facts = person(contacts=[contact])
    found = [place.key for place in PLACES if asked_of(direction, facts, place.key).items]
    assert found == free


def asked_of(direction: str, facts: Facts, place: str) -> Decision:
    return ask(capped(direction), facts, placements=(Ask(place),))


@on_a_loop
async def test_the_starter_pack_leaves_the_website_alone_after_a_mail() -> None:
    pack = STARTER.read_text(encoding="utf-8").replace("enabled: true", "enabled: false")
    async with site_with(LETTER + pack) as site:
        who = await know(site, "ada")
        first = await asked(site, who, "ada", request="first")
        await tell(site, who, first, "delivered")
        assert (await asked(site, who, "ada", request="second"))["status"] == "deferred"
        card = await asked(site, who, "ada", "home.hero")
        assert card["status"] == "decided"
        # What was seen on the site takes no room of what is sent.
        await tell(site, who, card, "seen")
        person_id = site.views.find_person("user_id:ada")
        assert person_id is not None
        told = site.deciding.contacts.report.of_person(person_id)
        left = {one["cap"]: (one["used"], one["left"]) for one in told["caps"]}  # type: ignore[index, call-overload, union-attr]
        assert left["push-1-in-a-day"] == (1, 0)
        assert left["push-4-in-7-days"] == (1, 3)
        assert left["mail-2-in-7-days"] == (1, 1)
        clock_of(site).advance(15 * DAY)
        assert (await asked(site, who, "ada", request="third"))["status"] == "decided"


def recorded(facts: Facts, place: str) -> tuple[Policy, Decision]:
    rules = capped("push")
    decision = ask(rules, facts, placements=(Ask(place),))
    return rules, msgspec.structs.replace(decision, facts=record_of(facts, rules, NOW))


@pytest.mark.parametrize("place", ["home.hero", "newsletter"])
def test_decisions_are_computed_again_by_the_rule_of_their_day(place: str) -> None:
    now = person(contacts=[MAILED])
    before = msgspec.structs.replace(now, directed=False)
    for facts in (now, before):
        rules, decision = recorded(facts, place)
        assert bool(decision.items) == (place == "home.hero" and facts.directed)
        assert decision.facts.get("directed", False) == facts.directed
        assert recorded_facts(decision).directed == facts.directed
        assert recompute(rules, decision, Snapshot(), KEY).equal
        told = explain(rules, decision, recorded_facts(decision), Snapshot())
        assert bool(told["dropped"]) != bool(decision.items)


BOTH = (Ask("home.hero"), Ask("newsletter"))


@pytest.mark.parametrize(
    ("direction", "placements", "directed", "chosen"),
    [
        ("push", BOTH, True, ["card", "mail"]),
        ("pull", BOTH, True, ["card", "mail"]),
        ("push", BOTH[::-1], True, ["mail", "card"]),
        ("pull", BOTH[::-1], True, ["mail", "card"]),
        ("", BOTH, True, ["card"]),
        ("", BOTH[::-1], True, ["mail"]),
        ("push", BOTH, False, ["card"]),
        ("pull", BOTH, False, ["card"]),
    ],
)
def test_what_one_decision_chooses_counts_in_its_own_direction_alone(
    direction: str, placements: tuple[Ask, ...], directed: bool, chosen: list[str]
) -> None:
    rules, facts = capped(direction), person(directed=directed)
    decision = ask(rules, facts, placements=placements)
    assert [item.message for item in decision.items] == chosen
    decision = msgspec.structs.replace(decision, facts=record_of(facts, rules, NOW))
    assert recompute(rules, decision, Snapshot(), KEY).equal


@pytest.mark.parametrize(("direction", "place"), [("pull", "home.hero"), ("push", "newsletter")])
@pytest.mark.parametrize("directed", [True, False])
def test_a_second_slot_of_the_same_direction_finds_the_cap_full(
    direction: str, place: str, directed: bool
) -> None:
    placements = tuple(msgspec.structs.replace(one, slots=2) for one in PLACES)
    rules = policy(
        *(message(name, channel="web") for name in ("a", "b")),
        *(message(name, channel="email") for name in ("c", "d")),
        placements=placements,
        caps=(Cap("daily", 1, 24, direction=direction),),  # type: ignore[arg-type]
    )
    decision = ask(rules, person(directed=directed), placements=(Ask(place, max=2),))
    assert len(decision.items) == 1


def test_another_bundle_is_asked_by_the_rule_of_today() -> None:
    free = policy(message("card"), message("mail", channel="email"), placements=PLACES)
    before = ask(free, person(contacts=[MAILED]))
    before = msgspec.structs.replace(
        before, facts={"contacts": [msgspec.to_builtins(MAILED)], **CONSENT}
    )
    for rules, lost in ((capped("push"), set()), (capped(""), {"card/v1"})):
        assert set(what_if(before, free, rules, Snapshot(), KEY).lost) == lost


def test_a_price_and_a_ledger_count_what_the_cap_itself_counts() -> None:
    rows = rows_of([MAILED, SEEN], NOW)
    for direction, wanted in (("push", 1), ("pull", 1), ("", 2)):
        cap = Cap("daily", 4, 24, direction=direction)  # type: ignore[arg-type]
        assert used(cap, rows, NOW) == wanted
        assert share_used([cap], "email", rows, NOW) == (
            wanted / 4 if direction != "pull" else None
        )
    today = Cap("today", 4, calendar="day")
    assert (used(today, rows, NOW), used(Cap("x", 4, 24, topics=("x",)), rows, NOW)) == (2, 0)


def test_nothing_of_it_is_recorded_where_no_cap_names_a_direction() -> None:
    rules = policy(message("a"), caps=(Cap("daily", 1, 24),))
    assert "directed" not in record_of(person(), rules, NOW)
