"""The law of segments: live membership equals a recount, whatever the order, restarts and time."""

import asyncio
from contextlib import suppress
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import START, Sent, streams
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.activation import account_activation, activation
from wegweiser.flow.identity_statements import Wish
from wegweiser.flow.segment_around import Around
from wegweiser.flow.segment_facts import end_of_today, history_of, sums_of
from wegweiser.flow.stages import Stages
from wegweiser.flow.views import Views
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import identifier
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.record import Collected
from wegweiser.workspace.engines import Engines, in_memory
from wegweiser.workspace.site import Site

SEGMENTS = """
{kind: segment, key: known, when: 'person.known'}
---
{kind: segment, key: planned, when: 'person.traits.plan != "x"'}
---
{kind: segment, key: quiet, when: 'days_since(person.last_seen) > 2.5'}
---
{kind: segment, key: lively, when: 'count("Order Completed", "48h") >= 2 || seen("Engaged Time")'}
---
{kind: segment, key: lively-and-known, when: 'in_segment("lively") && in_segment("known")'}
---
{kind: segment, key: buying, when: 'person.stage.evaluate > 0.1 || person.stage.customer > 0.1'}
---
{kind: segment, key: spending, when: 'sum("Order Completed", "revenue", "60h", "EUR") > 1.0'}
---
{kind: segment, key: in-team, when: 'p.accounts.exists(a, default(a.traits.plan, "x") != "x")'}
---
{kind: segment, key: agreeing, when: 'consented("email") || default(p.traits.city, 0) == 0'}
---
{kind: segment, key: crowd, of: account, when: 'size(account.members) >= 2'}
---
{kind: segment, key: awake, of: account, when: 'as_of - account.last_seen < duration("3d")'}
"""
CHANGED = "{kind: segment, key: known, when: '!person.known'}"
Said = Literal["part", "join", "back", "recount"]
Step = Sent | int | Said | Literal["restart", "crash", "run", "commit", "change", "rebuild"]
waits = st.integers(1, 60).map(lambda hours: hours * HOUR_MS + 1)
between = st.one_of(
    waits,
    st.sampled_from(["restart", "crash", "run", "run", "commit", "change", "rebuild"]),
    st.sampled_from(["part", "join", "back", "recount"]),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Events in any order, with restarts, crashes, new rules and silence in between."""
    steps: list[Step] = []
    for sent in draw(streams()):
        steps.append(sent)
        steps += draw(st.lists(between, max_size=2))
    return [*steps, *draw(st.lists(between, max_size=4))]


async def opened(engines: Engines) -> Site:
    site = Site(engines, Settings())
    await site.start(background=False)
    return site


async def fallen(site: Site) -> None:
    """End a site as a crash does: nothing is committed any more."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def after(site: Site, clock: MemoryClock, step: Step) -> Site:
    """Let one step happen; gives the site that lives on."""
    if isinstance(step, Sent):
        record = Collected(
            received_at=step.received_at,
            source_id="source",
            trust=step.trust,
            kind="live",
            events=(step.event,),
        )
        await site.intake.append(record)
    elif isinstance(step, int):
        clock.advance(step)
    elif step == "run":
        await site.segments.run()
        await site.intake.checkpoint()
    elif step == "commit":
        await site.intake.checkpoint()
    elif step == "change":
        await site.applier.apply([("changed.yaml", CHANGED)])
    elif step == "rebuild":
        await site.rebuild()
    elif step == "recount":
        assert await site.segments.recount() == 0
    elif step in ("part", "join", "back"):
        with suppress(InputRefused, NotFound):
            await say(site, step)
    else:
        await (site.stop() if step == "restart" else fallen(site))
        return await opened(site.engines)
    return site


async def say(site: Site, step: str) -> None:
    """Let an operator say that somebody is two, that two are one, or that the last word is none."""
    directory, desk = site.unifier.directory, site.identity.desk
    people = [sorted(directory.members(one)) for one in sorted(directory.persons())]
    if step == "back" and (said := desk.said()):
        await desk.say(Wish(kind="undo", undoes=said[-1].operation_id), "ada")
    elif step == "join" and len(people) > 1:
        await desk.say(Wish(kind="link", pairs=((people[0][0], people[-1][0]),)), "ada")
    elif step == "part" and (several := [names for names in people if len(names) > 1]):
        names = several[-1]
        await desk.say(Wish(kind="separate", pairs=((names[0], names[-1]),)), "ada")


def recounted(site: Site) -> dict[str, set[str]]:
    """Evaluate every rule over everybody, by views of its own."""
    views = Views(site.unifier, site.clock, Stages(site.journeys), site.views.subscriptions)
    now, book = site.clock.now_ms(), site.segments.book
    found: dict[str, set[str]] = {key: set() for key in book.by_key}
    for person_id in site.unifier.directory.persons():
        told = views.stage_of_person(person_id, end_of_today(now))
        facts = {**activation(views.person(person_id)), "segments": []}
        facts["stage"] = told["probabilities"]
        links = views.person(person_id).accounts
        facts["accounts"] = Around(site.unifier, views).accounts(links, frozenset({"traits"}))
        for one in book.of["person"]:
            cells = views.cells_of(person_id)
            looked_up = {
                "history": history_of(cells, one.events),
                "sums": sums_of(cells, one.sums),
            }
            if one.rule.evaluate({"person": facts, "p": facts, **looked_up, "as_of": now}):
                facts["segments"].append(one.key)
                found[one.key].add(identifier("person_id", person_id))
    for group_id in site.unifier.directory.accounts():
        account = account_activation(group_id, views.account(group_id))
        for one in book.of["account"]:
            if one.rule.evaluate({"account": account, "as_of": now}):
                found[one.key].add(identifier("group_id", group_id))
    return found


def live(site: Site) -> dict[str, set[str]]:
    """Give the members as they are kept, and prove that sizes and standings say the same."""
    members = site.segments.members
    found = {key: {one for one, _ in members.members(key)} for key in site.segments.book.by_key}
    assert {key: len(names) for key, names in found.items()} == dict(members.sizes())
    subjects = set().union(*found.values()) | set(members.subjects())
    by_standing = {
        key: {one for one in subjects if key in members.standing(one).inside()} for key in found
    }
    assert by_standing == found
    return found


@settings(max_examples=3 * settings().max_examples // 10, deadline=None)
@given(histories())
def test_live_membership_is_a_recount(steps: list[Step]) -> None:
    async def scenario() -> None:
        clock = MemoryClock(START + 2 * DAY_MS, 1)
        site = await opened(in_memory(clock))
        await site.applier.apply([("segments.yaml", SEGMENTS)])
        for step in steps:
            site = await after(site, clock, step)
        await site.segments.settle()
        expected = recounted(site)
        assert live(site) == expected
        assert await site.segments.recount() == 0
        for person_id in site.unifier.directory.persons():
            subject = identifier("person_id", person_id)
            held = tuple(key for key in sorted(expected) if subject in expected[key])
            assert site.views.person(person_id).segments == held
        await site.stop()

    asyncio.run(scenario())
