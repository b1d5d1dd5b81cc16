"""The released @rudderstack/analytics-js, bundled build, unmodified, on a page in Chromium."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.road.proxy import Fault, Proxy, shuffled
from tests.sdk.conftest import Place
from tests.sdk.elsewhere import Elsewhere
from tests.sdk.plan import CONSENT, as_sent, moment

pytestmark = pytest.mark.browser

LOAD = """([writeKey, host, options]) => new Promise((ready) => {
  window.analytics = new rudderanalytics.RudderAnalytics();
  analytics.load(writeKey, host, {configUrl: host, ...options});
  analytics.ready(ready);
})"""
# Each callback gets the event as the library queued it.
CALLS = """async ([user, account, context]) => {
  const told = (call, ...given) =>
    new Promise((done) => analytics[call](...given, {context}, done));
  const queued = await Promise.all([
    told("page", "Docs", "Start", {number: 1}),
    told("track", "Report Opened", {topics: {"Größe": "ü 🚀"}, steps: [1, 2.5]}),
    told("identify", user, {plan: "team", seats: 7, company: {name: "Beispiel AG"}}),
    told("group", account, {name: "Beispiel AG", employees: 12}),
    told("alias", "new-" + user, user),
  ]);
  return JSON.parse(JSON.stringify(queued));
}"""
MANY = """([name, count]) => {
  for (let number = 0; number < count; number += 1) analytics.track(name, {number});
}"""


def opened(tab: Page, place: Place, host: str | None = None, **options: object) -> None:
    """Open the page and load the library with our address and nothing else."""
    tab.goto(f"{place.shop}/rudderstack?utm_source=example")
    tab.evaluate(LOAD, [place.key, host or place.server.address, options])


def test_all_calls_arrive_once_with_all_fields(tab: Page, place: Place) -> None:
    opened(tab, place)
    before = datetime.now(UTC)
    sent = tab.evaluate(CALLS, ["web-1", "acme-1", CONSENT])
    events = {event["messageId"]: event for event in sent}
    rows = place.settled(5, lambda row: row["messageId"] in events)
    assert Counter(row["messageId"] for row in rows) == Counter(dict.fromkeys(events, 1))
    assert [row for row in rows if not as_sent(row, events[row["messageId"]])] == []
    # This library knows no `screen` on the web.
    assert {row["type"] for row in rows} == {"track", "identify", "page", "group", "alias"}
    for row in rows:
        assert moment(row["originalTimestamp"]) == moment(
            events[row["messageId"]]["originalTimestamp"]
        )
        assert before - timedelta(seconds=5) < moment(row["timestamp"]) <= moment(row["receivedAt"])
        assert row["context"]["library"]["name"] == "RudderLabs JavaScript SDK"
        assert row["context"]["campaign"] == {"source": "example"}
    assert place.only_from(rows)


def test_what_was_cut_off_is_sent_on_the_next_visit(tab: Page, place: Place) -> None:
    options = {"queueOptions": {"batch": {"enabled": True, "maxItems": 10}}}
    tab.route("**/v1/batch", lambda _: None)
    opened(tab, place, **options)
    with tab.expect_request("**/v1/batch"):
        tab.evaluate(MANY, ["Cut off", 13])
    tab.goto("about:blank")
    tab.unroute("**/v1/batch")
    opened(tab, place, **options)
    rows = place.settled(13, lambda row: row.get("event") == "Cut off")
    assert sorted(row["properties"]["number"] for row in rows) == list(range(13))


# A beacon survives its page. What the library sends in a batch on leaving may be cut off by the
# browser once it has left the queue, so only the batch that was full before is sure to arrive.
@pytest.mark.parametrize(
    ("options", "path", "certain"),
    [
        ({"useBeacon": True}, "/beacon/v1/batch", 13),
        ({"queueOptions": {"batch": {"enabled": True, "maxItems": 10}}}, "/v1/batch", 10),
    ],
)
def test_what_waits_when_the_page_is_left_arrives_once(
    options: dict[str, object], path: str, certain: int, tab: Page, place: Place
) -> None:
    opened(tab, place, **options)
    paths: list[str] = []
    tab.on("request", lambda request: paths.append(request.url))
    name = f"Left {path}"
    tab.evaluate(MANY, [name, 13])
    tab.goto("about:blank")
    # What the browser could not send any more the library sends on the next visit.
    opened(tab, place, **options)
    rows = place.settled(certain, lambda row: row.get("event") == name)
    numbers = [row["properties"]["number"] for row in rows]
    assert set(range(certain)) <= set(numbers) <= set(range(13))
    assert len(numbers) == len(set(numbers))
    assert any(url.startswith(f"{place.server.address}{path}") for url in paths)


def test_nothing_is_lost_or_doubled_behind_a_bad_network(tab: Page, place: Place) -> None:
    faults = (Fault.BUSY, Fault.AWAY, Fault.RESET, Fault.LOST, Fault.SLOW)
    with Proxy(place.server.address, shuffled(seed=5, faults=faults)) as proxy:
        opened(tab, place, proxy.address)
        tab.evaluate(MANY, ["Through the storm", 20])
        rows = place.settled(20, lambda row: row.get("event") == "Through the storm")
        assert sorted(row["properties"]["number"] for row in rows) == list(range(20))
        assert all(proxy.played[fault] == 1 for fault in faults)


def test_no_other_host_is_asked_in_45_seconds_and_on_leaving(
    context: BrowserContext, place: Place, elsewhere: Elsewhere
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    tab = context.new_page()
    tab.clock.install()
    opened(tab, place)
    tab.evaluate(CALLS, ["web-2", "acme-2", CONSENT])
    tab.clock.run_for(45_000)
    tab.goto("about:blank")
    tab.close()
    own = (place.server.address, place.shop, "data:", "about:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert elsewhere.asked_by_pages() == []
