"""Stages through the whole engine: read anew, told everywhere, used by rules, taught by people."""

import msgspec
import pytest
import yaml

from tests.flow.loops import on_a_loop
from tests.flow.sites import CONFIGURATION, NOW, caller, post, running
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.journey import STAGES
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api import spaces
from wegweiser.workspace.operations import export, run
from wegweiser.workspace.site import Site

PATHS = ("/blog/a", "/product", "/compare", "/security", "/docs", "/customers", "/security")


def viewed(user: str, number: int, path: str, days_ago: float, **more: object) -> JsonObject:
    """Write a page view of a user some days ago."""
    event: JsonObject = {
        "type": "page",
        "messageId": f"{user}-{number}",
        "userId": user,
        "timestamp": format_instant(int(NOW - days_ago * DAY_MS)),
        "properties": {"path": path},
    }
    return event | more  # type: ignore[operator]


async def told(site: Site, name: str) -> JsonObject:
    """Give the stage of somebody as the operation tells it."""
    found = await run(site, "stage", {"identifier": name})
    assert isinstance(found, dict)
    return found


async def walked(site: Site, user: str, paths: tuple[str, ...] = PATHS, **more: object) -> None:
    """Send one view a day, the last one today."""
    key, _ = caller(site)
    views = [viewed(user, n, path, len(paths) - n - 1, **more) for n, path in enumerate(paths)]
    assert (await post(site, key, "/v1/batch", {"batch": views})).status == 200


@on_a_loop
async def test_profile_read_api_export_and_operation_tell_the_stage() -> None:
    async with running() as site:
        await walked(site, "u-1")
        now = await told(site, "user_id:u-1")
        assert now["stage"] == "validate"
        assert now["going"] == "forward"
        assert now["as_of"] == format_instant(site.clock.now_ms())
        key, _ = caller(site)
        path = "/v1/spaces/default/collections/users/profiles/user_id:u-1/stage"
        read = await spaces.read(site, WireRequest("GET", path, headers={"x-write-key": key}))
        assert msgspec.json.decode(read.body) == now
        later = await spaces.read(
            site,
            WireRequest(
                "GET", path, headers={"x-write-key": key}, query="as_of=2030-01-01T00:00:00Z"
            ),
        )
        assert msgspec.json.decode(later.body)["stage"] == "dormant"
        profile = await run(site, "profile", {"identifier": "user_id:u-1"})
        assert isinstance(profile, dict)
        assert profile["stage"]["stage"] == "validate"  # type: ignore[index,call-overload]
        assert profile["stage"]["as_of"].endswith("T00:00:00.000Z")  # type: ignore[index,call-overload,union-attr]
        lines = [msgspec.json.decode(line) async for line in export(site, "persons")]
        assert [line["stage"] for line in lines] == [profile["stage"]]


@on_a_loop
async def test_order_of_arrival_and_a_rebuild_change_no_stage() -> None:
    async with running() as first, running() as second:
        for site, views in ((first, list(enumerate(PATHS))), (second, [*enumerate(PATHS)][::-1])):
            key, _ = caller(site)
            for number, path in views:
                await post(site, key, "/v1/page", viewed("u-1", number, path, 7 - number))
        assert await told(first, "user_id:u-1") == await told(second, "user_id:u-1")
        before = await run(first, "hash", {})
        await first.rebuild()
        assert await run(first, "hash", {}) == before


@on_a_loop
async def test_an_account_is_told_by_its_people_and_leads_a_new_colleague() -> None:
    async with running() as site:
        key, _ = caller(site)
        for user in ("u-1", "u-2", "u-3"):
            began = format_instant(NOW - 20 * DAY_MS)
            body = {"userId": user, "groupId": "acme", "messageId": f"g-{user}", "timestamp": began}
            await post(site, key, "/v1/group", body)
        await walked(site, "u-1")
        await walked(site, "u-2")
        account = await told(site, "group_id:acme")
        assert account["entries"] == 2 * len(PATHS)
        assert account["stage"] == "validate"
        # Read before and after: what a colleague did changes where somebody starts.
        await post(site, key, "/v1/page", viewed("u-3", 0, "/pricing", 0))
        await post(site, key, "/v1/page", viewed("stranger", 0, "/pricing", 0))
        led, alone = await told(site, "user_id:u-3"), await told(site, "user_id:stranger")
        validate = [one["probabilities"]["validate"] for one in (led, alone)]  # type: ignore[index,call-overload]
        assert validate[0] > 2 * validate[1]  # type: ignore[operator]
        await walked(site, "u-2", ("/careers",) * 8, messageId=None)
        again = await told(site, "user_id:u-3")
        site.views.forget_all()
        assert again == await told(site, "user_id:u-3")


