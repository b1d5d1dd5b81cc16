"""The page of a segment: consent, overlap, who uses it, its file, and what a new rule changes."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, settled, until
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.web.pages.people.value import worth_of
from wegweiser.workspace import operations

WIDE = "person.engagement >= 0.0"
NARROW = "person.engagement >= 0.0 && has(person.traits.email)"


@pytest.fixture(scope="module")
def segments(running: Running) -> Iterator[None]:
    documents = [
        {"kind": "segment", "key": "parts-wide", "name": "Everybody seen", "when": WIDE},
        {"kind": "segment", "key": "parts-narrow", "name": "With address", "when": NARROW},
    ]
    running.wait(operations.run(running.site, "apply", {"documents": documents}))
    running.wait(running.site.segments.settle())
    running.wait(running.site.intake.checkpoint())
    yield
    for document in documents:
        running.wait(operations.run(running.site, "segment_remove", {"key": document["key"]}))


def around(running: Running, key: str) -> dict[str, object]:
    told: dict[str, object] = running.wait(
        operations.run(running.site, "segment_around", {"key": key})
    )
    return told


@pytest.mark.usefixtures("segments")
def test_overlap_and_consent_are_those_of_the_members(running: Running) -> None:
    told = around(running, "parts-wide")
    views, members = running.site.views, running.site.segments.members
    ids = [subject.partition(":")[2] for subject, _ in members.members("parts-wide")]
    assert told["looked_at"] == told["size"] == len(ids)
    granted = sum(views.consent_of(one).get("email") == "granted" for one in ids)
    assert told["consent"]["email"]["count"] == granted  # type: ignore[index]
    rows = {one["key"]: one["in"] for one in told["overlap"]}  # type: ignore[attr-defined]
    inside = len(list(members.members("parts-narrow")))
    assert 0 < inside < len(ids)
    assert rows["parts-wide"]["parts-narrow"]["share"] == inside / len(ids)
    assert rows["parts-narrow"]["parts-wide"]["share"] == 1.0


@pytest.mark.usefixtures("segments")
def test_the_page_shows_them_and_what_sets_the_segment_apart(running: Running) -> None:
    page = settled(running.client, "/segments/parts-narrow?lang=en")
    for heading in ("consent", "overlap", "segments-distinct"):
        assert f'id="{heading}"' in page, heading
    assert "also in Everybody seen" in page
    assert '<option value="email">' in page[page.index("Take the members as a file") :]
    counts = settled(browser_of(running, "viewer"), "/segments/parts-narrow?lang=en")
    assert "Take the members as a file" not in counts
    assert "/people/" not in counts


@pytest.mark.usefixtures("segments")
def test_a_changed_rule_says_who_enters_and_leaves_before_it_is_saved(running: Running) -> None:
    form = {"when": NARROW, "of": "person", "key": "parts-wide"}
    page = running.client.post("/segments?lang=en", data=form).text
    part = page[page.index("If you change the segment that is there") :]
    size = len(list(running.site.segments.members.members("parts-wide")))
    inside = len(list(running.site.segments.members.members("parts-narrow")))
    assert "Enter: 0" in part
    assert f"Leave: {size - inside}" in part
    assert re.search(r"Leave: [0-9]+ <a href=\"/people/", part)
    same = running.client.post("/segments?lang=en", data={**form, "when": WIDE}).text
    assert "If you change the segment" not in same


@pytest.mark.usefixtures("segments")
def test_whom_a_rule_has_no_answer_about_enters_and_leaves_as_well(running: Running) -> None:
    asks = "person.traits.email.contains('example')"
    declared = {"documents": [{"kind": "segment", "key": "parts-asking", "when": asks}]}
    running.wait(operations.run(running.site, "apply", declared))
    running.wait(running.site.segments.settle())
    sizes = [
        running.wait(operations.run(running.site, "segment_preview", {"when": rule}))["size"]
        for rule in (WIDE, f"{WIDE} && {asks}")
    ]
    assert sizes[1] < sizes[0]
    form = {"when": WIDE, "of": "person", "key": "parts-asking"}
    page = running.client.post("/segments?lang=en", data=form).text
    assert f"Enter: {sizes[0] - sizes[1]:,}" in page
    turned = {"when": asks, "of": "person", "key": "parts-wide"}
    page = running.client.post("/segments?lang=en", data=turned).text
    assert f"Leave: {sizes[0] - sizes[1]:,}" in page
    running.wait(operations.run(running.site, "segment_remove", {"key": "parts-asking"}))


@pytest.mark.usefixtures("segments")
def test_members_are_taken_for_a_purpose_and_the_audit_knows(running: Running) -> None:
    form = {"key": "parts-wide", "purpose": "email", "format": "csv"}
    answer = running.client.post("/segments/file", data=form)
    assert answer.status_code == 200
    views = running.site.views
    ids = [s.partition(":")[2] for s, _ in running.site.segments.members.members("parts-wide")]
    granted = {one for one in ids if views.consent_of(one).get("email") == "granted"}
    taken = {line.partition(",")[0] for line in answer.text.splitlines()[1:]}
    assert taken & set(ids) == granted
    row = next(row for row in running.site.audit.rows() if row.what == "segment.export")
    assert (row.who, row.detail["purpose"]) == ("admin", "email")
    assert browser_of(running, "marketer").post("/segments/file", data=form).status_code == 403
    without = running.client.post("/segments/file", data={**form, "purpose": ""})
    assert without.status_code == 422


def test_a_version_that_is_taken_again_is_whole(running: Running) -> None:
    document = {"kind": "segment", "key": "parts-old", "when": WIDE, "description": "As it was."}
    for changed in ({}, {"when": NARROW, "description": "As it is."}):
        declared = {"documents": [document | changed]}
        running.wait(operations.run(running.site, "apply", declared))
    page = running.client.get("/segments/parts-old?lang=en").text
    form = page[page.index('id="history"') :].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    sent = {name: unescape(value) for name, value in fields.items() if name != "form_token"}
    assert running.client.post("/segments/save", data=sent).status_code == 303
    held = running.site.segments.get("parts-old")
    assert held is not None
    assert (held.when, held.description) == (WIDE, "As it was.")
    running.wait(operations.run(running.site, "segment_remove", {"key": "parts-old"}))


def test_accounts_of_which_no_value_is_known_are_not_worth_nothing() -> None:
    error = Result(
        name="lifetime.value.holdout", unit="", n={}, enough_data=True, sentence={}, estimate=0.1
    )
    answer = Answer(
        measure="lifetime.value",
        status="ok",
        results=(error,),
        columns=("account", "clv"),
        rows=(("acme", 20.0), ("other", 5.0), ("new", None)),
        question=Question("", {}),
        as_of=0,
        n=3,
    )
    assert worth_of(answer, {"acme", "other", "new"}) == (25.0, 0.1)
    assert worth_of(answer, {"new", "nobody"}) == (None, None)


def test_a_segment_of_accounts_tells_what_they_brought_to_the_cent_of_the_measure(
    running: Running,
) -> None:
    site = running.site
    documents = [{"kind": "segment", "key": "parts-accounts", "of": "account"}]
    documents[0]["when"] = "account.engagement >= 0.0"
    running.wait(operations.run(site, "apply", {"documents": documents}))
    running.wait(site.segments.settle())
    running.wait(site.intake.checkpoint())
    answer = running.wait(site.measure("profit.accounts", {"by": "customer", "unit": "account"}))
    place = answer.columns.index("revenue")
    whole = sum(row[place] for row in answer.rows if not str(row[0]).startswith("("))
    path = "/segments/parts-accounts?lang=en"
    until(lambda: 'id="value"' in running.client.get(path).text)
    part = running.client.get(path).text.partition('id="value"')[2]
    assert f"€{whole:,.0f}" in part
    running.wait(operations.run(site, "segment_remove", {"key": "parts-accounts"}))
