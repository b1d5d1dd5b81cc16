"""The tasks of the story, by somebody without scripts; the rest of them stands in tests/browser."""

import re

import pytest

from tests.acceptance.office import mail_of
from tests.acceptance.reader import Reader, reading_as
from tests.acceptance.tables import rows
from tests.web.serving import Running
from wegweiser.workspace import operations
from wegweiser.workspace.demo_story import kept_story


def test_somebody_is_found_by_mail_and_it_is_seen_why_they_got_a_message_and_what_flips_it(
    visitor: Reader, world: Running
) -> None:
    views = world.site.views
    person, decision = next(
        (one, made)
        for one in views.recent_persons(limit=500)
        for made in views.decisions(one.person_id)
        if made.items and any(name.type == "email" for name in one.identifiers)
    )
    mail = next(name.value for name in person.identifiers if name.type == "email")
    visitor.open("/profiles")
    label = visitor.fields("Find profile")[0].label
    visitor.send("Find profile", {label: mail})
    assert visitor.path == f"/people/{person.person_id}"
    why = next(one for one in visitor.links() if one["href"].endswith(decision.decision_id))
    assert why.name == "Why this message?"
    visitor.open(why["href"])
    assert visitor.heading.startswith("Why this message?")
    flips = visitor.part("What would have changed it")
    assert [one.text for one in flips.all("li")]


def test_the_campaign_that_does_nothing_is_found(visitor: Reader, world: Running) -> None:
    """By the fourth stop of the tour: much credit, and no lift; its own page promises none."""
    idle = kept_story(world.site.engines.store)[3].subjects[0]
    visitor.open("/")
    for _ in range(4):
        visitor.follow(re.compile("Begin the tour|Next stop"))
    assert visitor.says("What really works")
    truth = next(one for one in visitor.root.all("details") if "truth" in one.text)
    assert "changes nothing" in truth.text
    visitor.follow("Look at credit beside it").settle()
    assert visitor.says("a split, not a cause")
    visitor.open(f"/messages/{idle}").settle()
    answer = next(one for one in visitor.root.all("p") if one["class"] == "answer")
    assert answer.text
    assert "better" not in answer.text
    assert "keep it running" not in visitor.text


def test_an_access_request_is_answered_by_two(office: Running) -> None:
    first, second = reading_as(office, "privacy"), reading_as(office)
    first.open("/settings/requests")
    first.send("Note access request", {"Identifier of the person": f"email:{mail_of(2)}"})
    (row,) = [
        one for one in rows(first.part("Access requests")) if "reads-as-privacy" in one[1].text
    ]
    number = row[0].text
    release = re.compile(f"^Release: {number}")
    first.send(release, refused=True)
    second.open("/settings/requests").send(release)
    first.open("/settings/requests").follow(number)
    assert mail_of(2) in first.html
    assert any(one.who == "reads-as-privacy" for one in office.site.audit.rows())


@pytest.mark.parametrize("suppress", ["never let them in again", "they may begin anew"])
def test_an_erasure_takes_what_it_showed_and_a_replay_brings_nothing_back(
    office: Running, suppress: str
) -> None:
    user = f"u-erased-{len(suppress)}"
    event = {"type": "identify", "userId": user, "traits": {"email": f"{user}@acme.example"}}
    office.wait(office.site.loader.take("crm", [event]))
    clerk = reading_as(office, "privacy").open("/settings/requests")
    name = f"user_id:{user}"
    clerk.send("Show what an erasure would take", {"Identifier of the person": name})
    assert "People" in clerk.part("Before you erase").text
    clerk.send("Erase for ever", {"Type the identifier once more": name, "Afterwards": suppress})
    assert clerk.says("Erased. The receipt is")
    assert office.site.views.find_person(name) is None
    clerk.open("/profiles")
    clerk.send("Find profile", {clerk.fields("Find profile")[0].label: name}, refused=True)
    assert user not in " ".join(str(office.wait(_events(office))))


async def _events(office: Running) -> list[bytes]:
    return [row async for row in operations.export(office.site, "events")]
