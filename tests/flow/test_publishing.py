"""What is published while decisions run, and what stays in memory of it."""

import msgspec

from tests.decide.world import NOW, bundle, message
from tests.decisioning.contact_world import LETTER, ask, know, site_with
from tests.flow.loops import on_a_loop
from wegweiser.adapters.memory import MemoryStore
from wegweiser.decide.bundle import bundle_id
from wegweiser.decide.policy import compile_policy
from wegweiser.decide.recompute import recompute
from wegweiser.flow.first_triggers import FirstTriggers, Trigger
from wegweiser.flow.model_book import KEEP_DAYS, ModelBook
from wegweiser.flow.policies import MOST_COMPILED, PolicyBook
from wegweiser.terms.decision import Decision, Subject
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.record import Published


@on_a_loop
async def test_who_waits_for_room_decides_by_what_was_published_when_it_was_asked() -> None:
    async with site_with(LETTER) as site:
        who = await know(site, "u-1")
        chooser, before = site.deciding.chooser, site.unifier.policy.bundle_id
        seen: list[Decision] = []

        async def no_room(decision: Decision) -> bool:
            seen.append(decision)
            await site.applier.apply([("a.yaml", LETTER.replace("value: 10", "value: 20"))])
            return False

        chooser.reserve = no_room
        told = await ask(site, who, "u-1")
        assert [one.bundle for one in seen] == [before, before] != [site.unifier.policy.bundle_id]
        assert [one.attempt for one in seen] == [0, 1]
        assert told["status"] == "deferred"
        decision = site.unifier.decisions.get(str(told["decision_id"]))
        assert decision is not None
        assert (decision.reason, decision.items, decision.bundle) == ("reservation", (), before)
        policy = site.unifier.policies.of(decision.bundle)
        found = recompute(policy, decision, Snapshot(), chooser.stream_key)
        assert found.equal, found.differing


def test_only_so_many_policies_stay_compiled_and_all_can_be_had() -> None:
    book = PolicyBook(MemoryStore(), compile_policy)
    ids = []
    for number in range(1, MOST_COMPILED + 9):
        made = msgspec.structs.replace(bundle(message("m", value=float(number))), number=number)
        book.publish(Published(at=NOW, bundle=made))
        ids.append(bundle_id(made))
    assert len(book._policies) == MOST_COMPILED
    for number, name in enumerate(ids, start=1):
        assert book.of(name).messages["m"].value == number
    assert book.of(ids[-1]).scorers is book.current.scorers
    assert len(book._policies) == MOST_COMPILED


def test_a_change_in_the_store_loses_no_trigger_that_is_not_committed() -> None:
    triggers = FirstTriggers(MemoryStore(), lambda name: None)
    decision = Decision(
        decision_id="dec_1",
        request_id="r",
        body_digest="",
        at=NOW,
        subject=Subject(),
        leaf="user_id:u-1",
        unit_id="p-1",
    )
    triggers.note(decision)
    triggers.forget()
    assert triggers.first(["user_id:u-1"], 0) == Trigger(NOW, "p-1")


def test_of_old_snapshots_the_last_of_each_day_is_kept() -> None:
    store = MemoryStore()
    book = ModelBook(store)
    number = 0
    for day in range(KEEP_DAYS + 5):
        for _ in range(3):
            number += 1
            heads = {"engage": Head({"bias": -float(number)}, {"bias": 0.5}, number)}
            book.publish(
                Snapshot(number, heads, number, day * DAY_MS + number, names={"slot:1": "x"})
            )
    assert book.thin((KEEP_DAYS + 4) * DAY_MS + number) > 0
    kept = [line.number for line in ModelBook(store).lines()]
    # The first holds what later ones differ from.
    assert kept[:3] == [1, 3, 6]
    assert kept[-3:] == [number - 2, number - 1, number]
    assert ModelBook(store).numbered(3).heads["engage"].mean == {"bias": -3.0}
