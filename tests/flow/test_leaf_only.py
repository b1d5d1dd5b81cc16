"""Who is still to be computed: reads and decisions say so, and go on with what was known."""

from tests.flow.sites import CONFIGURATION, caller
from tests.scenarios.identity_world import Told, event, identify, told
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import JsonObject

SIZE = 600
WIDE = IdentityRules(weak_most=9_999, most_identifiers=9_999, most_merges=9_999)


def asked(number: int, device: str) -> JsonObject:
    return {
        "request_id": f"r-{number}",
        "subject": {"device": f"anonymous_id:{device}"},
        "placements": [{"key": "home.hero"}],
    }


def test_a_decision_within_a_component_under_way_says_leaf_only() -> None:
    async def story(site: Told) -> None:
        await site.site.applier.apply([("test.yaml", CONFIGURATION)])
        await site.govern(WIDE)
        await site.public(identify(0, anonymousId="somebody-else"))
        names = [f"a-{n}" for n in range(SIZE)]
        views = [event(0, anonymousId=name) for name in (names[0], names[-1])]
        rows = [identify(0, anonymousId=name, userId="u-1") for name in names]
        await site.server(*views, *rows)
        directory, chooser = site.site.unifier.directory, site.site.deciding.chooser
        newest, other = (site.id_of(f"anonymous_id:{one}") for one in (names[-1], "somebody-else"))
        assert directory.settling
        assert newest
        assert other
        assert site.site.identity.reader.of_person(newest)["resolution"] == "leaf_only"
        assert site.site.identity.reader.of_person(other)["resolution"] == "full"
        answer = await chooser.decide(asked(1, names[-1]), caller(site.site)[1])
        assert answer["resolution"] == "leaf_only"
        decision = site.site.unifier.decisions.of_request(caller(site.site)[1].source_id, "r-1")
        assert decision is not None
        assert decision.flags[-1:] == ("leaf_only",)
        assert "resolution" not in await chooser.decide(
            asked(2, "somebody-else"), caller(site.site)[1]
        )
        await site.whole()
        whole = site.id_of("user_id:u-1")
        assert whole
        assert site.site.identity.reader.of_person(whole)["resolution"] == "full"
        assert "resolution" not in await chooser.decide(asked(3, names[-1]), caller(site.site)[1])

    told(story)
