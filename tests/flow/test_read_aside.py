"""What is tried aside is read as the live views read it: traits worked out, accounts, purposes."""

import asyncio

import msgspec
import pytest

from tests.flow.segmented import asked, joined
from tests.scenarios.undo_world import event, person_id, run, send, told
from wegweiser.flow.identity_statements import Wish
from wegweiser.terms.json import Json, JsonObject

DOCUMENTS = """
{kind: computed_trait, key: seen_pages, event: Page Viewed, type: count, window_days: 30}
---
{kind: buying_group, key: suite, roles: {buyer: {min: 1, weight: 1}}}
---
{kind: purpose, key: research, aliases: [C0009]}
"""
RULES = (
    "default(p.computed.seen_pages, 0) >= 1",
    'p.accounts.exists(a, default(a.traits.plan, "") == "team")',
    "p.accounts.exists(a, default(a.completeness, 0.0) > 0.9)",
    "default(p.purchases.orders, -1) == 0",
    'consented("research")',
)


def declared() -> str:
    """Write the rules as segments."""
    texts = (
        f"{{kind: segment, key: s{number}, when: '{rule}'}}" for number, rule in enumerate(RULES)
    )
    return "\n---\n".join([DOCUMENTS, *texts])


def people() -> list[JsonObject]:
    """Let a visitor and a user read, the user in an account with a plan."""
    role: Json = {"role": "buyer"}
    group = joined(9, "u-1", "acme") | {"traits": {"plan": "team"}, "context": {"membership": role}}
    return [
        event(1, 0, anonymousId="a-1"),
        event(2, 1, userId="u-1", context={"consent": {"categoryPreferences": {"C0009": True}}}),
        event(3, 2, type="identify", userId="u-1", anonymousId="a-1"),
        group,
    ]


@pytest.mark.parametrize("rule", RULES)
def test_a_preview_before_saving_counts_who_is_in_it_after(rule: str) -> None:
    async def check() -> None:
        async with told(segments=DOCUMENTS) as site:
            await send(site, *people())
            seen = await asked(site, "segment_preview", when=rule)
            document: JsonObject = {"kind": "segment", "key": "s", "when": rule}
            await site.applier.apply([("s.yaml", msgspec.json.encode(document).decode())])
            (kept,) = (await asked(site, "segment_list"))["segments"]
            assert (seen["size"], seen["unknown"]) == (kept["size"], 0) == (1, 0)

    asyncio.run(check())


def test_a_preview_of_a_cut_tells_the_segments_that_it_leaves() -> None:
    async def check() -> None:
        async with told(segments=declared()) as site:
            await send(site, *people())
            await site.segments.settle()
            wish = Wish(kind="cut", pairs=(("anonymous_id:a-1", "user_id:u-1"),))
            seen = await site.identity.desk.preview(wish, "ada")
            held = list(site.views.person(person_id(site, "user_id:u-1")).segments)
            assert len(held) == len(RULES)
            (before,) = seen["before"]["shown"]
            user = next(one for one in seen["after"]["shown"] if one["known"])
            assert before["segments"] == user["segments"] == held
            done = await site.identity.desk.say(wish, "ada")
            assert seen["after"] == done["after"]

    asyncio.run(check())


def test_a_dry_run_counts_only_who_enters_and_leaves() -> None:
    async def check() -> None:
        async with told(segments=declared()) as site:
            await send(site, *people())
            rules: JsonObject = {"blocked": {"anonymous_id": ["a-1"]}}
            tried = await run(site, "identity_rules_dry_run", rules=rules, all=True)
            assert tried["splits"] == 1
            assert tried["segment_leaves"] == {}

    asyncio.run(check())
