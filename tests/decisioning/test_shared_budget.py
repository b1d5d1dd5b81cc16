"""A batch shares what an account has left among its people, wherever they stand in it."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from tests.decisioning.account_batches import (
    FIVE,
    INVOICE,
    NO_ARMS,
    WEEK,
    check_records,
    configuration,
    decided,
    met,
    names,
    shared,
)
from tests.decisioning.doors import Door, full_after, opened
from tests.decisioning.test_batches import begun, ended
from wegweiser.decide.probability import WHOLE
from wegweiser.decide.shared_budget import SHARED_BUDGET
from wegweiser.decide.verify import verify
from wegweiser.flow import batches, colleagues
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations


def test_people_of_an_account_share_what_it_has_left() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 12)
            await met(door, "acme", users)
            told = await decided(door, users)
            assert told.counts == {"decided": 5, "deferred": 7}
            assert len(set(told.drawn)) == 5
            check_records(door, told)
            for place in range(5):
                stood = [
                    shared(one).rounds[place]
                    for one in told.decisions
                    if len(shared(one).rounds) > place
                ]
                assert len(stood) == 12 - place
                assert sum(one.own for one in stood) == WHOLE
                assert sum(one.is_own for one in stood) == 1
            for one in told.decisions:
                assert (shared(one).among, shared(one).room) == (12, 5)
                if not one.items:
                    check_put_off(door, one)

    asyncio.run(scenario())


def check_put_off(door: Door, decision: Decision) -> None:
    """Who was passed over is told why, and asked again when the cap has room."""
    assert (decision.status, decision.reason, decision.draws) == ("deferred", SHARED_BUDGET, ())
    assert decision.not_before == decision.at + WEEK
    drop = decision.drops[-1]
    assert (drop.step, drop.reason, drop.detail) == ("contact", SHARED_BUDGET, "account acme")
    assert drop.until == decision.not_before
    told = door.site.deciding.chooser.explain(decision)
    assert told["sentence"] == {
        "en": "Nothing was sent, because colleagues got the contacts that were left.",
        "de": "Nichts gesendet, weil Kollegen die übrigen Kontakte bekamen.",
    }
    assert told["verified"] is True


def test_the_first_of_a_batch_have_no_advantage() -> None:
    async def scenario() -> None:
        firsts = 0
        for number in range(12):
            async with opened(configuration(FIVE)) as door:
                users = names("u", 20)
                await met(door, "acme", users)
                told = await decided(door, users, request_id=f"autumn-{number}")
                assert len(told.drawn) == 5
                firsts += len(set(told.drawn) & set(users[:5]))
        # In order of arrival it would be all 60; of equal people a quarter is to be expected.
        assert 3 <= firsts <= 30

    asyncio.run(scenario())


def test_no_role_gets_more_than_half_rounded_up() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            buyers, guards = names("b", 9), names("g", 2)
            await met(door, "acme", buyers, role="Finance")
            await met(door, "acme", guards, role="Security")
            told = await decided(door, [*buyers, *guards])
            assert len(set(told.drawn) & set(buyers)) == 3
            assert set(guards) <= set(told.drawn)
            check_records(door, told)

    asyncio.run(scenario())


def test_where_there_is_room_for_all_nothing_is_shared() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 5)
            await met(door, "acme", users)
            told = await decided(door, users)
            assert told.counts == {"decided": 5}
            assert [one.shared for one in told.decisions] == [None] * 5

    asyncio.run(scenario())


def test_colleagues_are_found_wherever_they_stand_and_others_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "SUBJECTS_PER_SLICE", 3)

    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            ours, others = names("u", 9), names("o", 9)
            await met(door, "acme", ours)
            await met(door, "globex", others)
            alone = names("x", 4)
            await met(door, "tiny", alone)
            mixed = [one for pair in zip(ours, others, strict=True) for one in pair]
            told = await decided(door, [*mixed[:9], *alone, *mixed[9:]])
            assert told.counts == {"decided": 14, "deferred": 8}
            assert len(set(told.drawn) & set(ours)) == 5
            assert len(set(told.drawn) & set(others)) == 5
            plain = [one for one in told.decisions if one.shared is None]
            assert [one.subject.person for one in plain] == [f"user_id:{one}" for one in alone]
            check_records(door, told)

    asyncio.run(scenario())


def test_who_is_held_out_stands_for_nothing_and_keeps_the_draw_of_before() -> None:
    arms = NO_ARMS.replace("nothing: 0", "nothing: 0.5, unit: person")

    async def scenario() -> None:
        async with opened(configuration(FIVE, arms=arms)) as door:
            users = names("u", 30)
            await met(door, "acme", users)
            told = await decided(door, users)
            ghosts = [one for one in told.decisions if one.ghost]
            assert len(ghosts) > 5
            assert len(told.drawn) == 5
            for one in ghosts:
                assert one.shared is None
                assert len(one.draws) == 1
                assert one.draws[0].is_of_message
            standing = [one for one in told.decisions if one.shared]
            assert len(ghosts) + len(standing) == 30
            assert {shared(one).among for one in standing} == {len(standing)}
            check_records(door, told)

    asyncio.run(scenario())


def test_a_service_message_goes_to_whoever_it_is_for() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE, INVOICE)) as door:
            users, owing = names("u", 9), names("o", 3)
            await met(door, "acme", users)
            await met(door, "acme", owing, owes=True)
            told = await decided(door, [*users, *owing])
            assert set(owing) <= set(told.drawn)
            assert len(told.drawn) == 8
            by_user = {one.subject.person: one for one in told.decisions}
            assert all(by_user[f"user_id:{one}"].shared is None for one in owing)

    asyncio.run(scenario())


def test_a_service_message_that_a_cap_counts_leaves_less_to_share() -> None:
    counting = FIVE.replace("direction: push", "direction: push, exempt: []")

    async def scenario() -> None:
        async with opened(configuration(counting, INVOICE)) as door:
            users, owing = names("u", 9), names("o", 3)
            await met(door, "acme", users)
            await met(door, "acme", owing, owes=True)
            told = await decided(door, [*users, *owing])
            assert set(owing) <= set(told.drawn)
            assert len(told.drawn) == 5
            assert {shared(one).room for one in told.decisions if one.shared} == {2}

    asyncio.run(scenario())


def test_whoever_is_named_twice_stands_once() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 6)
            await met(door, "acme", users, role="Finance")
            told = await decided(door, [*users, *users])
            assert len(set(told.drawn)) == len(told.drawn) == 3
            assert {shared(one).among for one in told.decisions} == {6}
            check_records(door, told)

    asyncio.run(scenario())


def test_a_batch_that_was_broken_off_shares_what_is_left_then() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 12)
            await met(door, "acme", users)
            with full_after(3, door.site) as is_full:
                batch_id = await begun(door, subjects=[f"user_id:{user}" for user in users])
                await door.until(is_full)
            told = await ended(door, batch_id)
            assert told["counts"] == {"decided": 5, "deferred": 7}
            rows = await door.exported("decisions")
            assert len(rows) == 12

    asyncio.run(scenario())


def test_of_a_large_account_the_first_are_decided_together_and_no_cap_is_exceeded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(colleagues, "MOST_TOGETHER", 6)

    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 20)
            await met(door, "acme", users)
            told = await decided(door, users)
            assert told.counts == {"decided": 5, "deferred": 15}
            assert sum(one.shared is not None for one in told.decisions) == 6

    asyncio.run(scenario())


def test_what_a_cap_drops_without_an_end_is_not_put_off() -> None:
    dropping = FIVE.replace("direction: push", "direction: push, on_exceed: drop")

    async def scenario() -> None:
        async with opened(configuration(dropping)) as door:
            users = names("u", 8)
            await met(door, "acme", users)
            told = await decided(door, users)
            assert told.counts == {"decided": 5, "nothing": 3}
            check_records(door, told)

    asyncio.run(scenario())


def test_of_a_buying_group_its_members_share_what_the_group_has_left() -> None:
    group = "{kind: buying_group, key: suite, roles: {chief: {min: 1}, user: {min: 1}}}\n---\n"
    two = "{kind: cap, key: two, scope: group, limit: 2, window_hours: 168, direction: push}\n---\n"

    async def scenario() -> None:
        async with opened(configuration(group, two)) as door:
            chiefs, users, others = names("c", 4), names("u", 4), names("o", 4)
            await met(door, "acme", chiefs, role="chief")
            await met(door, "acme", users, role="user")
            await met(door, "acme", others)
            told = await decided(door, [*chiefs, *others, *users])
            assert told.counts == {"decided": 6, "deferred": 6}
            assert len(set(told.drawn) & set(chiefs)) == 1
            assert len(set(told.drawn) & set(users)) == 1
            by_user = {one.subject.person: one for one in told.decisions}
            assert all(by_user[f"user_id:{one}"].shared is None for one in others)
            late = next(one for one in told.decisions if not one.items)
            assert shared(late).detail == "group acme/suite"
            check_records(door, told)

    asyncio.run(scenario())


def test_a_record_whose_rounds_were_changed_does_not_follow() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 7)
            await met(door, "acme", users)
            told = await decided(door, users)
            for decision in told.decisions:
                *before, last = shared(decision).rounds
                moved = msgspec.structs.replace(last, drawn=(last.drawn + WHOLE // 2) % WHOLE)
                grown = msgspec.structs.replace(last, after=last.after + 1)
                for other in (
                    grown,
                    *([moved] if decision.items and last.own < WHOLE // 2 else []),
                ):
                    rounds = (*before, other)
                    changed = msgspec.structs.replace(shared(decision), rounds=rounds)
                    assert not verify(msgspec.structs.replace(decision, shared=changed))
                reason = "" if decision.reason else SHARED_BUDGET
                assert not verify(msgspec.structs.replace(decision, reason=reason))

    asyncio.run(scenario())


def test_who_was_passed_over_is_decided_about_again_when_the_cap_has_room() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 8)
            await met(door, "acme", users)
            told = await decided(door, users)
            late = next(one for one in told.decisions if not one.items)
            door.clock.advance(WEEK)
            await door.site.deciding.contacts.deferrals.run()
            await door.site.intake.settle()
            request = (late.source_id, f"{late.request_id}/1")
            after = door.site.unifier.decisions.of_request(*request)
            assert after is not None
            assert (after.status, after.shared) == ("decided", None)

    asyncio.run(scenario())


def test_an_override_lifts_the_cap_and_nothing_is_shared() -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 8)
            await met(door, "acme", users)
            order: JsonObject = {
                "account": "acme",
                "level": "account",
                "by": "Mia, sales",
                "reason": "asked for it",
                "until": format_instant(door.clock.now + WEEK),
            }
            await operations.run(door.site, "contact_override", order)
            told = await decided(door, users)
            assert told.counts == {"decided": 8}
            assert {one.shared for one in told.decisions} == {None}

    asyncio.run(scenario())


def test_with_room_for_all_every_record_is_what_it_was_without_sharing() -> None:
    async def scenario() -> list[Decision]:
        async with opened(configuration(FIVE)) as door:
            few, many = names("u", 5), names("o", 4)
            await met(door, "acme", few, role="Finance")
            await met(door, "globex", many)
            told = await decided(door, [*few, *many], request_id="autumn")
            # How far the fold was hangs on the threads of the moment.
            return [msgspec.structs.replace(one, profile_version=0) for one in told.decisions]

    async def one_by_one(
        self: colleagues.Colleagues, batch: object, rows: Sequence[colleagues.Row]
    ) -> list[colleagues.Part]:
        return [colleagues.Part(tuple(rows))]

    found = asyncio.run(scenario())
    with pytest.MonkeyPatch.context() as without:
        without.setattr(colleagues.Colleagues, "parts", one_by_one)
        assert asyncio.run(scenario()) == found
    assert len(found) == 9


@pytest.mark.parametrize("gone", ["user_id:u-3", "group_id:acme"])
def test_what_is_left_of_somebody_erased_names_nobody_and_still_follows(gone: str) -> None:
    async def scenario() -> None:
        async with opened(configuration(FIVE)) as door:
            users = names("u", 9)
            await met(door, "acme", users)
            told = await decided(door, users)
            await operations.run(door.site, "forget", {"identifier": gone})
            await door.site.intake.settle()
            erased = 0
            for before in told.decisions:
                after = door.site.unifier.decisions.get(before.decision_id)
                assert after is not None
                assert verify(after)
                assert shared(after).rounds == shared(before).rounds
                if after.leaf != before.leaf or not after.group_id:
                    erased += 1
                    assert b"acme" not in msgspec.json.encode((after.shared, after.drops))
            assert erased == (9 if gone == "group_id:acme" else 1)

    asyncio.run(scenario())
