"""The released @segment/analytics-next, unmodified, on a page in Chromium."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Response

from tests.road.proxy import Fault, Proxy, shuffled
from tests.road.server import answer
from tests.sdk.conftest import LEAKING, Place
from tests.sdk.elsewhere import Elsewhere
from tests.sdk.plan import CONSENT, KINDS, as_sent, moment

pytestmark = pytest.mark.browser

LOAD = """([writeKey, cdnURL, options]) => {
  window.analytics = AnalyticsNext.AnalyticsBrowser.load({writeKey, cdnURL}, options);
  return analytics.ready();
}"""
# Each promise is kept when the library has delivered the event or has given up.
CALLS = """async ([user, account, context]) => {
  const options = {context};
  const sent = [
    await analytics.page("Docs", "Start", {number: 1}, options),
    await analytics.track("Report Opened", {topics: {"Größe": "ü 🚀"}, steps: [1, 2.5]}, options),
    await analytics.identify(user, {plan: "team", company: {name: "Beispiel AG"}}, options),
    await analytics.group(account, {name: "Beispiel AG", employees: 12}, options),
    await analytics.screen("App", "Home", {number: 2}, options),
    await analytics.alias("new-" + user, user, options),
  ];
  const told = sent.map((context) => [context.event, context.failedDelivery() ?? null]);
  return JSON.parse(JSON.stringify(told));
}"""
LEAVING = """([name, count]) => {
  for (let number = 0; number < count; number += 1) analytics.track(name, {number});
}"""
BATCHING = {"strategy": "batching", "config": {"size": 10, "timeout": 60_000}}


def opened(tab: Page, place: Place, path: str = "/segment", **options: object) -> None:
    """Open the page and load the library with our address and nothing else."""
    tab.goto(place.shop + path)
    tab.evaluate(LOAD, [place.key, place.server.address, options])


def elsewhere_sent(proxy: Proxy) -> dict[str, object]:
    host = proxy.address.removeprefix("http://")
    return {"Segment.io": {"apiHost": f"{host}/v1", "protocol": "http"}}


# Release 1.70 names its key in the body only.
@pytest.mark.parametrize("path", ["/segment", "/segment-before"])
def test_all_calls_arrive_once_with_all_fields(path: str, tab: Page, place: Place) -> None:
    opened(tab, place, path)
    before = datetime.now(UTC)
    sent = tab.evaluate(CALLS, ["web-1", "acme-1", CONSENT])
    assert [failure for _, failure in sent] == [None] * 6
    events = {event["messageId"]: event for event, _ in sent}
    rows = place.settled(6, lambda row: row["messageId"] in events)
    assert Counter(row["messageId"] for row in rows) == Counter(dict.fromkeys(events, 1))
    assert [row for row in rows if not as_sent(row, events[row["messageId"]])] == []
    assert {row["type"] for row in rows} == set(KINDS)
    for row in rows:
        assert moment(row["originalTimestamp"]) == moment(events[row["messageId"]]["timestamp"])
        assert before - timedelta(seconds=5) < moment(row["timestamp"]) <= moment(row["receivedAt"])
        assert row["context"]["library"]["name"] == "analytics.js"
        assert row["context"]["page"]["title"] == "Größe & Maß"
    assert place.only_from(rows)


def test_a_full_batch_and_the_rest_on_leaving_the_page_arrive(tab: Page, place: Place) -> None:
    opened(tab, place, integrations={"Segment.io": {"deliveryStrategy": BATCHING}})
    paths: list[str] = []
    tab.on("request", lambda request: paths.append(request.url))
    tab.evaluate(LEAVING, ["Batched", 13])
    tab.wait_for_function("() => performance.getEntriesByType('resource').length > 0")
    tab.goto("about:blank")
    rows = place.settled(13, lambda row: row.get("event") == "Batched")
    assert sorted(row["properties"]["number"] for row in rows) == list(range(13))
    assert f"{place.server.address}/v1/b" in paths


def test_a_retry_comes_after_the_time_that_a_429_asks_for(tab: Page, place: Place) -> None:
    folder = str(place.server.folder)
    key = answer("key", "create", "site", "--public", "label=slow", "--data", folder)["key"]
    answer("key", "set", str(key), "rate_per_second=0.25", "burst=1", "--data", folder)
    tries: dict[str, list[Response]] = {}
    tab.on("response", lambda response: noted(response, tries))
    tab.goto(f"{place.shop}/segment")
    tab.evaluate(LOAD, [key, place.server.address, {}])
    tab.evaluate(LEAVING, ["Asked to wait", 2])
    rows = place.settled(2, lambda row: row.get("event") == "Asked to wait")
    assert sorted(row["properties"]["number"] for row in rows) == [0, 1]
    tab.wait_for_function("() => true")  # takes in what the browser has told meanwhile
    waits = [pair for made in tries.values() for pair in pairwise(made)]
    assert waits
    for asked, repeated in waits:
        assert asked.status == 429
        waited_ms = repeated.request.timing["startTime"] - asked.request.timing["startTime"]
        assert waited_ms >= 1000 * int(asked.headers["retry-after"])
        assert int(repeated.request.headers["x-retry-count"]) >= 1


def noted(response: Response, tries: dict[str, list[Response]]) -> None:
    """Sort answers by the message that was sent."""
    if response.request.method == "POST":
        message = json.loads(response.request.post_data or "")["messageId"]
        tries.setdefault(message, []).append(response)


def test_nothing_is_lost_or_doubled_behind_a_bad_network(tab: Page, place: Place) -> None:
    faults = (Fault.BUSY, Fault.AWAY, Fault.RESET, Fault.LOST, Fault.SLOW)
    with Proxy(place.server.address, shuffled(seed=5, faults=faults)) as proxy:
        opened(tab, place, integrations=elsewhere_sent(proxy))
        tab.evaluate(LEAVING, ["Through the storm", 20])
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
    opened(tab, place, "/segment?utm_source=example&q=sso")
    tab.evaluate(CALLS, ["web-2", "acme-2", CONSENT])
    tab.clock.run_for(45_000)
    tab.goto("about:blank")
    tab.close()
    own = (place.server.address, place.shop, "data:", "about:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert elsewhere.asked_by_pages() == []


def test_an_unknown_key_sends_nothing_to_anybody(
    tab: Page, place: Place, elsewhere: Elsewhere
) -> None:
    tab.goto(f"{place.shop}/segment")
    posted: list[str] = []
    tab.on("request", lambda request: posted.append(f"{request.method} {request.url}"))
    with tab.expect_response("**/v1/projects/unknown/settings") as response:
        # It never becomes ready, so nobody waits for that.
        tab.evaluate(LOAD.replace("return", ""), ["unknown", place.server.address, {}])
    assert response.value.status == 404
    tab.evaluate(LEAVING, ["Nobody's", 3])
    tab.goto("about:blank")
    assert [line for line in posted if line.startswith("POST")] == []
    assert elsewhere.asked_by_pages() == []


@pytest.mark.parametrize("key", LEAKING)
def test_the_listener_hears_what_bad_settings_would_leak(
    key: str, tab: Page, place: Place, elsewhere: Elsewhere
) -> None:
    tab.clock.install()
    tab.goto(f"{place.shop}/segment")
    tab.evaluate(LOAD, [key, place.shop, {}])
    with tab.expect_event("requestfailed", lambda request: "segment.io" in request.url):
        tab.evaluate(LEAVING, ["Leaked", 1])
        tab.clock.run_for(45_000)
    assert "api.segment.io" in elsewhere.asked_by_pages()
    # What the page still asks for comes before what is asked for once it has gone.
    with pytest.raises(Error, match="ERR_HTTP_RESPONSE_CODE_FAILURE"):
        tab.goto("http://the-end.example.com/")
    assert "the-end.example.com" in elsewhere.asked_by_pages()
    elsewhere.asked.clear()


def test_a_pasted_snippet_loads_the_files_that_the_operator_has_put_there(
    tab: Page, place: Place, elsewhere: Elsewhere
) -> None:
    tab.goto(f"{place.shop}/pasted")
    (view,) = place.settled(1, lambda row: row.get("name") == "Pasted")
    (noted,) = place.settled(1, lambda row: row.get("event") == "Noted before the script came")
    assert view["context"]["library"]["name"] == "analytics.js"
    assert noted["anonymousId"] == view["anonymousId"]
    assert elsewhere.asked_by_pages() == []
