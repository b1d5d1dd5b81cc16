"""Check 23: a refused form keeps its input, names field, value and remedy; no work is lost."""

import re

import msgspec
import pytest

from tests.acceptance.reader import Labelled, Reader, reading_as
from tests.acceptance.reading import Control, Element
from tests.acceptance.sources import Shop
from tests.web.serving import Running

PASSWORD = "a long sentence is best"


class Refused(msgspec.Struct, frozen=True):
    """One form filled in wrongly: where, with what, and the field that is wrong."""

    page: str
    button: str
    filled: Labelled
    field: str
    # A password is never shown again, and what names itself in a list need not be said.
    names_value: bool = True
    # What is wrong with a rule is told in the words of its language.
    own_words: bool = True


REFUSED = {
    "message": Refused(
        "/messages/new",
        "Show effect",
        {"Short name": "spring", "Topic": "sso", "Worth of one response": "many"},
        "value",
    ),
    "message rule": Refused(
        "/messages/new",
        "Show effect",
        {"Short name": "spring", "Rule 1 in CEL": "person.knwon", "Topic": "sso"},
        "rule-0",
        names_value=False,
        own_words=False,
    ),
    "segment name": Refused(
        "/segments",
        "Save segment",
        {"Rule in CEL": "p.traits.plan == 'team'", "Short name": "Not a key", "Name": "Teams"},
        "key",
    ),
    "segment rule": Refused(
        "/segments",
        "Count, without saving",
        {"Rule in CEL": "p.trats.plan == 'team'"},
        "when",
        names_value=False,
        own_words=False,
    ),
    "somebody new": Refused(
        "/settings/people",
        "Make one-time link",
        {"Name": "reads-as-twice", "Role": "analyst", "E-mail": "twice@example.com"},
        "name",
    ),
    "somebody whose name is none": Refused(
        "/settings/people",
        "Make one-time link",
        {"Name": "<b>", "Role": "analyst", "E-mail": "twice@example.com"},
        "name",
    ),
    "removing somebody": Refused(
        "/settings/people",
        "Remove person",
        {"Name": "reads-as-twice", "Type the name once more": "reads-as"},
        "again",
        names_value=False,
    ),
    "own password": Refused(
        "/settings/me",
        "Change password",
        {
            "Present password": "not this one",
            "New password": PASSWORD,
            "The same once more": PASSWORD,
        },
        "now",
        names_value=False,
    ),
    "source": Refused("/settings/keys", "Make source", {"Name of the source": "twice"}, "name"),
    "erasure": Refused(
        "/settings/requests",
        "Show what an erasure would take",
        {"Identifier of the person": "user_id:u-nobody"},
        "identifier",
    ),
    "access": Refused(
        "/settings/requests",
        "Note access request",
        {"Identifier of the person": "nobody at all"},
        "identifier",
    ),
    "own data": Refused(
        "/data/start",
        "Make source",
        {"Name of the source": "twice", "What sends?": "server"},
        "name",
    ),
    "one person's events": Refused(
        "/data/live",
        "Show events of this person",
        {"Identifier of the person": "user_id:u-nobody"},
        "person",
    ),
    "mail": Refused(
        "/measure/revenue",
        "Have this page sent",
        {"E-mail address": "ada@", "How often": "day"},
        "to",
    ),
    "figures of Today": Refused(
        "/?period=7d",
        "Store figures",
        {f"Figure {number}": "" for number in range(1, 5)},
        "figure-1",
        names_value=False,
    ),
    "profile": Refused(
        "/profiles",
        "Find profile",
        {"Find a person": "qqxxzzqq"},
        "search",
    ),
}


@pytest.fixture(scope="module")
def twice(office: Running) -> Running:
    """The office with a source and a colleague that are there already."""
    Shop(office, "twice")
    office.site.people.add("reads-as-twice", "analyst", "")
    return office


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_form_keeps_its_input_and_says_what_to_do(twice: Running, name: str) -> None:
    case, reader = REFUSED[name], reading_as(twice)
    reader.open(case.page).settle()
    button = reader.button(re.compile(f"^{re.escape(case.button)}"))
    place = [*reader.root.all("button")].index(button)
    typed = typed_into(reader, button, case)
    told = refusal(reader, button, typed, case)
    assert len(told.split()) > 3
    if case.names_value:
        assert str(typed["@" + case.field]) in told
    german = Reader(reader.client)
    german.client.cookies.set("language", "de")
    german.open(case.page).settle()
    said = refusal(german, [*german.root.all("button")][place], typed, case)
    assert said != told or not case.own_words


def typed_into(reader: Reader, button: Element, case: Refused) -> Labelled:
    """Give what is typed into each field, by the names of the fields."""
    found = {}
    for label, value in case.filled.items():
        fields = [one for one in reader.fields_of(button) if one.label.startswith(str(label))]
        assert fields, f"{label} is none of {[one.label for one in reader.fields_of(button)]}"
        found["@" + fields[0].field] = value
    return found


