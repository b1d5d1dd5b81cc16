"""The website tag and consent: nothing before it, what each source grants, nothing after it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.tagged import GRANT, STUB, Shop, Visitor, stop_clock, visiting
from tests.web.serving import until

pytestmark = pytest.mark.browser

PREFERENCE = "Segment Consent Preference Updated"
KEPT = """() => [document.cookie, Object.keys(localStorage), Object.keys(sessionStorage)]"""
NOTHING = ["", [], []]
TCF = """<script>
window.__tcfapi = (command, version, tell) => { window.tell = (ids, status) => tell({
    tcString: "CQabc", eventStatus: status, gdprApplies: true,
    purpose: {consents: Object.fromEntries(ids.map(id => [id, true]))}}, true);
    window.tell([], "cmpuishown"); };
</script>"""
GCM = """<script>
window.dataLayer = window.dataLayer || [];
function gtag() { dataLayer.push(arguments); }
gtag("consent", "default", {analytics_storage: "denied", personalization_storage: "denied"});
</script>"""


def choice_of(shop: Shop) -> dict[str, object]:
    """Give the consent that the newest event carries."""
    context = shop.events()[-1]["context"]
    assert isinstance(context, dict)
    consent = context["consent"]
    assert isinstance(consent, dict)
    return consent


def quiet(visitor: Visitor) -> None:
    """Look as a visitor does who scrolls, clicks and waits, and see that nothing happened."""
    page = visitor.page
    page.mouse.move(20, 20)
    page.click("a")
    page.clock.run_for(60_000)
    assert visitor.sent() == []
    assert page.evaluate(KEPT) == NOTHING
    assert visitor.context.cookies() == []


def test_nothing_is_sent_or_stored_before_consent_and_after_it(
    browser: Browser, shop: Shop
) -> None:
    shop.pages = {"/": '<a href="#x" data-wegweiser-click="x">x</a>'}
    shop.options = ""
    shop.before = f"<script>{STUB} wegweiser.track('Early', {{n: 1}});</script>"
    with visiting(browser, shop) as visitor:
        page = visitor.page
        stop_clock(page)
        visitor.go("/")
        page.evaluate("void wegweiser.track('Later', {n: 2})")
        page.evaluate("void wegweiser.outcome('d-1', 'dismissed')")
        quiet(visitor)
        page.evaluate(f"wegweiser.consent({GRANT})")
        page.clock.run_for(3_000)
        expected = {"page", "Early", "Later", PREFERENCE}
        found = shop.awaited(*expected)
        events = {str(event.get("event", event["type"])): event for event in found}
        assert set(events) == expected
        assert shop.events()[0]["event"] == "Early"
        assert _passed(events["Early"], events[PREFERENCE]) >= 59_000
        assert choice_of(shop)["categoryPreferences"] == {
            "measurement": True,
            "personalisation": True,
            "sharing": False,
        }
        assert "wgw_aid" in page.evaluate("document.cookie")
        visitor.go("/")
        page.clock.run_for(3_000)
        until(lambda: shop.names().count("page") == 2)
        assert shop.names().count(PREFERENCE) == 1
        page.evaluate("wegweiser.consent({measurement: false})")
        until(lambda: shop.names().count(PREFERENCE) == 2)
        until(lambda: page.evaluate(KEPT) == NOTHING)
        assert visitor.context.cookies() == []
        before = len(visitor.sent())
        page.evaluate("void wegweiser.track('Too late')")
        page.evaluate("void wegweiser.outcome('d-2', 'dismissed')")
        page.clock.run_for(60_000)
        assert len(visitor.sent()) == before
        assert choice_of(shop)["categoryPreferences"]["measurement"] is False  # type: ignore[index]


def _passed(earlier: dict[str, object], later: dict[str, object]) -> float:
    from wegweiser.terms.instant import parse_instant

    first, second = parse_instant(earlier["timestamp"]), parse_instant(later["timestamp"])  # type: ignore[arg-type]
    assert first is not None
    assert second is not None
    return second - first


def test_only_true_grants(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": '<a href="#x">x</a>'}
    shop.options = ""
    with visiting(browser, shop) as visitor:
        stop_clock(visitor.page)
        visitor.go("/")
        visitor.page.evaluate("wegweiser.consent({measurement: 'yes', personalisation: 1})")
        quiet(visitor)


def test_counting_knows_no_person(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/prices": "<p>x</p>"}
    shop.options = 'data-consent="count"'
    with visiting(browser, shop) as visitor:
        page = visitor.page
        visitor.go("/prices?utm_campaign=spring&mail=me")
        page.evaluate("void wegweiser.track('Demo Booked', {mail: 'me'})")
        until(lambda: len(shop.counts()) == 2)
        assert page.evaluate(KEPT) == NOTHING
        assert set(visitor.sent()) == {"/v1/count"}
    counted = [{**row, "hour": "", "source": ""} for row in shop.counts()]
    seen = {"hour": "", "source": "", "path": "/prices", "referrer_host": "", "campaign": "spring"}
    assert counted == [
        {**seen, "event": "", "count": 1},
        {**seen, "event": "Demo Booked", "count": 1},
    ]
    assert shop.events() == []


def test_whoever_refuses_is_not_counted(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": "<p>x</p>"}
    shop.options = 'data-consent="count"'
    with visiting(browser, shop) as visitor:
        page = visitor.page
        visitor.go("/")
        until(lambda: len(shop.counts()) == 1)
        page.evaluate("wegweiser.consent({measurement: false})")
        page.evaluate("wegweiser.track('Demo Booked')")
        visitor.go("/")
        page.evaluate("wegweiser.track('Demo Booked')")
        page.wait_for_function("performance.now() > 1000")
        assert visitor.sent() == ["/v1/count"]
    assert [row["count"] for row in shop.counts()] == [1]
    assert shop.events() == []


@pytest.mark.parametrize(
    ("granted", "measurement", "personalisation"),
    [([1, 7, 8], True, False), ([7, 8], False, False), ([1, 5, 6, 7, 8], True, True)],
)
def test_tcf_purposes(
    browser: Browser, shop: Shop, granted: list[int], measurement: bool, personalisation: bool
) -> None:
    shop.pages, shop.options, shop.before = {"/": '<a href="#x">x</a>'}, "", TCF
    with visiting(browser, shop) as visitor:
        page = visitor.page
        stop_clock(page)
        visitor.go("/")
        quiet(visitor)
        page.evaluate("ids => tell(ids, 'useractioncomplete')", granted)
        if not measurement:
            quiet(visitor)
            return
        page.clock.run_for(3_000)
        shop.awaited(PREFERENCE)
        assert choice_of(shop) == {
            "categoryPreferences": {
                "measurement": True,
                "personalisation": personalisation,
                "sharing": False,
            },
            "tcf": "CQabc",
        }


def test_consent_mode_and_the_stricter_of_two(browser: Browser, shop: Shop) -> None:
    shop.pages, shop.options, shop.before = {"/": '<a href="#x">x</a>'}, "", GCM
    with visiting(browser, shop) as visitor:
        page = visitor.page
        stop_clock(page)
        visitor.go("/")
        quiet(visitor)
        page.evaluate(
            "gtag('consent', 'update', {analytics_storage: 'granted',"
            " personalization_storage: 'granted', ad_storage: 'granted'})"
        )
        page.clock.run_for(3_000)
        shop.awaited(PREFERENCE)
        told = choice_of(shop)
        assert told["gcm"]["explicit"] is True  # type: ignore[index]
        assert told["gcm"]["analytics_storage"] == "granted"  # type: ignore[index]
        assert told["categoryPreferences"]["personalisation"] is True  # type: ignore[index]
        page.evaluate("wegweiser.consent({measurement: true, personalisation: false})")
        page.clock.run_for(3_000)
        until(lambda: shop.names().count(PREFERENCE) == 2)
        assert choice_of(shop)["categoryPreferences"]["personalisation"] is False  # type: ignore[index]
        page.evaluate("wegweiser.consent({measurement: false})")
        until(lambda: page.evaluate(KEPT) == NOTHING)


def test_global_privacy_control_denies_sharing(browser: Browser, shop: Shop) -> None:
    shop.pages, shop.options = {"/": "x"}, ""
    shop.before = (
        """<script>
    Object.defineProperty(navigator, "globalPrivacyControl", {value: true});</script>"""
        + TCF
    )
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        visitor.page.evaluate("tell([1, 3, 4, 7, 8], 'tcloaded')")
        shop.awaited(PREFERENCE)
        assert choice_of(shop)["categoryPreferences"]["sharing"] is False  # type: ignore[index]
        context = shop.events()[-1]["context"]
        assert isinstance(context, dict)
        assert context["gpc"] is True
        visitor.page.evaluate("wegweiser.consent({sharing: true})")
        until(lambda: shop.names().count(PREFERENCE) == 2)
        assert choice_of(shop)["categoryPreferences"]["sharing"] is True  # type: ignore[index]
