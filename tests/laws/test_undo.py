"""The laws of undo: what operators take back leaves no trace, over whole profiles and accounts."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import Sent, World, streams
from wegweiser.terms.identity import Evidence
from wegweiser.terms.judgement import Judgement, JudgementKind

kinds = st.sampled_from(["cut", "separate", "link"])


def say(world: World, kind: JudgementKind, number: int, **fields: object) -> Judgement:
    """Say something about who is who, as the fold takes it in."""
    world.position += 1
    said = Judgement(operation_id=f"op_{number}", kind=kind, at=number, by="ada", **fields)  # type: ignore[arg-type]
    world.directory.judge(said, world.position)
    return said


def whole(world: World) -> list[object]:
    """Give all profiles with the ids under which they are read."""
    directory = world.directory
    directory.ready()
    persons = {key: world.person(key) for key in directory.persons()}
    return [sorted(persons), world.content(), [persons[key] for key in sorted(persons)]]


def accepted(world: World) -> list[Evidence]:
    """Give the evidence by which persons are one."""
    found = {
        (edge.a, edge.b): edge
        for key in world.directory.persons()
        for edge in world.directory.graph_of(key)
        if not edge.reason
    }
    return [found[pair] for pair in sorted(found)]  # type: ignore[misc]


@settings(max_examples=40, deadline=None)
@given(streams(), kinds, st.integers(0, 30))
def test_what_is_undone_was_never_said(sent: list[Sent], kind: JudgementKind, which: int) -> None:
    world = World()
    world.send(*sent)
    before = whole(world)
    pairs = [(edge.a, edge.b) for edge in accepted(world)]
    if kind == "link" or not pairs:
        names = sorted(n for n in world.directory.names() if not n.startswith("group_id:"))
        pairs = [(a, b) for a in names for b in names if a < b]
    if not pairs:
        return
    said = say(world, kind, 1, pairs=(pairs[which % len(pairs)],))
    after = whole(world)
    undo = say(world, "undo", 2, undoes=said.operation_id, names=tuple(sorted(said.named)))
    assert whole(world) == before
    say(world, "undo", 3, undoes=undo.operation_id, names=undo.names)
    assert whole(world) == after


@settings(max_examples=40, deadline=None)
@given(streams(), streams(most=6), st.integers(0, 30))
def test_a_split_gives_back_what_was_merged_and_what_reached_each_since(
    sent: list[Sent], later: list[Sent], which: int
) -> None:
    world, apart = World(), World()
    world.send(*sent)
    apart.send(*sent)
    names = sorted(n for n in world.directory.names() if not n.startswith("group_id:"))
    pairs = [(a, b) for a in names for b in names if a < b]
    if not pairs:
        return
    # A merge by hand, then more events, then the merge is taken back.
    link = say(world, "link", 1, pairs=(pairs[which % len(pairs)],))
    apart.position += 1
    more = [one._replace(event=_renamed(one), received_at=one.received_at + 1) for one in later]
    world.send(*more)
    apart.send(*more)
    say(world, "undo", 2, undoes=link.operation_id, names=tuple(sorted(link.named)))
    assert whole(world) == whole(apart)


def _renamed(sent: Sent):  # type: ignore[no-untyped-def]
    import msgspec

    return msgspec.structs.replace(sent.event, message_id=f"later-{sent.event.message_id}")


@settings(max_examples=30, deadline=None)
@given(streams(), kinds, st.integers(0, 30))
def test_it_does_not_matter_when_it_was_said(
    sent: list[Sent], kind: JudgementKind, which: int
) -> None:
    first, last = World(), World()
    last.send(*sent)
    names = sorted(n for n in last.directory.names() if not n.startswith("group_id:"))
    pairs = [(a, b) for a in names for b in names if a < b]
    if not pairs:
        return
    pair = pairs[which % len(pairs)]
    say(last, kind, 1, pairs=(pair,))
    say(first, kind, 1, pairs=(pair,))
    first.send(*sent)
    assert whole(first)[1] == whole(last)[1]


@settings(max_examples=30, deadline=None)
@given(streams(), kinds, st.integers(0, 30), st.booleans())
def test_what_was_said_survives_a_restart(
    sent: list[Sent], kind: JudgementKind, which: int, undone: bool
) -> None:
    world = World()
    world.send(*sent)
    names = sorted(n for n in world.directory.names() if not n.startswith("group_id:"))
    pairs = [(a, b) for a in names for b in names if a < b]
    if not pairs:
        return
    said = say(world, kind, 1, pairs=(pairs[which % len(pairs)],))
    if undone:
        say(world, "undo", 2, undoes=said.operation_id, names=tuple(sorted(said.named)))
    live = whole(world)
    world.commit()
    assert whole(World(world.store)) == live


def test_the_embedded_engines_keep_the_same() -> None:
    from tests.scenarios.test_undo import MERGING, USER, USER_EVENTS, VISITOR, VISITOR_EVENTS
    from tests.scenarios.undo_world import everybody, send
    from tests.scenarios.undo_world import say as say_to
    from wegweiser.settings import Settings
    from wegweiser.workspace.engines import embedded
    from wegweiser.workspace.site import Site

    async def check(folder: Path) -> None:
        site = Site(embedded(folder, Settings()), Settings())
        await site.start(background=False)
        await send(site, *VISITOR_EVENTS, *USER_EVENTS)
        apart = await everybody(site)
        link = await say_to(site, "link", a=VISITOR, b=USER)
        merged = await everybody(site)
        await site.stop()
        again = Site(embedded(folder, Settings()), Settings())
        await again.start(background=False)
        assert await everybody(again) == merged != apart
        await say_to(again, "undo", operation_id=link)
        assert await everybody(again) == apart
        await send(again, MERGING)
        await again.stop()

    with TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder)))
