"""Browsers, systems and devices; robots are told from people."""

import pytest

from wegweiser.collect.enrich.agent import agent_of, corrected, hints_of, reduced, reduced_hints

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.6478.127 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.6478.122 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CHROME, ("Chrome", "126", "Windows", "desktop")),
        (PHONE, ("Chrome", "126", "Android", "phone")),
        (PHONE.replace(" Mobile", ""), ("Chrome", "126", "Android", "tablet")),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15",
            ("Safari", "17", "macOS", "desktop"),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
            ("Firefox", "127", "Linux", "desktop"),
        ),
        ("", ("", "", "", "")),
    ],
)
def test_a_browser_string_is_read(text, expected):
    found = agent_of(text)
    assert (found.browser, found.version, found.system, found.device) == expected
    assert not found.bot


@pytest.mark.parametrize(
    "text",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        CHROME.replace("Chrome/", "HeadlessChrome/"),
        "curl/8.5.0",
        "python-requests/2.32",
        "Go-http-client/2.0",
    ],
)
def test_known_robots_are_bots(text):
    assert agent_of(text).bot


def test_a_phone_whose_maker_is_named_so_is_no_bot():
    assert not agent_of(PHONE.replace("Pixel 8", "CUBOT NOTE 30")).bot


def test_what_the_browser_states_itself_wins():
    stated = {
        "brands": [
            {"brand": "Not/A)Brand", "version": "8"},
            {"brand": "Chromium", "version": "126"},
            {"brand": "Microsoft Edge", "version": "126"},
        ],
        "mobile": False,
        "platform": "macOS",
    }
    found = corrected(agent_of(CHROME), hints_of(stated))
    assert (found.browser, found.version, found.system, found.device) == (
        "Edge", "126", "macOS", "desktop",
    )  # fmt: skip


@pytest.mark.parametrize("data", [None, 5, {}, {"brands": 7}, {"brands": [1, {"brand": 2}]}])
def test_hints_of_another_shape_say_nothing(data):
    assert hints_of(data) is None


def test_nothing_single_is_left_of_browser_and_device():
    assert reduced(PHONE) == (
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/126.0.0.0 Mobile Safari/537.36"
    )
    assert reduced_hints({"mobile": True, "model": "Pixel 8", "bitness": "64"}) == {"mobile": True}


@pytest.mark.parametrize("text", [CHROME, PHONE])
def test_a_reduced_string_is_still_read_alike(text):
    whole, less = agent_of(text), agent_of(reduced(text))
    assert (less.browser, less.version, less.system, less.device) == (
        whole.browser, whole.version, whole.system, whole.device,
    )  # fmt: skip
