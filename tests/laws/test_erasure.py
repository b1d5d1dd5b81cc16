"""The laws of erasure: what is left equals a rebuild, and of the erased nothing is left."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.erasing import derived_rows, differing, documents, run, traces
from tests.flow.sites import running
from tests.strategies import Sent, identifiers, streams
from wegweiser.collect.screen import ElementRejected, ElementSuppressed
from wegweiser.terms.errors import NotFound
from wegweiser.terms.event import Event
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import Collected, Ruled
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust
from wegweiser.workspace.site import Site

ASKED = st.lists(identifiers, max_size=3)
ERASED = st.lists(
    st.one_of(identifiers, st.sampled_from(["group_id:acme", "group_id:globex"])),
    min_size=1,
    max_size=3,
    unique=True,
)
RULES = st.sampled_from([IdentityRules(), IdentityRules(shared_devices="session_owner")])
CALLER = Caller("source", "live", Trust.SERVER, SECRET_SCOPES)


async def take_in(site: Site, sent: list[Sent]) -> None:
    """Store each event, every third one a second time, two in one body."""
    for number, one in enumerate(sent):
        again = (sent[number - 1].event,) if number % 3 == 2 else ()
        record = Collected(
            received_at=one.received_at,
            source_id="source",
            trust=one.trust,
            kind="live",
            events=(one.event, *again),
        )
        await site.intake.append(record)


async def ask(site: Site, name: str) -> None:
    """Decide for somebody, and report that it was seen."""
    body = {"subject": {"person": name}, "placements": [{"key": "home.hero", "max": 1}]}
    answer = await site.deciding.chooser.decide(body, CALLER)
    outcome = {
        "outcome_id": f"o-{name}",
        "decision_id": answer["decision_id"],
        "placement": "home.hero",
        "slot": 0,
        "kind": "seen",
    }
    await site.deciding.desk.report([outcome], CALLER)


async def erase(site: Site, name: str, with_persons: bool) -> list[str]:
    """Erase somebody; gives all that they were called, nothing when nobody knows them."""
    try:
        told = await run(site, "forget", identifier=name, dry_run=True, with_persons=with_persons)
    except NotFound:
        return []
    done = await run(site, "forget", identifier=name, with_persons=with_persons, confirm=True)
    assert done["status"] == "FINISHED"
    assert (done["persons"], done["events"]) == (told["persons"], told["events"])
    return [str(called) for called in told["would_go"]["names"]]


def written(site: Site, names: Iterable[str]) -> list[str]:
    """Give what to look for: names, and their values where they mean nobody else."""
    gone, stored = set(names), site.unifier.directory.stored_at
    values = (name.partition(":")[2] for name in gone)
    spelled = ("user_id", "anonymous_id", "group_id")

    def anothers(value: str) -> bool:
        return any(stored(name) for kind in spelled if (name := f"{kind}:{value}") not in gone)

    return [*gone, *(value for value in values if len(value) > 2 and not anothers(value))]


@settings(max_examples=40, deadline=None)
@given(streams(), ASKED, ERASED, st.booleans(), RULES)
def test_after_an_erasure_everything_equals_a_rebuild(
    sent: list[Sent],
    asked: list[str],
    erased: list[str],
    with_persons: bool,
    rules: IdentityRules,
) -> None:
    async def scenario() -> None:
        async with running() as site:
            await site.intake.append(Ruled(at=0, by="ada", rules=rules))
            await take_in(site, sent)
            for name in asked:
                await ask(site, name)
            before = site.unifier.tally
            names: set[str] = set()
            for name in erased:
                names.update(await erase(site, name, with_persons))
            await site.intake.checkpoint()
            assert site.unifier.tally == before
            live, shown = derived_rows(site), documents(site)
            assert traces(site, *written(site, names)) == []
            await site.rebuild()
            assert differing(live, derived_rows(site)) == []
            assert documents(site) == shown

    asyncio.run(scenario())


@settings(max_examples=20, deadline=None)
@given(streams(), identifiers)
def test_what_was_erased_does_not_come_back(sent: list[Sent], name: str) -> None:
    async def scenario() -> None:
        async with running() as site:
            await take_in(site, sent)
            names = await erase(site, name, False)
            await site.intake.checkpoint()
            left = documents(site)
            for one in sent:
                screen = site.suppressions.screener(CALLER, one.received_at)
                if screen is None:
                    continue
                try:
                    event = screen(one.event)
                except ElementSuppressed:
                    continue
                record = Collected(
                    received_at=one.received_at,
                    source_id="source",
                    trust=one.trust,
                    kind="live",
                    events=(event,) if event else (),
                )
                await site.intake.append(record)
            if names:
                assert documents(site) == left
            assert traces(site, *written(site, names)) == []

    asyncio.run(scenario())


@settings(max_examples=15, deadline=None)
@given(streams(), identifiers, st.data())
def test_p7_erased_without_suppression_nothing_of_before_comes_back(
    sent: list[Sent], name: str, data: st.DataObject
) -> None:
    """Whatever is replayed, live or imported, in whatever order, from whatever prefix."""

    async def scenario() -> None:
        async with running() as site:
            await take_in(site, sent)
            try:
                done = await run(site, "forget", identifier=name, suppress=False, confirm=True)
            except NotFound:
                return
            assert done["status"] == "FINISHED"
            await site.intake.checkpoint()
            tombs = [one for one in site.suppressions.all() if one.erased_at]
            erased_at = max(one.erased_at for one in tombs)
            assert not any(one.suppressed for one in tombs)
            left = documents(site)
            order = data.draw(st.permutations(sent), label="order")
            for one in order[: data.draw(st.integers(0, len(order)), label="prefix")]:
                bulk = data.draw(st.booleans(), label="bulk")
                caller = msgspec.structs.replace(CALLER, kind="bulk" if bulk else "live")
                event = msgspec.structs.replace(one.event, at=min(one.event.at, erased_at))
                await _replayed(site, caller, event, one)
            assert documents(site) == left
            assert all(one.restarted_at is None for one in site.suppressions.all())

    asyncio.run(scenario())


async def _replayed(site: Site, caller: Caller, event: Event, one: Sent) -> None:
    """Send an event of before once more; what names nobody erased is stored already."""
    screen = site.suppressions.screener(caller, one.received_at)
    assert screen is not None
    with suppress(ElementSuppressed, ElementRejected):
        passed = screen(event)
        record = Collected(
            received_at=one.received_at,
            source_id="source",
            trust=one.trust,
            kind=caller.kind,
            events=(passed,) if passed else (),
        )
        await site.intake.append(record)


def test_what_others_said_of_a_pair_stays_when_an_event_that_linked_it_as_well_is_erased() -> None:
    # The second event belongs to the device alone, since its link may have been made up.
    day = 20_726 * DAY_MS
    doubtful: JsonObject = {"page": {"path": "/", "search": "?ajs_uid=u-1"}}
    said = Event(type="alias", message_id="m-0", at=day + DAY_MS, user_id="u-1", previous_id="u-3")
    linked = msgspec.structs.replace(
        said, message_id="m-1", at=day, anonymous_id="a-1", context=doubtful
    )

    async def scenario() -> None:
        async with running() as site:
            await take_in(
                site,
                [
                    Sent(event=said, trust=Trust.PUBLIC, received_at=said.at),
                    Sent(event=linked, trust=Trust.SERVER, received_at=linked.at),
                ],
            )
            await erase(site, "anonymous_id:a-1", False)
            await site.intake.checkpoint()
            live = derived_rows(site)
            assert live["evidence"]
            await site.rebuild()
            assert differing(live, derived_rows(site)) == []

    asyncio.run(scenario())