@on_a_loop
async def test_a_rule_reads_probabilities_as_they_are_now_and_no_label() -> None:
    when = "person.stage.validate > 0.4"
    rule = CONFIGURATION.replace('person.traits.plan != "enterprise"', when).replace(
        "pass", "exclude"
    )
    async with running(rule) as site:
        await walked(site, "u-1")
        consent = {"consent": {"categoryPreferences": {"personalisation": True}}}
        await walked(site, "u-2", ("/blog/a",), context=consent)
        await post(
            site,
            caller(site)[0],
            "/v1/track",
            {"userId": "u-1", "event": "X", "messageId": "c", "context": consent},
        )

        async def status(user: str, request: str) -> object:
            situation: JsonObject = {
                "request_id": request,
                "subject": {"person": f"user_id:{user}"},
                "placements": [{"key": "home.hero", "max": 1}],
            }
            answer = await run(site, "decide", situation)
            assert isinstance(answer, dict)
            return answer["status"]

        assert await status("u-1", "r-1") == "decided"
        assert await status("u-2", "r-2") != "decided"
        site.clock.advance(90 * DAY_MS)  # type: ignore[attr-defined]
        assert await status("u-1", "r-3") != "decided"
        label = CONFIGURATION.replace('person.traits.plan != "enterprise"', 'person.stage == "x"')
        with pytest.raises(DocumentRefused, match="the top stage alone does not say"):
            await site.applier.apply([("label.yaml", label)])


@on_a_loop
async def test_a_declared_journey_reads_old_evidence_anew() -> None:
    async with running() as site:
        await walked(site, "u-1", ("/workshop/berlin",) * 3)
        profile = site.views.find_person("user_id:u-1") or ""
        before = site.views.person(profile).stage
        assert before["evidence"][-1]["what"] in {"visit", "silence"}  # type: ignore[index,call-overload]
        ours = """
        {kind: journey, key: ours, evidence: {meeting: {words: [workshop]}}}
        """
        await site.applier.apply([("journey.yaml", ours)])
        after = site.views.person(profile).stage
        assert "meeting" in {one["what"] for one in after["evidence"]}  # type: ignore[index,call-overload,union-attr]
        assert after["table"] != before["table"]  # type: ignore[index,call-overload]
        shown = await run(site, "journey_show", {})
        assert isinstance(shown, dict)
        assert shown["declared"] == ["evidence"]
        await site.applier.apply([("same.yaml", yaml.safe_dump(shown["journey"]))])
        assert site.views.person(profile).stage == after


@pytest.mark.parametrize(
    "text",
    [
        "{kind: journey, key: a, visits_per_day: {explore: often}}",
        "{kind: journey, key: a}\n---\n{kind: journey, key: b}",
        "{kind: journey, key: a, lokks: {}}",
    ],
)
def test_a_wrong_journey_is_refused_with_file_and_line(text: str) -> None:
    @on_a_loop
    async def go() -> None:
        async with running() as site:
            with pytest.raises(DocumentRefused, match=r"j\.yaml, line .*journey"):
                await site.applier.apply([("j.yaml", text)])
            assert site.journeys.declared == {}

    go()


@on_a_loop
async def test_rolling_a_bundle_back_leaves_the_journey_as_it_is() -> None:
    async with running() as site:
        first = site.unifier.policy.bundle.number
        message = (
            "{kind: message, key: welcome, value: 9,"
            " variants: [{key: v, channel: web, content: {title: Hi}}]}"
        )
        journey = "{kind: journey, key: ours, visits_per_day: {explore: 0.2}}"
        await site.applier.apply([("m.yaml", message + "\n---\n" + journey)])
        version = site.journeys.journey.version
        assert "welcome" in site.unifier.policy.messages
        back = {"number": first, "by": "Bo", "reason": "too early"}
        await run(site, "bundle_rollback", back)  # type: ignore[arg-type]
        assert "welcome" not in site.unifier.policy.messages
        assert site.journeys.journey.version == version
        assert site.journeys.declared["visits_per_day"] == {"explore": 0.2}


