"""Pages of a person and an account: one timeline with filters, scores, rights, the next step."""

import re
from typing import get_args

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from tests.web.test_pages import Reading
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.outcome import OutcomeKind
from wegweiser.web.pages.facts import account_path
from wegweiser.web.text import Reader
from wegweiser.web.words import OUTCOMES
from wegweiser.workspace import operations


@pytest.fixture(scope="module")
def with_decision(running: Running) -> str:
    """Somebody about whom something was decided, and of whom something came of it."""
    views, book = running.site.views, running.site.unifier.outcomes
    for person_id in running.site.unifier.directory.persons():
        decisions = views.decisions(person_id)
        if any(list(book.of_decision(one.decision_id)) for one in decisions):
            return f"/people/{person_id}"
    raise AssertionError("the demo decides about somebody")


def kinds(page: str) -> set[str]:
    return set(re.findall(r'<li class="([a-z]+)"><time>', page))


def test_the_timeline_is_narrowed_by_kind_channel_and_period(
    running: Running, with_decision: str
) -> None:
    client = running.client
    assert kinds(client.get(f"{with_decision}?lang=en").text) == {"event", "decision", "outcome"}
    only = client.get(f"{with_decision}?lang=en&kind=decision").text
    assert kinds(only) == {"decision"}
    assert '<option value="decision" selected>' in only
    mails = client.get(f"{with_decision}?lang=en&kind=decision&channel=email&period=90d").text
    assert kinds(mails) <= {"decision"}
    assert "Web</span>" not in mails
    none = client.get(f"{with_decision}?lang=en&period=2001-01-01..2001-01-02").text
    assert "Nothing happened in this period." in none
    assert kinds(client.get(_link(none, "Show all time")).text)
    assert client.get(f"{with_decision}?kind=nothing").status_code == 422


def _link(page: str, words: str) -> str:
    return re.findall(rf'<a[^>]*href="([^"]+)"[^>]*>{words}</a>', page)[0].replace("&amp;", "&")


def test_every_line_of_the_timeline_is_on_one_of_its_pages(running: Running) -> None:
    views = running.site.views
    everybody = list(running.site.unifier.directory.persons())
    busiest = max(everybody, key=lambda one: sum(views.person(one).counters.values()))
    asked = {"identifier": f"person_id:{busiest}", "limit": 1000, "days": 365}
    told = running.wait(operations.run(running.site, "timeline", asked))
    path, lines = f"/people/{busiest}?lang=en&kind=all&period=365d", 0
    while path:
        page = running.client.get(path).text
        lines += page.count('"><time>')
        older = re.findall(r'rel="next" href="([^"#]+)', page)
        path = older[0].replace("&amp;", "&") if older else ""
    assert lines == len(told["timeline"])
    assert lines > 50


def test_a_change_of_the_stage_stands_on_the_day_of_its_sign(fresh: Running) -> None:
    site = fresh.site
    consent = {"consent": {"categoryPreferences": {"profiling": True}}}
    looked = {"type": "page", "userId": "u-1", "name": "Pricing", "context": consent}
    fresh.wait(site.loader.take("web", [{**looked, "messageId": f"m-{n}"} for n in range(3)]))
    fresh.wait(site.intake.settle())
    asked = {"identifier": "user_id:u-1", "kinds": ["stage"]}
    (told,) = fresh.wait(operations.run(site, "timeline", asked))["timeline"]
    assert parse_instant(told["at"]) <= site.clock.now_ms()
    person = site.views.find_person("user_id:u-1")
    page = fresh.client.get(f"/people/{person}?lang=en&kind=stage&period=7d").text
    assert kinds(page)


def test_a_channel_leaves_only_what_came_by_it(running: Running, with_decision: str) -> None:
    name = f"person_id:{with_decision.rpartition('/')[2]}"
    asked = {"identifier": name, "limit": 1000, "days": 400}
    whole = running.wait(operations.run(running.site, "timeline", asked))["timeline"]
    web = running.wait(operations.run(running.site, "timeline", {**asked, "channel": "web"}))
    assert web["timeline"] == [one for one in whole if one.get("channel") == "web"]
    assert {one["kind"] for one in whole} >= {"event", "decision", "exposure", "stage"}


def test_a_joined_profile_says_so_and_an_unknown_one_tells_of_receipts(running: Running) -> None:
    site = running.site
    names = ("user_id:u-later", "anonymous_id:a-former")
    for number, name in enumerate(({"userId": "u-later"}, {"anonymousId": "a-former"})):
        element = {"type": "track", "event": "Seen", "messageId": f"former-{number}", **name}
        running.wait(site.loader.take("crm", [element]))
    running.wait(site.intake.settle())
    old = [site.views.find_person(name) for name in names]
    pair = {"a": names[0], "b": names[1], "reason": "same", "by": "admin"}
    running.wait(operations.run(site, "identity_link", pair))
    now = site.views.find_person(names[0])
    gone = next(one for one in old if one != now)
    moved = running.client.get(f"/people/{gone}")
    assert moved.headers["location"] == f"/people/{now}"
    page = running.client.get(f"/people/{now}?lang=en").text
    assert "That profile was joined with another one." in page
    unknown = running.client.get("/people/per_nobody?lang=en")
    assert (unknown.status_code, "only the receipt remains" in unknown.text) == (404, True)


