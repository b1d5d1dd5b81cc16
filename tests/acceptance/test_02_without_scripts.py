"""Check 2: with JavaScript off all daily work can be done, by the forms of the pages alone."""

import re

from tests.acceptance.office import mail_of
from tests.acceptance.reader import Reader
from tests.acceptance.sources import Shop
from tests.web.serving import Running


def test_sign_in_with_a_wrong_and_a_right_password(office: Running) -> None:
    reader = Reader(office.visitor()).open("/segments")
    assert reader.path == "/sign-in"
    reader.send("Sign in", {"Name": "admin", "Password": "not this one"}, refused=True)
    assert reader.says("do not belong together")
    assert next(one.value() for one in reader.fields("Sign in") if one.field == "name") == "admin"
    reader.send("Sign in", {"Password": office.password})
    assert (reader.path, reader.heading) == ("/segments", "Segments")
    assert reader.send(re.compile("Sign out")).path == "/sign-in"
    assert reader.open("/segments").path == "/sign-in"


def test_search_for_a_person_by_mail(clerk: Reader, office: Running) -> None:
    clerk.open("/profiles")
    field = re.compile("Find a person")
    label = next(one.label for one in clerk.fields("Find profile") if field.search(one.label))
    clerk.send("Find profile", {label: mail_of(3)})
    person = office.site.views.find_person("user_id:u-3")
    assert clerk.path == f"/people/{person}"
    assert mail_of(3).split("@")[0] in clerk.text


def test_a_filter_is_set_kept_and_removed(visitor: Reader) -> None:
    visitor.open("/journeys?of=person").settle()
    visitor.send("Add filter", {"Filter by": "Country", "Value": "DE"})
    assert "filter=country" in visitor.address
    assert visitor.settle().says("Country")
    visitor.follow(re.compile("Remove filter"))
    assert "filter" not in visitor.address


def test_another_period_is_chosen_and_stands_in_the_address(visitor: Reader) -> None:
    visitor.open("/")
    offered = [one for one in visitor.fields("Show") if one.label == "Period"]
    assert offered[0].value() == "30d"
    visitor.send("Show", {"Period": "7d"})
    assert "period=7d" in visitor.address
    assert [one.value() for one in visitor.fields("Show") if one.label == "Period"] == ["7d"]


def test_a_segment_is_built_of_rows_counted_and_saved(clerk: Reader, office: Running) -> None:
    clerk.open("/segments")
    row = {
        ("Row 1", "What"): "trait",
        ("Row 1", "Which one"): "plan",
        ("Row 1", "Compared"): "is",
        ("Row 1", "Value"): "team",
    }
    clerk.send("Count, without saving", row)
    assert clerk.says("This rule takes in 9")
    assert clerk.says('p.traits.plan == "team"')
    # What was typed still stands there, so that only the name is missing.
    clerk.send("Save segment", {"Short name": "plain-team", "Name": "Teams by hand"})
    assert clerk.path == "/segments/plain-team"
    assert clerk.heading.startswith("Teams by hand")
    assert office.site.segments.get("plain-team") is not None
    clerk.send("Undo")
    assert office.site.segments.get("plain-team") is None


def test_a_message_is_edited_published_and_taken_back(clerk: Reader, office: Running) -> None:
    clerk.open("/messages").follow("whitepaper").follow("Edit message")
    before = clerk.fields("Publish message")
    title = next(one for one in before if one.field == "text-0-title")
    assert title.value() == "SSO in one hour"
    clerk.send("Show effect", {"@text-0-title": "SSO before lunch"})
    assert clerk.says("Who would get it")
    clerk.send("Publish message")
    assert clerk.path == "/messages/whitepaper"
    assert clerk.says("published")
    assert "SSO before lunch" in published_titles(office)
    clerk.send("Undo")
    assert published_titles(office) == ["SSO in one hour"]


def published_titles(office: Running) -> list[str]:
    """Give the titles of all variants that decide now."""
    messages = office.site.unifier.policies.bundle.messages
    whitepaper = next(one for one in messages if one.key == "whitepaper")
    return [str(one.content["title"]) for one in whitepaper.variants]


def test_why_a_message_was_chosen_is_read(visitor: Reader) -> None:
    visitor.open("/decisions").follow("Why?")
    assert visitor.heading.startswith("Why this message?")
    for part in ("From all candidates to one", "Dropped, with all reasons"):
        assert visitor.part(part).text
    assert visitor.says("Computed again from the record: the same choice.")


def test_an_event_is_mended_in_quarantine_and_stored(clerk: Reader, office: Running) -> None:
    shop = Shop(office, "plain till")
    shop.send({"type": "track", "userId": "u-till", "messageId": "till-1", "event": 7})
    clerk.open("/data/quarantine").follow(re.compile("The name of the event"))
    kept = next(one for one in clerk.fields("Store mended event") if one.field == "element")
    text = kept.value()
    assert text is not None
    clerk.send("Store mended event", {kept.label: text.replace("7", '"Paid"')})
    assert clerk.path == "/data/quarantine"
    assert clerk.says("The mended event was taken in")
    assert office.site.views.find_person("user_id:u-till") is not None


def test_an_erasure_is_shown_first_confirmed_and_proven(clerk: Reader, office: Running) -> None:
    Shop(office, "plain forms").send({"type": "track", "event": "Seen", "userId": "u-gone"})
    name = "user_id:u-gone"
    clerk.open("/settings/requests")
    clerk.send("Show what an erasure would take", {"Identifier of the person": name})
    assert clerk.says("This would go, and cannot be brought back")
    assert office.site.views.find_person(name) is not None
    clerk.send("Erase for ever", {"Type the identifier once more": "u-gone"}, refused=True)
    assert clerk.says("Type the identifier exactly")
    clerk.open("/settings/requests")
    clerk.send("Show what an erasure would take", {"Identifier of the person": name})
    clerk.send("Erase for ever", {"Type the identifier once more": name})
    assert office.site.views.find_person(name) is None
    assert "holds" in clerk.part("Receipts of erasures").text