@on_a_loop
async def test_learning_proposes_and_changes_nothing() -> None:
    async with running() as site:
        await walked(site, "u-0")
        poor = await run(site, "journey_learn", {"fewest": 20})
        assert isinstance(poor, dict)
        assert (poor["status"], poor["subjects"]) == ("too_little_data", 1)
        assert "proposal" not in poor
        for number in range(1, 25):
            await walked(site, f"u-{number}", PATHS[number % 3 :])
        version = site.journeys.journey.version
        found = await run(site, "journey_learn", {"fewest": 20})
        assert isinstance(found, dict)
        assert found["subjects"] == 25
        told = {name: found[f"held_out_{name}"] for name in ("before", "after", "points")}
        best = {"current": "before", "learned": "after", "points": "points"}[str(found["best"])]
        assert told[best] == max(told.values())  # type: ignore[type-var]
        second = sorted(told.values())[1]  # type: ignore[type-var]
        assert found["lead"] == pytest.approx(told[best] - second, abs=2e-6)  # type: ignore[operator]
        assert site.journeys.journey.version == version
        await site.applier.apply([("proposal.yaml", yaml.safe_dump(found["proposal"]))])
        assert site.journeys.journey.version != version


@on_a_loop
async def test_a_join_is_the_union_of_both_lists_of_evidence() -> None:
    async with running() as site:
        key, _ = caller(site)
        views = [
            viewed("", n, path, 7 - n, anonymousId="a-1", userId=None, messageId=f"a-{n}")
            for n, path in enumerate(PATHS)
        ]
        await post(site, key, "/v1/batch", {"batch": views})
        await walked(site, "u-1", ("/blog/a", "/careers"))
        alone = await told(site, "anonymous_id:a-1"), await told(site, "user_id:u-1")
        joined = {"userId": "u-1", "anonymousId": "a-1", "messageId": "join", "traits": {}}
        await post(site, key, "/v1/identify", joined)
        together = await told(site, "user_id:u-1")
        assert together == await told(site, "anonymous_id:a-1")
        assert together["entries"] == alone[0]["entries"] + alone[1]["entries"]  # type: ignore[operator]
        assert set(together["probabilities"]) == set(STAGES)  # type: ignore[arg-type]


@on_a_loop
async def test_an_account_weighs_its_people_by_how_sure_their_membership_is() -> None:
    async with running() as site:
        began = 7 * DAY_MS + 3_600_000
        for user, group_id, secret in (("u-1", "stated", True), ("u-2", "claimed", False)):
            key, _ = caller(site, secret)
            joins = {"userId": user, "groupId": group_id, "messageId": f"g-{user}"}
            when = format_instant(NOW - began)
            assert (await post(site, key, "/v1/group", {**joins, "timestamp": when})).status == 200
            await walked(site, user)
        stated, claimed = [await told(site, f"group_id:{name}") for name in ("stated", "claimed")]
        assert stated["entries"] == claimed["entries"]
        odds = [one["probabilities"]["validate"] for one in (stated, claimed)]  # type: ignore[index, call-overload]
        assert odds[0] > 1.2 * odds[1]


@on_a_loop
async def test_evidence_of_more_than_400_days_before_the_newest_counts_no_more() -> None:
    async with running() as site:
        key, _ = caller(site)
        old = viewed("u-1", 1, "/pricing", 500)
        won = viewed("u-1", 2, "", 500) | {"type": "track", "event": "Deal Won"}
        await post(site, key, "/v1/batch", {"batch": [old, won]})
        assert (await told(site, "user_id:u-1"))["entries"] == 2
        await post(site, key, "/v1/batch", {"batch": [viewed("u-1", 3, "/docs", 1)]})
        # The fact stays, the view does not.
        assert (await told(site, "user_id:u-1"))["entries"] == 2
