"""The website tag under hard conditions: policies, blocked storage, hostile pages, bad networks."""

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.tagged import STUB, Shop, stop_clock, visiting
from tests.web.serving import Running, until

pytestmark = pytest.mark.browser

HOSTILE = """<script>
Object.prototype.toJSON = () => "planted"; Array.prototype.toJSON = () => "planted";
Object.prototype.userId = "u-planted"; Object.prototype.properties = {planted: true};
Object.prototype.timestamp = "1999-01-01T00:00:00Z"; Object.prototype.enumerable = true;
window.name = "x"; window.analytics = 7; window.dataLayer = 7; window.__tcfapi = "x";
</script><div id="wegweiser"></div>"""
BLOCKED = """<script>
for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name,
    {get() { throw new DOMException("blocked", "SecurityError"); }});
Object.defineProperty(document, "cookie",
    {get() { throw new DOMException("blocked", "SecurityError"); }, set() { throw 1; }});
</script>"""


def test_it_works_under_a_strict_policy(browser: Browser, shop: Shop) -> None:
    shop.pages = {
        "/": '<link rel="icon" href="data:,"><div data-wegweiser-slot="home.hero">Hi</div>'
    }
    own = shop.running.address
    shop.headers = {
        "content-security-policy": f"default-src 'none'; script-src {own}; connect-src {own};"
        " img-src data:; require-trusted-types-for 'script'"
    }
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        shop.awaited("page")
        assert visitor.complaints == []


def test_it_works_with_storage_blocked(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "x"}
    shop.before = BLOCKED
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        visitor.page.evaluate("wegweiser.identify('u-1'); wegweiser.track('Seen')")
        events = shop.awaited("page", "identify", "Seen")
        assert len({event["anonymousId"] for event in events}) == 1
        assert len({event["context"]["sessionId"] for event in events}) == 1  # type: ignore[index]
        assert events[-1]["userId"] == "u-1"


def test_it_survives_a_hostile_page(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "x"}
    shop.before = HOSTILE
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        planted = visitor.page.evaluate(
            """() => {
            const deep = JSON.parse('{"__proto__": {"bad": 1}, "constructor": 1, "list": [1]}');
            const round = {}; round.round = round;
            wegweiser.track("Round", round);
            wegweiser.track("Merged", deep);
            wegweiser.on("track", () => { throw new Error("of the page"); });
            wegweiser.track("Thrown");
            return {}.bad;
        }"""
        )
        assert planted is None
        events = shop.awaited("page", "Merged", "Thrown")
        assert visitor.complaints == [text for text in visitor.complaints if "404" in text]
    assert "planted" not in str(events)
    [merged] = shop.named("Merged")
    assert merged["list"] == [1]
    assert set(merged) <= {"list", "page_view_id", "__proto__", "constructor"}


def test_what_fails_is_sent_again_and_stored_once(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "x"}
    statuses = [503, 429, 0]

    def failing(route: Route) -> None:
        status = statuses.pop(0) if statuses else None
        if status is None:
            route.continue_()
        elif status:
            headers = {"access-control-allow-origin": "*", "retry-after": "3"}
            headers["access-control-expose-headers"] = "Retry-After"
            route.fulfill(status=status, headers=headers, body="{}")
        else:
            route.abort()

    with visiting(browser, shop) as visitor:
        stop_clock(visitor.page)
        visitor.context.route("**/v1/b", failing)
        visitor.go("/")
        asked = []

        def stored_later() -> bool:
            visitor.page.clock.run_for(2_000)
            visitor.page.wait_for_timeout(20)
            asked.append(visitor.sent().count("/v1/b"))
            return bool(shop.names())

        until(stored_later)
        assert shop.names().count("page") == 1
        assert statuses == []
        assert asked[0] <= 1


def test_an_hour_offline_then_everything_once(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "x", "/next": "y"}
    with visiting(browser, shop) as visitor:
        page = visitor.page
        page.clock.install()
        visitor.go("/")
        page.clock.run_for(3_000)
        shop.awaited("page")
        visitor.context.set_offline(True)
        for number in range(5):
            page.evaluate("number => wegweiser.track('Offline', {number})", number)
            page.clock.run_for(720_000)
        page.evaluate("dispatchEvent(new Event('pagehide'))")
        assert "Offline" in page.evaluate("localStorage.wgw_queue")
        visitor.context.set_offline(False)
        visitor.go("/next")
        page.clock.run_for(90_000)
        until(lambda: len(shop.named("Offline")) == 5)
    assert sorted(int(str(told["number"])) for told in shop.named("Offline")) == list(range(5))


def test_closing_the_tab_loses_nothing(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "x"}
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        visitor.page.evaluate("wegweiser.track('Last word')")
        visitor.page.close()
        shop.awaited("page", "Last word")


def test_the_visitor_goes_on_under_another_domain(
    browser: Browser, shop: Shop, collecting: Running
) -> None:
    other = Shop(collecting)
    other.address = other.address.replace("localhost", "127.0.0.1")
    other.pages = {"/": "there"}
    other.options = 'data-consent="full" data-domains="localhost"'
    shop.pages = {"/": f'<a href="{other.address}/">There</a>'}
    shop.options = 'data-consent="full" data-domains="127.0.0.1"'
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        visitor.page.click("a")
        other.awaited("page")
        shop.awaited("page")
        assert "wgw_x=" in visitor.page.url
    assert other.events()[0]["anonymousId"] == shop.events()[0]["anonymousId"]
    assert "wgw_x" not in str(other.events()[0]["properties"])
    other.close()


def test_a_waiting_queue_of_analytics_js_is_taken_over(browser: Browser, shop: Shop) -> None:
    snippet = STUB.replace("wegweiser", "analytics")
    address = f"{shop.running.address}/analytics.js/v1/{shop.key}/analytics.min.js"
    shop.pages = {
        "/": f"<script>{snippet} analytics.page('Start'); analytics.track('Clicked', {{a: 1}});"
        f'</script><script async src="{address}" data-consent="full"></script>'
    }
    shop.options = 'data-write-key=""'
    with visiting(browser, shop) as visitor:
        visitor.page.route("**/wegweiser.js", lambda route: route.abort())
        visitor.page.goto(shop.address + "/")
        events = shop.awaited("page", "Clicked")
    assert len(events) == 2
    assert events[0].get("name") == "Start"