def refusal(reader: Reader, button: Element, typed: Labelled, case: Refused) -> str:
    """Send a form that is refused; gives what is said at its field. All input must be kept."""
    name, fields = button.name, {one.field for one in reader.fields_of(button)}
    reader.press(button, typed, refused=True)
    alerts = [one.text for one in reader.root.all() if one["role"] == "alert"]
    assert any(alerts), reader.text
    again = next(
        one
        for one in reader.buttons(name)
        if {control.field for control in reader.fields_of(one)} >= fields
    )
    kept = {one.field: one for one in reader.fields_of(again)}
    for key, value in typed.items():
        control = kept[str(key)[1:]]
        assert control.kind == "password" or control.value() == value, key
    return sentence_of(reader, kept[case.field])


def sentence_of(reader: Reader, control: Control) -> str:
    """Read what is said about a field: what describes it, as its own markup names it."""
    assert control.element["aria-invalid"] == "true", control.field
    ids = control.element["aria-describedby"].split()
    assert ids, control.field
    return " ".join(reader.by_id(one).text for one in ids)


def test_a_message_refused_at_publication_is_mended_and_published(office: Running) -> None:
    reader = reading_as(office).open("/messages/new")
    written = {
        "Short name": "mended",
        "Rule 1 in CEL": "person.knwon",
        ("Variant 1", "Short name"): "short",
        ("Variant 1", "Channel"): "web",
        "@text-0-title": "Mended",
    }
    reader.send("Publish message", written, refused=True)
    rule = next(one for one in reader.fields("Publish message") if one.field == "rule-0")
    reader.send("Publish message", {rule.label: "person.known"})
    assert reader.path == "/messages/mended"
    reader.send("Undo")
    assert reader.says("mended is taken out again.")


def test_two_editors_of_a_message_lose_nothing(office: Running) -> None:
    one, other = reading_as(office), reading_as(office, "marketer")
    for reader in (one, other):
        reader.open("/messages/whitepaper/edit")
    one.send("Save draft", {"Topic": "theirs"})
    other.send("Save draft", {"Topic": "mine"}, refused=True)
    assert '"topic": "theirs"' in other.part("Their version").text
    topic = next(field for field in other.fields("Save draft") if field.label == "Topic")
    assert topic.value() == "mine"
    # Having seen both, the second one decides.
    other.send("Save draft")
    one.open("/messages/whitepaper/edit").send("Discard draft")


def test_two_editors_of_a_segment_lose_nothing(office: Running) -> None:
    one, other = reading_as(office), reading_as(office)
    rule, name = "Rule in CEL", "Short name"
    made = {rule: 'p.traits.plan == "team"', name: "shared", "Name": "Shared"}
    one.open("/segments").send("Save segment", made)
    for reader in (one, other):
        reader.open("/segments?edit=shared")
    sure = {"Change the segment that is there": True}
    one.send("Save segment", {rule: 'p.traits.plan == "solo"', **sure})
    other.send("Save segment", {rule: 'p.traits.plan == "free"', **sure}, refused=True)
    assert other.says('p.traits.plan == "solo"')
    kept = next(field for field in other.fields("Save segment") if field.field == "when")
    assert kept.value() == 'p.traits.plan == "free"'
    other.send("Save segment", sure)
    held = office.site.segments.get("shared")
    assert held is not None
    assert held.when == 'p.traits.plan == "free"'


CHANGES = {
    "message": ("/messages/whitepaper", "Let it pause", {}),
    "role": (
        "/settings/people",
        "Change role",
        {"Name": "reads-as-twice", "Role": "viewer"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_undone_from_its_notice(twice: Running, name: str) -> None:
    path, button, filled = CHANGES[name]
    reader = reading_as(twice).open(path)
    before = reader.text
    reader.send(button, filled)
    assert [*reader.buttons("Undo")]
    reader.send("Undo")
    assert state_of(reader.open(path)) == state_in(before)


def state_of(reader: Reader) -> str:
    return state_in(reader.text)


def state_in(text: str) -> str:
    """Leave the history out, which names every change."""
    return text.partition("History")[0]


def test_a_segment_is_undone_from_its_notice_and_from_history(office: Running) -> None:
    reader = reading_as(office)
    first, second = 'p.traits.plan == "team"', 'p.traits.plan == "solo"'
    made = {"Rule in CEL": first, "Short name": "undone", "Name": "Undone"}
    reader.open("/segments").send("Save segment", made)
    change = {"Rule in CEL": second, "Change the segment that is there": True}
    reader.open("/segments?edit=undone").send("Save segment", change)
    reader.send("Undo")
    assert rule_of(office, "undone") == first
    reader.open("/segments?edit=undone").send("Save segment", change)
    reader.open("/segments/undone")
    assert first in reader.part("History").text
    reader.send(re.compile("^Take this version again"))
    assert rule_of(office, "undone") == first


def rule_of(office: Running, key: str) -> str:
    held = office.site.segments.get(key)
    assert held is not None
    return held.when
