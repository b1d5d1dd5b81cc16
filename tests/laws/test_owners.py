"""The laws of what counts for whom: everybody at once, row by row, and each for itself."""

import asyncio
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.sites import running
from tests.laws.test_sessions import by_session, visits
from tests.strategies import Sent, World, judgements, rules_of_identity, streams
from wegweiser.flow.known_identity import identity_tables, read_directory
from wegweiser.flow.owner_book import read_owners
from wegweiser.query.relation import MEMBERSHIPS
from wegweiser.resolve.account_side import MemberShare
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.owners import Owned
from wegweiser.terms.identity import Leaf, identifier
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.record import Collected, Judged, Record, Ruled
from wegweiser.workspace.site import Site

SAID = st.lists(st.integers(0, 3).flatmap(lambda n: judgements(number=n)), max_size=2)


def one_by_one(directory: Directory) -> dict[str, Owned | None]:
    return {person_id: directory.owned_by(person_id) for person_id in directory.persons()}


def owners_of_leaves(directory: Directory) -> dict[Leaf, str]:
    """Ask each person for its leaves, and each leaf for its person."""
    return {
        share.leaf: directory.person_of(share.leaf)
        for person_id in directory.persons()
        for share in directory.leaves_of(person_id)
    }


def agrees(directory: Directory) -> None:
    """Ask twice, as what was let go of must be known again."""
    wanted = one_by_one(directory)
    assert dict(directory.everybody()) == wanted
    assert dict(directory.everybody()) == wanted
    assert one_by_one(directory) == wanted
    counted: dict[Leaf, list[str]] = {}
    for person_id, one in directory.everybody():
        for leaf in (*one.leaves, *one.apart):
            counted.setdefault(leaf, []).append(person_id)
    assert counted == {leaf: [owner] for leaf, owner in owners_of_leaves(directory).items()}
    for person_id, owned in wanted.items():
        assert owned is not None
        listed = {identifier(one.type, one.value) for one in directory.identifiers_of(person_id)}
        assert listed.issuperset((*owned.names, *owned.kept))
        assert listed <= {*chain(owned.leaves, owned.apart, owned.names, owned.kept, counted)}


@given(streams(), SAID)
def test_everybody_at_once_is_everybody_one_by_one(sent: list[Sent], said: list[Judgement]) -> None:
    world = World()
    world.send(*sent)
    world.directory.ready()
    agrees(world.directory)
    for turn, judgement in enumerate(said):
        world.directory.judge(judgement, 100 + turn)
        agrees(world.directory)


@given(visits())
def test_sessions_of_shared_devices_go_where_they_belong(sent: list[Sent]) -> None:
    agrees(by_session(*sent).directory)


def _records(
    sent: list[Sent], said: list[Judgement], rules: list[IdentityRules]
) -> dict[str, list[Record]]:
    collected = [
        Collected(
            received_at=one.received_at,
            source_id="source",
            trust=one.trust,
            kind="live",
            events=(one.event,),
        )
        for one in sent
    ]
    return {
        "collected": [*collected],
        "judged": [Judged(judgement=one) for one in said],
        "ruled": [Ruled(at=0, by="ada", rules=one) for one in rules],
    }


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(streams(), visits()),
    SAID,
    st.lists(rules_of_identity, max_size=2),
    st.lists(st.sampled_from(["collected", "collected", "collected", "judged", "ruled", "commit"])),
)
def test_the_rows_say_what_computing_everybody_says(
    sent: list[Sent], said: list[Judgement], rules: list[IdentityRules], turns: list[str]
) -> None:
    async def scenario() -> None:
        async with running() as site:
            records = _records(sent, said, rules)
            for turn in turns:
                if turn == "commit":
                    await site.intake.checkpoint()
                    _holds(site)
                elif records[turn]:
                    await site.intake.append(records[turn].pop(0))
            for record in chain(*records.values()):
                await site.intake.append(record)
            await site.intake.settle()
            _holds(site)

    asyncio.run(scenario())


def _holds(site: Site) -> None:
    """Compare what was written change by change with what a reader computes from the evidence."""
    store, directory = site.engines.store, site.unifier.directory
    rows = read_owners(store)
    assert rows is not None
    assert dict(rows) == dict(read_directory(store).everybody())
    tables = identity_tables(store)
    groups = list(directory.accounts())
    assert tables["accounts"]["group_id"].to_pylist() == sorted(groups)
    told = [_membership(name, part) for name in groups for part in directory.members_of(name)]
    wanted = MEMBERSHIPS.rows(told).to_pylist()
    assert sorted(map(repr, tables["memberships"].to_pylist())) == sorted(map(repr, wanted))


def _membership(group_id: str, part: MemberShare) -> dict[str, object]:
    ends = None if part.until is None else (part.until + 1) * DAY_MS * 1000
    return {
        "person_id": part.person_id,
        "account_id": group_id,
        "role": part.role,
        "status": part.status,
        "valid_from": part.since * DAY_MS * 1000,
        "valid_to": ends,
    }
