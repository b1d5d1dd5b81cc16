"""Erasing people and accounts: what goes, what stays, and what can never come in again."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.flow.erasing import derived_rows, differing, documents, run, traces
from tests.flow.sites import CONSENT, NOW, caller, post, running, seen
from wegweiser.terms.errors import ComeAgain, InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import PersonProfile
from wegweiser.workspace.site import Site

ADA = ("canary-ada", "canary-phone", "canary@buyer.example", "Canary Lovelace")


def by_ada(number: int, **more: object) -> JsonObject:
    """Write a track event full of what must not survive."""
    event: JsonObject = {
        "type": "track",
        "messageId": f"canary-ada-{number}",
        "userId": "canary-ada",
        "event": "Demo Booked",
        "properties": {"note": "Canary Lovelace"},
        "context": CONSENT,
    }
    return event | more  # type: ignore[operator]


KNOWN: list[JsonObject] = [
    by_ada(1),
    by_ada(2, type="page", anonymousId="canary-phone", name="Canary Lovelace"),
    {
        "type": "identify",
        "messageId": "canary-ada-3",
        "userId": "canary-ada",
        "traits": {"email": "Canary@Buyer.example", "name": "Canary Lovelace"},
    },
    by_ada(4, timestamp=format_instant(NOW + 400 * DAY_MS)),
    by_ada(5, timestamp=format_instant(NOW - 20 * DAY_MS)),
    {"type": "group", "messageId": "g-1", "userId": "canary-ada", "groupId": "acme"},
]


async def company(site: Site) -> str:
    """Let Ada and Bob be seen, decided for and set aside; gives a secret key."""
    key, _ = caller(site)
    bob = [seen("bob", number) for number in range(3)]
    joined = {"type": "group", "messageId": "g-2", "userId": "bob", "groupId": "acme"}
    broken = {"type": "track", "messageId": "q-1", "userId": "canary-ada", "event": 7}
    nested = {"type": "track", "event": "X", "properties": {"to": "<Canary@buyer.example>"}}
    batch = {"batch": [*KNOWN, *KNOWN[:2], *bob, joined, broken, nested]}
    answer = await post(site, key, "/v1/batch", batch)
    assert answer.status == 200
    decided = await run(site, "decide", **asked("user_id:canary-ada"))
    await run(site, "decide", **asked("user_id:bob"))
    outcome: JsonObject = {
        "outcome_id": "canary-ada-click",
        "decision_id": decided["decision_id"],
        "placement": "home.hero",
        "slot": 0,
        "kind": "seen",
    }
    await site.deciding.desk.report([outcome], site.callers.of_key(key))
    await site.analyst.catch_up(await site.intake.settle())
    return key


def asked(person: str) -> JsonObject:
    return {"subject": {"person": person}, "placements": [{"key": "home.hero", "max": 1}]}


def known_as_bob(site: Site) -> PersonProfile:
    """Read Bob's profile but for his stage, which also rests on his colleagues."""
    profile = site.views.person(site.views.find_person("user_id:bob") or "")
    return msgspec.structs.replace(profile, stage=None)


def on_site(scenario: Callable[[Site, str], Awaitable[None]]) -> None:
    """Run a scenario on a site where Ada and Bob are known."""

    async def whole() -> None:
        async with running() as site:
            await scenario(site, await company(site))

    asyncio.run(whole())


@pytest.mark.parametrize(
    "name",
    ["user_id:canary-ada", "email: CANARY@buyer.example", "anonymous_id:canary-phone"],
)
def test_nothing_of_a_person_is_left_by_whichever_name(name: str) -> None:
    async def scenario(site: Site, key: str) -> None:
        assert len(traces(site, *ADA)) > 10
        done = await run(site, "forget", identifier=name)
        assert (done["status"], done["persons"], done["identifiers"]) == ("FINISHED", 1, 3)
        assert done["events"] == len(KNOWN)
        await site.intake.checkpoint()
        assert traces(site, *ADA) == []

    on_site(scenario)


