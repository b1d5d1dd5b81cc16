"""The website tag in a real browser: what it sends by itself, and how long somebody stayed."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.tagged import Shop, stop_clock, visiting
from tests.web.serving import until

pytestmark = pytest.mark.browser

HIDE = """hidden => {
    Object.defineProperty(document, "visibilityState",
        {value: hidden ? "hidden" : "visible", configurable: true});
    Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));
}"""
VIEW = {"url", "path", "title", "referrer", "search", "page_view_id"}


def still(page: Page) -> None:
    """Keep the browser from following links, as a page that shows things in place does."""
    page.evaluate(
        "addEventListener('click', event => event.target.closest('a') && event.preventDefault())"
    )


def test_a_scripted_visit_gives_exactly_these_events(browser: Browser, shop: Shop) -> None:
    shop.pages = {
        "/": '<a id="next" href="/prices">Prices</a>',
        "/prices": '<a id="get" href="/files/List.PDF?token=7" download>Price list</a>'
        '<form data-wegweiser-form="demo" action="/thanks"><input name="email"'
        ' data-wegweiser-trait="email"><input name="team" type="password"><button>Go</button>'
        "</form>",
        "/find": '<p data-wegweiser-results="3">3 results</p>',
    }
    with visiting(browser, shop) as visitor:
        page = visitor.page
        stop_clock(page)
        visitor.go("/?utm_source=letter&utm_medium=email&secret=1")
        page.clock.run_for(5_000)
        page.mouse.move(10, 10)
        visitor.go("/find?q=single+sign-on")
        visitor.go("/prices")
        still(page)
        # 40 s: 25 s visible and active, 10 s hidden, 5 s visible but idle for more than 30 s.
        page.clock.run_for(15_000)
        page.evaluate(HIDE, True)
        page.clock.run_for(10_000)
        page.evaluate(HIDE, False)
        page.clock.run_for(10_000)
        page.click("#get")
        page.evaluate("document.forms[0].addEventListener('submit', e => e.preventDefault())")
        page.fill("input[name=email]", "visitor@example.com")
        page.click("button")
        page.evaluate("history.pushState({}, '', '/prices/team'); document.title = 'Team'")
        page.clock.run_for(3_000)
        shop.awaited("Form Submitted", "identify")
        page.goto("about:blank")
        until(lambda: shop.names().count("Engaged Time") >= 5)
    _has_its_events(shop)
    _has_its_engaged_time(shop)


def _has_its_events(shop: Shop) -> None:
    names = shop.names()
    assert names.count("page") == 4
    assert set(names) == {
        *("page", "Engaged Time", "Search Performed", "File Downloaded", "Form Submitted"),
        "identify",
    }
    first, search, prices, team = shop.named("page")
    assert all(set(view) == VIEW for view in (first, search, prices, team))
    assert (first["path"], first["title"], first["referrer"]) == ("/", "Home", "")
    assert first["search"] == "?utm_source=letter&utm_medium=email"
    assert "secret" not in str(shop.events())
    assert team["title"] == "Team"
    assert team["referrer"] == prices["url"] == f"{shop.address}/prices"
    [searched] = shop.named("Search Performed")
    assert searched == {
        "query": "single sign-on",
        "results_count": 3,
        "origin": "url",
        "page_view_id": search["page_view_id"],
    }
    [downloaded] = shop.named("File Downloaded")
    assert downloaded == {
        "url": f"{shop.address}/files/List.PDF",
        "file_name": "List.PDF",
        "file_type": "pdf",
        "text": "Price list",
        "page_view_id": prices["page_view_id"],
    }
    [submitted] = shop.named("Form Submitted")
    assert submitted == {
        "form_id": None,
        "form_name": "demo",
        "action_path": "/thanks",
        "field_names": ["email", "team"],
        "page_view_id": prices["page_view_id"],
    }
    [known] = [event for event in shop.events() if event["type"] == "identify"]
    assert known["traits"] == {"email": "visitor@example.com"}


def _has_its_engaged_time(shop: Shop) -> None:
    names = shop.names()
    prices = shop.named("page")[2]
    engaged = shop.named("Engaged Time")
    assert all(
        set(told) == {"seconds", "total_seconds", "scroll_percent", "page_view_id"}
        for told in engaged
    )
    on_prices = [told for told in engaged if told["page_view_id"] == prices["page_view_id"]]
    assert sum(float(str(told["seconds"])) for told in on_prices) == pytest.approx(25, abs=1)
    assert max(float(str(told["total_seconds"])) for told in on_prices) == pytest.approx(25, abs=1)
    assert len({event["anonymousId"] for event in shop.events()}) == 1
    assert len({str(event["messageId"]) for event in shop.events()}) == len(names)
    assert all(str(event["messageId"]).startswith("wgw-") for event in shop.events())


def test_engaged_time_comes_after_10_s_then_every_30_s_and_stops_when_idle(
    browser: Browser, shop: Shop
) -> None:
    shop.pages = {"/": "<p>Read me</p>"}
    with visiting(browser, shop) as visitor:
        page = visitor.page
        stop_clock(page)
        visitor.go("/")
        for _ in range(5):
            page.clock.run_for(10_000)
            page.keyboard.press("ArrowDown")
        page.clock.run_for(120_000)
        page.evaluate(HIDE, True)
        until(lambda: len(shop.named("Engaged Time")) >= 3)
    told = [float(str(event["seconds"])) for event in shop.named("Engaged Time")]
    assert told[0] == pytest.approx(10, abs=1)
    assert told[1] == pytest.approx(30, abs=1)
    assert sum(told) == pytest.approx(80, abs=1)


def test_links_that_lead_away_are_told_without_addresses(browser: Browser, shop: Shop) -> None:
    shop.pages = {
        "/": '<a id="out" href="https://www.example.org/a?mail=me&utm_source=us">'
        " Our\n partner </a>"
        '<a id="mail" href="mailto:ada@example.com">ada@example.com</a>'
        '<a id="tel" href="tel:+49301234567">Call us</a>'
        '<a id="own" href="/own">Own</a>'
        '<div data-wegweiser-click="play"><span id="play">Play</span></div>'
    }
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        still(visitor.page)
        for name in ("out", "mail", "tel", "own", "play"):
            visitor.page.click(f"#{name}")
        until(lambda: len(shop.named("Link Clicked")) == 4)
    found = shop.named("Link Clicked")
    for told in found:
        del told["page_view_id"]
    assert found == [
        {
            "url": "https://www.example.org/a?utm_source=us",
            "host": "www.example.org",
            "text": "Our partner",
            "kind": "outbound",
        },
        {"url": "mailto:", "host": "", "text": "", "kind": "mail"},
        {"url": "tel:", "host": "", "text": "Call us", "kind": "phone"},
        {"text": "Play", "kind": "marked", "name": "play"},
    ]


def test_routes_and_the_back_forward_cache_give_one_view_each(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "<h1>Home</h1>", "/other": "Other"}
    with visiting(browser, shop) as visitor:
        page = visitor.page
        visitor.go("/")
        for path in ("/a", "/b"):
            page.evaluate("path => history.pushState({}, '', path)", path)
            page.evaluate("path => { document.title = 'Route ' + path; }", path)
            page.evaluate("history.replaceState({}, '', location.href + '#part')")
            until(lambda path=path: path in [view["path"] for view in shop.named("page")])
        page.evaluate("history.back()")
        until(lambda: len(shop.named("page")) == 4)
        visitor.go("/other")
        page.evaluate("history.back()")
        page.wait_for_function("location.pathname != '/other'")
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        until(lambda: len(shop.named("page")) >= 6)
    views = [(view["path"], view["title"]) for view in shop.named("page")]
    assert views[:4] == [("/", "Home"), ("/a", "Route /a"), ("/b", "Route /b"), ("/a", "Route /b")]
    assert views[4] == ("/other", "Other")
    assert len({str(view["page_view_id"]) for view in shop.named("page")}) == len(views)


def test_methods_take_the_arguments_of_analytics_js(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "x"}
    shop.options = 'data-consent="full" data-page="false"'
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        event = visitor.page.evaluate(
            """async () => {
            const w = window.wegweiser, heard = [];
            w.on("track", (name) => heard.push(name));
            await w.page("Docs", "Start", {tier: 1});
            await w.identify("u-1", {plan: "team"}, {userHash: "abc"});
            await w.group("acme", {name: "Acme"});
            await w.screen("Home");
            await w.alias("u-2", "u-1");
            await w.alias("u-1", "u-1");
            const done = await w.track("Demo Booked", {topic: "sso", when: new Date(0)},
                {context: {active: false}}, () => heard.push("called"));
            return [done.event.event, heard, w.user().id(), w.user().traits().plan];
        }"""
        )
        assert event == ["Demo Booked", ["Demo Booked", "called"], "u-1", "team"]
        found = {event["type"]: event for event in shop.awaited("Demo Booked")}
        visitor.page.evaluate("wegweiser.reset()")
        visitor.page.evaluate("wegweiser.track('After')")
        after = shop.awaited("After")[-1]
    assert (found["page"]["name"], found["page"]["category"]) == ("Start", "Docs")
    assert found["page"]["properties"]["tier"] == 1
    assert found["identify"]["userId"] == "u-1"
    assert found["identify"]["traits"] == {"plan": "team"}
    assert found["group"]["groupId"] == "acme"
    assert found["screen"]["name"] == "Home"
    assert (found["alias"]["userId"], found["alias"]["previousId"]) == ("u-2", "u-1")
    assert shop.names().count("alias") == 1
    booked = found["track"]
    assert booked["properties"]["topic"] == "sso"
    assert booked["properties"]["when"] == "1970-01-01T00:00:00.000Z"
    assert booked["context"]["active"] is False
    assert booked["context"]["groupId"] == "acme"
    assert booked["userId"] == "u-1"
    assert "userId" not in after
    assert after["anonymousId"] != booked["anonymousId"]


def test_it_is_small(shop: Shop) -> None:
    client = shop.running.client
    # What evergreen browsers take over https; gzip is for the rest, and may only shrink.
    for accepted, coding, most_bytes in (("gzip, br", "br", 5_120), ("gzip", "gzip", 5_580)):
        answer = client.get("/wegweiser.js", headers={"accept-encoding": accepted})
        assert answer.headers["content-encoding"] == coding
        assert int(answer.headers["content-length"]) < most_bytes
    assert re.match("public, max-age=3600", answer.headers["cache-control"])
