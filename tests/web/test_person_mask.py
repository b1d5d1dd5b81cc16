"""A person page for those who see nobody's name: links, notes and what was opened are hidden."""

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.web.pages.facts import seen_text
from wegweiser.web.text import Reader
from wegweiser.workspace import operations


def test_a_marketer_sees_no_identifier_in_links_notes_and_timeline(running: Running) -> None:
    site = running.site
    elements = [
        {"type": "identify", "userId": "u-mask", "traits": {"email": "mask@example.com"}},
        {"type": "identify", "userId": "u-mask", "anonymousId": "device-of-mask", "traits": {}},
        {"type": "track", "userId": "u-mask", "event": "Search Sent by mask"},
        {"type": "page", "userId": "u-mask", "properties": {"path": "/search?q=mask@example.com"}},
    ]
    for number, element in enumerate(elements):
        element["messageId"] = f"mask-{number}"
    running.wait(site.loader.take("crm", elements))
    running.wait(site.intake.settle())
    pair = {"a": "user_id:u-mask", "b": "anonymous_id:device-of-mask"}
    said = {**pair, "reason": "Told by mask@example.com", "by": "admin"}
    running.wait(operations.run(site, "identity_cut", said))
    path = f"/people/{site.views.find_person('user_id:u-mask')}?lang=en"
    whole = running.client.get(path).text
    masked = browser_of(running, "marketer").get(path).text
    for secret in ("mask@example.com", "u-mask", "device-of-mask", "mask-1"):
        assert secret in whole
        assert secret not in masked
    assert "took evidence out" in masked


def test_a_bare_path_is_shown_to_all_and_words_are_not() -> None:
    reader = Reader("en", "UTC", 0, "masked")
    assert seen_text(reader, "/pricing/teams") == "/pricing/teams"
    for written in ("ada@example.com", "/people/ada@example.com", "/s?q=Ada", "Ada Example"):
        assert seen_text(reader, written) == "hidden"
        assert seen_text(Reader("en", "UTC", 0), written) == written
