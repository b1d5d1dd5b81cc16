"""What a decision knows of a person where the device only claims to be theirs."""

from itertools import count

import msgspec
import pytest

from tests.flow.sites import caller
from tests.scenarios.identity_world import Told, event, identify, told
from wegweiser.terms.decision import Situation, Subject
from wegweiser.terms.identity_rules import ClaimedDevices, IdentityRules
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations

RULES = IdentityRules(sensitive_traits=("plan",))
CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
{kind: message, key: for-gold, goal: demo-booked, value: 40,
 rules: [{label: eligible, when: 'WHEN'}],
 variants: [{key: en, channel: web, locale: en, content: {title: Gold}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
---
{kind: segment, key: gold, when: 'p.traits.plan == "gold"'}
---
{kind: segment, key: best, when: 'in_segment("gold") && p.traits.city == "Bonn"'}
---
{kind: segment, key: near, when: 'p.traits.city == "Bonn"'}
"""
GRANTED: JsonObject = {
    "consent": {"categoryPreferences": {"measurement": True, "personalisation": True}}
}
_asked = count()


async def shop(site: Told, when: str = 'person.traits.plan == "gold"') -> None:
    """Publish one message under a rule, and let a server tell of its customer U-1."""
    await site.site.applier.apply([("t.yaml", CONFIGURATION.replace("WHEN", when))])
    traits: JsonObject = {"plan": "gold", "city": "Bonn"}
    await site.server(identify(0, userId="u-1", traits=traits, context=GRANTED))


async def decide(site: Told, device: str, field: str = "device") -> JsonObject:
    """Ask for the message; gives what was shown, and what the record keeps of the person."""
    body: JsonObject = {
        "request_id": f"claimed-{next(_asked)}",
        "subject": {field: device},
        "placements": [{"key": "home.hero"}],
    }
    _, who = caller(site.site)
    answer = await site.site.deciding.chooser.decide(body, who)
    found = site.site.unifier.decisions.get(str(answer["decision_id"]))
    assert found is not None
    person = found.facts.get("person", {})
    assert isinstance(person, dict)
    return {
        "shown": [item.message for item in found.items],
        "read": {name: person[name] for name in ("traits", "segments") if name in person},
        "withheld": site.site.deciding.chooser.explain(found).get("withheld", ""),
    }


def test_a_claim_alone_never_shows_a_sensitive_trait_and_trusted_evidence_does() -> None:
    async def story(site: Told) -> None:
        await shop(site)
        await site.public(identify(1, anonymousId="attacker", userId="u-1"))
        assert site.same("anonymous_id:attacker", "user_id:u-1")
        knows = {"shown": ["for-gold"], "read": {"traits": {"plan": "gold"}}, "withheld": ""}
        assert await decide(site, "anonymous_id:attacker") == knows
        await site.govern(RULES)
        nothing = {"shown": [], "read": {"traits": {}}, "withheld": "sensitive_traits"}
        assert await decide(site, "anonymous_id:attacker") == nothing
        # A server that names the device alone knows no more of it, the customer is as before.
        assert await decide(site, "anonymous_id:attacker", "person") == nothing
        assert await decide(site, "user_id:u-1", "person") == knows
        assert site.of("user_id:u-1").traits["plan"] == "gold"
        await site.server(identify(2, anonymousId="attacker", userId="u-1"))
        assert await decide(site, "anonymous_id:attacker") == knows

    told(story)


def test_an_operator_who_links_the_device_vouches_for_it_and_a_proof_does() -> None:
    async def story(site: Told) -> None:
        await shop(site)
        await site.govern(RULES)
        await site.public(identify(1, anonymousId="a-1", userId="u-1"))
        assert (await decide(site, "anonymous_id:a-1"))["shown"] == []
        link: JsonObject = {"a": "anonymous_id:a-1", "b": "user_id:u-1"}
        await operations.run(site.site, "identity_link", link)
        assert (await decide(site, "anonymous_id:a-1"))["shown"] == ["for-gold"]
        secret = site.needs_proof()
        await site.public(identify(2, secret, anonymousId="a-2", userId="u-1"))
        assert (await decide(site, "anonymous_id:a-2"))["shown"] == ["for-gold"]

    told(story)


def test_a_device_of_a_claiming_device_claims_too() -> None:
    async def story(site: Told) -> None:
        await shop(site)
        await site.govern(RULES)
        device: JsonObject = {"device": {"id": "x-1", "type": "ios"}}
        await site.server(identify(1, userId="u-1", anonymousId="a-1"))
        await site.public(event(2, anonymousId="a-1", context=device))
        assert site.same("ios.id:x-1", "user_id:u-1")
        # Whoever saw the id of the customer's device may send it beside any other.
        assert (await decide(site, "ios.id:x-1"))["withheld"] == "sensitive_traits"
        assert (await decide(site, "anonymous_id:a-1"))["withheld"] == ""

    told(story)


def test_segments_that_rest_on_a_sensitive_trait_are_not_known() -> None:
    async def story(site: Told) -> None:
        async def segments() -> Json:
            read = (await decide(site, "anonymous_id:a-1"))["read"]
            assert isinstance(read, dict)
            return read["segments"]

        await shop(site, "person.segments.size() >= 0")
        await site.public(identify(1, anonymousId="a-1", userId="u-1"))
        assert await segments() == ["best", "gold", "near"]
        await site.govern(RULES)
        assert await segments() == ["near"]

    told(story)


def test_texts_show_no_sensitive_trait_to_who_only_claims() -> None:
    async def story(site: Told) -> None:
        await shop(site)
        await site.govern(RULES)
        await site.public(identify(1, anonymousId="a-1", userId="u-1"))
        views = site.site.views
        shown = [views.values(name)["person"] for name in ("anonymous_id:a-1", "user_id:u-1")]
        assert [one["traits"] for one in shown if isinstance(one, dict)] == [
            {"city": "Bonn"},
            {"city": "Bonn", "plan": "gold"},
        ]

    told(story)


@pytest.mark.parametrize(
    ("setting", "needs_proof", "known"),
    [
        ("open_sources", False, True),
        ("open_sources", True, False),
        ("whole_person", True, True),
        ("own_events", False, False),
    ],
)
def test_the_rest_of_the_person_is_a_setting(
    setting: ClaimedDevices, needs_proof: bool, known: bool
) -> None:
    async def story(site: Told) -> None:
        rule = 'person.traits.city == "Bonn"'
        await shop(site, rule)
        # Only who still takes claims lets the device in; it is asked for later.
        await site.public(identify(1, anonymousId="a-1", userId="u-1", traits={"size": 4}))
        if needs_proof:
            site.needs_proof()
        await site.govern(IdentityRules(claimed_devices=setting))
        said = await decide(site, "anonymous_id:a-1")
        assert said["shown"] == (["for-gold"] if known else [])
        assert said["withheld"] == ("" if known else "other_devices")
        # What it told itself it may hear again.
        facts = site.site.views.values("anonymous_id:a-1")["person"]
        assert isinstance(facts, dict)
        told_elsewhere = {"city": "Bonn", "plan": "gold"} if known else {}
        assert facts["traits"] == {"size": 4, **told_elsewhere}
        assert facts["known"] is known

    told(story)


def test_without_the_rest_the_account_is_not_known_and_still_counts() -> None:
    async def story(site: Told) -> None:
        await shop(site, "account.traits.employees > 5")
        large: JsonObject = {"employees": 9}
        await site.server(event(0, type="group", userId="u-1", groupId="acme", traits=large))
        await site.public(identify(1, anonymousId="a-1", userId="u-1"))
        assert (await decide(site, "anonymous_id:a-1"))["shown"] == ["for-gold"]
        await site.govern(IdentityRules(claimed_devices="own_events"))
        assert (await decide(site, "anonymous_id:a-1"))["shown"] == []
        situation = Situation(
            request_id="", subject=Subject(device="anonymous_id:a-1"), placements=()
        )
        facts = site.site.views.facts(situation, site.site.unifier.policy)
        assert (facts.group_id, facts.account) == ("acme", {})
        assert facts.consent["personalisation"] == "granted"

    told(story)


def test_a_visitor_alone_with_what_it_told_itself_is_not_limited() -> None:
    async def story(site: Told) -> None:
        await shop(site)
        await site.govern(msgspec.structs.replace(RULES, claimed_devices="own_events"))
        await site.public(identify(1, anonymousId="a-9", traits={"plan": "gold"}, context=GRANTED))
        assert await decide(site, "anonymous_id:a-9") == {
            "shown": ["for-gold"],
            "read": {"traits": {"plan": "gold"}},
            "withheld": "",
        }

    told(story)
