"""What others' events and notes tell of somebody goes with an erasure; the others stay whole."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flow.test_typed_erasure import EMAIL, PERSON, counts_of, run
from tests.scenarios.erased_world import archived
from wegweiser.flow.called import full_names, stated_name
from wegweiser.flow.erasure_told import event_without
from wegweiser.flow.mentions import groups_in, names_in
from wegweiser.flow.typed_names import TypedNames
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import CONVERSATION, Event
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.workspace import Workspace

NAMED: JsonObject = {"email": EMAIL, "firstName": "Canara", "lastName": "Lovelace"}
ADA: JsonObject = PERSON | {"traits": NAMED}
CONSENT: JsonObject = {"consent": {"categoryPreferences": {"measurement": True}}}
CANARIES = (b"canary@buyer.example", b"canara lovelace", b"canary-ada")


def bob(number: int, **fields: Json) -> JsonObject:
    """Write an event of somebody else."""
    base: JsonObject = {"type": "track", "event": "Called", "messageId": f"b-{number}"}
    return base | {"userId": "bob", "context": CONSENT} | fields


TOLD: list[JsonObject] = [
    bob(1, type="identify", traits={"email": "b@o.example", "manager": f"Write to {EMAIL}"}),
    bob(2, properties={"to": EMAIL, "place": "Canara Lovelace Square", "amount": 5}),
    bob(3, event=CONVERSATION, properties={"note": "With CANARA  Lovelace and canary-ada"}),
    bob(4, event=7, properties={"hidden": {"deep": [f"to {EMAIL}"]}}),
]


def traces(folder: Path) -> set[tuple[str, bytes]]:
    """Give every file that still tells of her, and by which word."""
    found = set()
    for path in folder.rglob("*"):
        content = path.read_bytes().lower() if path.is_file() else b""
        found |= {(path.name, word) for word in CANARIES if word in content}
    return found


def test_what_others_told_of_somebody_goes_and_they_stay_whole(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Workspace.open(folder) as workspace:
        workspace.load([ADA, *TOLD], source="crm", kind="live")
        archived(workspace)
        before = workspace.profile("user_id:bob")
        asked = run(workspace, "forget", identifier=f"email:{EMAIL}", dry_run=True)["would_go"]
        assert isinstance(asked, dict)
        assert asked["called"] == ["Canara Lovelace"]
        done = run(workspace, "forget", identifier=f"email:{EMAIL}")
        assert counts_of(done)["typed_in_events"] == asked["typed_in_events"] == 4
        workspace.wait(workspace.site.intake.settle())
        after = workspace.profile("user_id:bob")
        assert after["traits"] == {"email": "b@o.example", "manager": "Write to (erased)"}
        assert (after["counters"], after["personId"]) == (before["counters"], before["personId"])
        archived(workspace)
        rows = {row["messageId"]: row for row in map(msgspec.json.decode, events(workspace))}
        assert rows["b-3"]["properties"] == {"note": "With (erased) and (erased)"}
        # A square that has her name is no note about her; it is what machines count by.
        told = {"to": "(erased)", "place": "Canara Lovelace Square", "amount": 5}
        assert rows["b-2"]["properties"] == told
        workspace.run("rebuild", {})
        assert workspace.profile("user_id:bob") == after
    places = {name for name, word in traces(folder) if word != b"canara lovelace"}
    assert places == set()


def events(workspace: Workspace) -> list[bytes]:
    """Give all events as they are exported."""
    return [*workspace.export("events")]


def test_whoever_erases_says_what_else_somebody_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    note: JsonObject = {
        "event": CONVERSATION,
        "properties": {"note": "The whole Canary Gang: cana"},
    }
    with Workspace.open(folder) as workspace:
        workspace.load([PERSON, bob(1, **note)], source="crm", kind="live")
        with pytest.raises(InputRefused):
            run(workspace, "forget", identifier=f"email:{EMAIL}", called=["ca"])
        called: list[Json] = ["cana", "Canary Gang"]
        done = run(workspace, "forget", identifier=f"email:{EMAIL}", called=called)
        assert counts_of(done)["typed_in_events"] == 2
        [row] = [msgspec.json.decode(one) for one in events(workspace) if b"b-1" in one]
        assert row["properties"] == {"note": "The whole (erased): (erased)"}


def test_a_word_of_the_configuration_is_nobodys_name() -> None:
    assert stated_name("ada", {"home.hero"}) == "ada"
    with pytest.raises(InputRefused, match="configuration"):
        stated_name("Home.Hero", {"home.hero"})


@pytest.mark.parametrize(
    ("first", "last", "whole", "named"),
    [
        ("Ada", "Muster", "", {"Ada Muster"}),
        ("Ada", "", "", set()),
        ("", "", "Ada", set()),
        ("", "", "Dr. Ada von Muster", {"Dr. Ada von Muster", "Ada Muster"}),
        ("x", "y", "", set()),
        ("1", "2", "Order 4711 late", set()),
        ("", "", "this is what I want to tell you", set()),
    ],
)
def test_only_a_full_name_is_looked_for(first: str, last: str, whole: str, named: set[str]) -> None:
    assert set(full_names(first, last, whole)) == named


TEXTS = st.sampled_from(
    [EMAIL, f"to {EMAIL}", "Ada Muster", "email:" + EMAIL, "b@o.example", "u-2", "x"]
)
FIELDS = st.dictionaries(
    st.sampled_from(["email", "groupId", "note", "id", "company", "externalIds", EMAIL]),
    TEXTS | st.lists(TEXTS, max_size=2) | st.dictionaries(st.sampled_from(["id", "name"]), TEXTS),
    max_size=4,
)


@given(FIELDS, FIELDS, FIELDS, st.sampled_from(["Called", CONVERSATION, f"Wrote {EMAIL}"]))
def test_whom_an_event_is_about_never_changes(
    properties: JsonObject, traits: JsonObject, context: JsonObject, name: str
) -> None:
    event = Event(
        type="track",
        message_id="m",
        at=0,
        user_id="u-2",
        event=name,
        properties=properties,
        traits=traits,
        context=context,
    )
    typed = TypedNames(frozenset({f"email:{EMAIL}"}), called=frozenset({"Ada Muster"}))
    left, count = event_without(event, typed)
    assert (names_in(left), groups_in(left)) == (names_in(event), groups_in(event))
    assert (left == event) == (count == 0)
    assert event_without(left, typed) == (left, 0)
    assert {**msgspec.structs.asdict(left), **VARIED} == {**msgspec.structs.asdict(event), **VARIED}


VARIED = dict.fromkeys(("properties", "traits", "context", "event"))