def test_others_and_all_counts_stay() -> None:
    async def scenario(site: Site, key: str) -> None:
        bob = known_as_bob(site)
        decisions = list(site.exporter.decisions(site.intake.committed))
        doctor = await run(site, "doctor")
        await run(site, "forget", identifier="user_id:canary-ada")
        assert known_as_bob(site) == bob
        assert await run(site, "doctor") == doctor
        left = list(site.exporter.decisions(site.intake.committed))
        assert [row["items"] for row in left] == [row["items"] for row in decisions]
        assert [row["subject"] for row in left] == [{}, {"person": "user_id:bob"}]
        told = site.explain(str(left[0]["decisionId"]))
        assert told is not None
        assert "canary" not in str(told)
        members = site.views.account("acme").members
        assert [member.person_id for member in members] == [bob.person_id]
        live, shown = derived_rows(site), documents(site)
        await site.rebuild()
        assert differing(live, derived_rows(site)) == []
        assert documents(site) == shown

    on_site(scenario)


def test_the_archive_is_what_a_new_one_would_be() -> None:
    async def scenario(site: Site, key: str) -> None:
        await run(site, "forget", identifier="user_id:canary-ada")
        archive = site.engines.archive
        assert archive is not None
        names = ("events", "decisions", "exposures", "outcomes")
        live = {name: _sorted(archive.read(name)) for name in names}
        assert any(live["events"])
        await site.analyst.rebuild(await site.intake.settle())
        assert {name: _sorted(archive.read(name)) for name in names} == live

    on_site(scenario)


def _sorted(table: object) -> list[str]:
    rows = table.to_pylist() if table is not None else []  # type: ignore[attr-defined]
    return sorted(map(str, rows))


def test_nothing_comes_back_by_any_door() -> None:
    async def scenario(site: Site, key: str) -> None:
        await run(site, "forget", identifier="user_id:canary-ada")
        before, shown = await run(site, "doctor"), documents(site)
        again: list[JsonObject] = [
            *KNOWN,
            by_ada(6),
            by_ada(7, timestamp=format_instant(NOW - 300 * DAY_MS)),
            by_ada(8, timestamp=format_instant(NOW + 300 * DAY_MS)),
            by_ada(9, userId="somebody", anonymousId="canary-phone"),
            {"type": "alias", "messageId": "x-1", "userId": "new", "previousId": "canary-ada"},
            {"type": "alias", "messageId": "x-2", "userId": "canary-ada", "previousId": "new"},
            {
                "type": "identify",
                "messageId": "x-3",
                "userId": "new",
                "traits": {"email": "CANARY@buyer.example"},
            },
            {"type": "track", "messageId": "x-4", "userId": "canary-ada", "event": 7},
        ]
        answer = await post(site, key, "/v1/batch", {"batch": again})
        assert answer.status == 200
        loaded = await run(site, "load", source="crm", elements=[*again], unmapped=[])
        assert loaded["suppressed"] == len(again)
        decided = await run(site, "decide", **asked("user_id:canary-ada"))
        assert decided["decision_id"] is None
        goal: JsonObject = {
            "outcome_id": "canary-ada-goal",
            "subject": "user_id:canary-ada",
            "kind": "goal",
            "goal": "demo-booked",
        }
        await site.deciding.desk.report([goal], site.callers.of_key(key))
        after = await run(site, "doctor")
        # What the shop had sent before is a repeat there, as it would be of anybody.
        assert after["suppressed"] == 2 * len(again) - len(KNOWN)
        assert after["duplicate"] == before["duplicate"] + len(KNOWN)
        assert (after["stored"], after["healthy"]) == (before["stored"], True)
        await site.analyst.catch_up(await site.intake.settle())
        assert traces(site, *ADA) == []
        await site.rebuild()
        assert documents(site) == shown
        assert traces(site, *ADA) == []

    on_site(scenario)


