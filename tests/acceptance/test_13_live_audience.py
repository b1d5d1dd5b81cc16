"""Check 13: the audience told while writing is that after publishing; who is left out sees why."""

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.office import AGREED, PEOPLE, TEAM
from tests.acceptance.reader import Reader
from tests.acceptance.tables import number
from tests.web.serving import Running
from wegweiser.workspace import operations

RULE = 'person.traits.plan == "team"'
STEPS = ("matches", "consented", "free")
FIRST = {
    "Short name": "audience",
    "Goal": "demo-booked",
    "Rule 1 in CEL": RULE,
    ("Variant 1", "Short name"): "short",
    ("Variant 1", "Channel"): "web",
    "@text-0-title": "Spring is here",
}
SECOND = {
    ("Variant 2", "Short name"): "long",
    ("Variant 2", "Channel"): "web",
    "@text-1-title": "Spring is here for {{ person.traits.firstName }}",
}


@pytest.fixture(autouse=True)
def _left_as_it_was(office: Running) -> Iterator[None]:
    yield
    if any(one.key == "audience" for one in office.site.unifier.policies.bundle.messages):
        gone = "{kind: message, key: audience, deleted: true}"
        office.wait(office.site.applier.apply([("gone.yaml", gone)]))


def told_by(clerk: Reader) -> dict[str, int]:
    """Read the three numbers of the live audience."""
    return {one: number(next(clerk.by_id(f"reach-{one}").all("td")).text) for one in STEPS}


def write(clerk: Reader) -> None:
    """Fill the form in as far as the first variant, then the second, whose fields come then."""
    clerk.open("/messages/new").send("Show effect", FIRST)
    clerk.send("Show effect", SECOND)


def test_the_live_audience_is_the_one_after_publishing(clerk: Reader, office: Running) -> None:
    write(clerk)
    live = told_by(clerk)
    assert live == {"matches": TEAM, "consented": AGREED, "free": AGREED}
    clerk.send("Publish message")
    reach = office.wait(operations.run(office.site, "message_reach", {"key": "audience"}))
    assert {one: reach[one]["people"] for one in STEPS} == live
    clerk.follow("Edit message").send("Show effect")
    assert told_by(clerk) == live
    assert reached(office) == live["free"]


def reached(office: Running) -> int:
    """Count the people whom a decision may reach with it now."""
    count = 0
    for person in range(PEOPLE):
        body = {
            "subject": {"person": f"user_id:u-{person}"},
            "placements": [{"key": "home.hero", "max": 2}],
            "mode": "explain",
        }
        told = office.wait(operations.run(office.site, "decide", body))["explain"]
        lost = [one for one in told["dropped"] if one["candidate"].startswith("audience/")]
        against = {why["step"] for one in lost for why in one["reasons"]}
        count += not against & {"eligibility", "consent", "contact"}
    return count


def test_who_is_left_out_is_named_with_the_rule(clerk: Reader) -> None:
    write(clerk)
    left_out = clerk.part(re.compile("^Somebody who would not, and why"))
    assert "Does not get it:" in left_out.text
    clerk.send("Show effect", {"Preview for: e-mail": f"u-{PEOPLE - 1}"})
    asked_for = clerk.part(re.compile("^Whom you looked for"))
    assert "a rule says no" in asked_for.text
    assert RULE in asked_for.text
    may_get = clerk.part(re.compile("^Somebody who would get it"))
    frames = [one["srcdoc"] for one in may_get.all("iframe")]
    assert any("Spring is here for Ada" in one for one in frames)
    assert all("sandbox" in one.attributes for one in clerk.root.all("iframe"))