def test_the_page_of_an_erased_person_tells_when_that_was(fresh: Running) -> None:
    site, told = fresh.site, "This person was erased on {}; only the receipt remains."
    for number, name in enumerate(({"userId": "u-1"}, {"anonymousId": "a-1"})):
        element = {"type": "track", "event": "Seen", "messageId": f"m-{number}", **name}
        fresh.wait(site.loader.take("crm", [element]))
    fresh.wait(site.intake.settle())
    ids = [site.views.find_person(name) for name in ("user_id:u-1", "anonymous_id:a-1")]
    pair = {"a": "user_id:u-1", "b": "anonymous_id:a-1", "reason": "same", "by": "admin"}
    fresh.wait(operations.run(site, "identity_link", pair))
    began = site.clock.now_ms()
    fresh.wait(operations.run(site, "forget", {"identifier": "user_id:u-1"}))
    reader = Reader("en", site.settings.time_zone, site.clock.now_ms())
    days = {reader.day_of(at) for at in (began, reader.now)}
    # Also the id that the person had before two became one.
    for person_id in ids:
        page = fresh.client.get(f"/people/{person_id}?lang=en")
        assert page.status_code == 404
        assert any(told.format(day) in page.text for day in days)
    assert "u-1" not in page.text
    unknown = fresh.client.get("/people/per_nobody?lang=en").text
    assert "If the person was erased" in unknown


def test_rights_stand_on_the_page_for_those_who_may_and_show_what_would_go(
    running: Running, with_decision: str
) -> None:
    page = running.client.get(f"{with_decision}?lang=en").text
    assert "Rights of this person" in page
    assert "Rights of this person" not in browser_of(running, "marketer").get(with_decision).text
    form = {"do": "preview", "identifier": f"person_id:{with_decision.rpartition('/')[2]}"}
    shown = running.client.post("/settings/requests?lang=en", data=form).text
    assert "This would go, and cannot be brought back" in shown
    assert "Type the identifier once more" in shown


@pytest.fixture(scope="module")
def account(running: Running) -> str:
    """An account with people who did something lately."""
    found = [running.site.views.account(one) for one in running.site.views.recent_groups()[:20]]
    largest = max(found, key=lambda one: (len(one.members), one.engagement))
    return next(one.value for one in largest.identifiers if one.type == "group_id")


def test_an_account_tells_activity_budget_stage_and_value(running: Running, account: str) -> None:
    page = running.client.get(f"{account_path(account)}?lang=en").text
    parts = ("next-step", "activity", "opportunities", "budget", "value", "stage")
    ids = {one.get("id") for one in Reading(page).all("h2")}
    assert ids >= set(parts)
    told = running.wait(operations.run(running.site, "account_activity", {"account": account}))
    assert told["people"]
    table = page[page.index('id="activity"') :]
    for one in told["people"][:3]:
        row = table[table.index(one["person_id"]) :]
        counts = re.findall(r"<span>([0-9,]+|–)</span>", row[: row.index("</tr>")])
        assert counts == [f"{n:,}" if n else "–" for n in one["events"]]


def test_a_person_shows_what_was_said_of_topics_and_how_we_know(fresh: Running) -> None:
    site, address = fresh.site, "ada@buyer.example"
    known = {"type": "identify", "messageId": "i-1", "userId": "u-1", "traits": {"email": address}}
    fresh.wait(site.loader.take("crm", [known], kind="live"))
    person = site.views.find_person("user_id:u-1")
    path = f"/people/{person}?lang=en"
    assert "Topics of mails" not in fresh.client.get(path).text
    row = {"address": address, "topic": "*", "status": "unsubscribed", "at": "2026-01-05"}
    asked = {"rows": [{**row, "reason": "old system"}]}
    fresh.wait(operations.run(site, "subscription_load", asked))
    later = {"address": address, "topic": "news", "status": "subscribed", "reason": "by phone"}
    fresh.wait(operations.run(site, "subscription_set", later))
    page = fresh.client.get(path).text
    told = page[page.index('id="wishes"') :]
    for words in ("Every topic", "unsubscribed", address, "File: old system", "5 Jan 2026"):
        assert words in told
    assert "Noted by hand: by phone" in told
    masked = browser_of(fresh, "marketer").get(path).text
    told = masked[masked.index('id="wishes"') :]
    assert address not in told
    assert "by phone" not in told
    assert "Noted by hand" in told
    german = fresh.client.get(f"/people/{person}?lang=de").text
    assert "Jedes Thema" in german


@pytest.mark.parametrize("kind", get_args(OutcomeKind))
def test_every_outcome_on_a_timeline_is_told_in_words(kind: str) -> None:
    assert OUTCOMES[kind] != kind