def test_who_was_lifted_starts_clean() -> None:
    async def scenario(site: Site, key: str) -> None:
        await run(site, "forget", identifier="user_id:canary-ada")
        with pytest.raises(InputRefused):
            await run(site, "suppression_lift", identifier="user_id:canary-ada")
        lifted = await run(
            site, "suppression_lift", identifier="user_id:canary-ada", reason="signed up again"
        )
        assert lifted["reason"] == "signed up again"
        site.clock.advance(60_000)  # type: ignore[attr-defined]
        late = by_ada(20, timestamp=format_instant(NOW - DAY_MS))
        timeless, now = by_ada(22), by_ada(21, timestamp=format_instant(site.clock.now_ms()))
        answer = await post(site, key, "/v1/batch", {"batch": [late, timeless, now]})
        rejected = msgspec.json.decode(answer.body)["rejected"]
        assert [(one["index"], one["code"]) for one in rejected] == [(0, "erased"), (1, "erased")]
        person = site.views.person(site.views.find_person("user_id:canary-ada") or "")
        assert (person.counters, person.traits) == ({"Demo Booked": 1}, {})
        listed = await run(site, "suppression_list")
        assert (listed["identifiers"], listed["lifted"]) == (3, 1)

    on_site(scenario)


def test_an_account_goes_without_its_members() -> None:
    async def scenario(site: Site, key: str) -> None:
        scoped = seen("bob", 9, context={"groupId": "acme", **CONSENT})
        await post(site, key, "/v1/batch", {"batch": [scoped]})
        done = await run(site, "forget", identifier="group_id:acme")
        assert (done["persons"], done["identifiers"], done["events"]) == (0, 1, 2)
        await site.intake.checkpoint()
        assert traces(site, "acme") == []
        bob = site.views.person(site.views.find_person("user_id:bob") or "")
        assert (bob.counters, bob.accounts) == ({"Page Viewed": 4}, ())
        assert site.views.find_account("group_id:acme") is None
        again = seen("bob", 10, context={"groupId": "acme"})
        joined = {"type": "group", "messageId": "g-3", "userId": "bob", "groupId": "acme"}
        await post(site, key, "/v1/batch", {"batch": [again, joined]})
        await site.intake.checkpoint()
        assert traces(site, "acme") == []
        live, shown = derived_rows(site), documents(site)
        await site.rebuild()
        assert differing(live, derived_rows(site)) == []
        assert documents(site) == shown

    on_site(scenario)


def test_an_account_goes_with_its_members_when_that_is_asked_for() -> None:
    async def scenario(site: Site, key: str) -> None:
        done = await run(site, "forget", identifier="group_id:acme", with_persons=True)
        assert done["persons"] == 2
        await site.intake.checkpoint()
        assert traces(site, "acme", "bob", *ADA) == []
        assert documents(site) == []

    on_site(scenario)


def test_a_dry_run_changes_nothing() -> None:
    async def scenario(site: Site, key: str) -> None:
        live = derived_rows(site)
        told = await run(site, "forget", identifier="user_id:canary-ada", dry_run=True)
        assert (told["status"], told["events"], told["receipt"]) == ("DRY_RUN", 6, None)
        assert derived_rows(site) == live
        assert site.suppressions.all() == []

    on_site(scenario)


def test_nobody_is_not_found_and_somebody_erased_is_still_erased() -> None:
    async def scenario(site: Site, key: str) -> None:
        for name in ("user_id:nobody", "person_id:per_1"):
            with pytest.raises(NotFound):
                await run(site, "forget", identifier=name)
        with pytest.raises(InputRefused):
            await run(site, "forget", identifier="canary-ada")
        await run(site, "forget", identifier="user_id:canary-ada")
        again = await run(site, "forget", identifier="user_id:canary-ada")
        assert (again["status"], again["persons"], again["events"]) == ("FINISHED", 0, 0)

    on_site(scenario)


def test_a_receipt_names_nobody_and_shows_when_it_was_changed() -> None:
    async def scenario(site: Site, key: str) -> None:
        done = await run(site, "forget", identifier="user_id:canary-ada")
        receipt = msgspec.json.encode(done["receipt"])
        assert not any(text.encode() in receipt for text in ADA)
        [kept] = await _receipts(site)
        assert kept == {**done["receipt"], "intact": True}  # type: ignore[dict-item]
        [(stored_key, stored)] = site.engines.store.scan("erasures")
        changed = stored.replace(b'"events":6', b'"events":5')
        assert changed != stored
        from wegweiser.ports.operational_store import Change

        site.engines.store.commit([Change("erasures", stored_key, changed)])
        [kept] = await _receipts(site)
        assert kept["intact"] is False

    on_site(scenario)


async def _receipts(site: Site) -> list[JsonObject]:
    from wegweiser.workspace import operations

    found = await operations.run(site, "erasure_list", {})
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]


@pytest.mark.parametrize("step", ["commit", "rewrite", "archive", "scrub"])
def test_an_erasure_cut_off_at_any_step_is_finished_by_the_next_start(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engines refuse one call, as they do when a process dies before it."""

    async def scenario(site: Site, key: str) -> None:
        engines = site.engines
        owners = {
            "commit": (engines.store, "commit"),
            "rewrite": (engines.log, "rewrite"),
            "archive": (engines.archive, "replace"),
            "scrub": (engines.store, "scrub"),
        }
        owner, verb = owners[step]
        real = getattr(owner, verb)
        seen_calls = [0]

        def cut_off(*arguments: object) -> object:
            # Before: two checkpoints, the secret, the request, and what the fold had open.
            seen_calls[0] += 1
            if step == "commit" and seen_calls[0] <= 5:
                return real(*arguments)
            raise RuntimeError("the process ends here")

        monkeypatch.setattr(owner, verb, cut_off)
        with pytest.raises(RuntimeError):
            await run(site, "forget", identifier="user_id:canary-ada")
        monkeypatch.undo()
        async with _next_start(site) as again:
            assert traces(again, *ADA) == []
            [receipt] = await _receipts(again)
            counts = receipt["counts"]
            assert isinstance(counts, dict)
            assert (counts["persons"], counts["events"]) == (1, len(KNOWN))
            live, shown = derived_rows(again), documents(again)
            await again.rebuild()
            assert differing(live, derived_rows(again)) == []
            assert documents(again) == shown

    on_site(scenario)


class _next_start:  # noqa: N801 - read as a verb
    """The same engines under a new site, as after a restart; the old one is left as it is."""

    def __init__(self, old: Site):
        self._old = old

    async def __aenter__(self) -> Site:
        self.site = Site(self._old.engines, self._old.settings)
        await self.site.start(background=False)
        return self.site

    async def __aexit__(self, *error: object) -> None:
        await self.site.intake.stop()


def test_erasing_while_events_arrive_loses_none_of_them() -> None:
    async def scenario(site: Site, key: str) -> None:
        async def visits() -> None:
            for number in range(100, 160):
                await post(site, key, "/v1/batch", {"batch": [seen("bob", number), by_ada(number)]})

        await asyncio.gather(visits(), run(site, "forget", identifier="user_id:canary-ada"))
        await site.intake.checkpoint()
        assert traces(site, *ADA) == []
        bob = site.views.person(site.views.find_person("user_id:bob") or "")
        assert bob.counters["Page Viewed"] == 63
        live, shown = derived_rows(site), documents(site)
        await site.rebuild()
        assert differing(live, derived_rows(site)) == []
        assert documents(site) == shown

    on_site(scenario)


def test_a_full_disk_leaves_the_request_to_be_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(site: Site, key: str) -> None:
        def full(payloads: object) -> None:
            raise ComeAgain("disk full")

        monkeypatch.setattr(site.engines.log, "rewrite", full)
        with pytest.raises(ComeAgain):
            await run(site, "forget", identifier="user_id:canary-ada")
        monkeypatch.undo()
        done = await run(site, "forget", identifier="user_id:canary-ada")
        assert done["status"] == "FINISHED"
        await site.intake.checkpoint()
        assert [place for place in traces(site, *ADA) if place.startswith("log")] == []

    on_site(scenario)
