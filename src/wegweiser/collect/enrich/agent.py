"""The browser, system and kind of device that sent an event, and whether it is a known bot."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec

from wegweiser.collect.enrich.remember import remembered
from wegweiser.terms.json import Json, JsonObject

if TYPE_CHECKING:
    from ua_parser import Parser

DeviceClass = Literal["", "desktop", "phone", "tablet", "tv"]
LONGEST_AGENT = 1_000

_BOT = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|headless|phantomjs|selenium|playwright|puppeteer|lighthouse"
    r"|pagespeed|pingdom|uptime|monitor|facebookexternalhit|whatsapp/|slack-imgproxy|preview"
    r"|^(?:curl|wget|python|go-http|java/|okhttp|axios|node-fetch|libwww|httpx|aiohttp|ruby|php)",
    re.IGNORECASE,
)
# Real browsers whose name happens to hold such a word.
_NO_BOT = re.compile(r"cubot", re.IGNORECASE)
_TABLET = re.compile(r"ipad|tablet|kindle|silk(?!.*mobile)|playbook", re.IGNORECASE)
_TV = re.compile(r"smart-?tv|smarttv|appletv|googletv|hbbtv|bravia|tizen.*tv|web0s", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone|ipod|windows phone", re.IGNORECASE)
# Two numbers say little, and "537.36" is the same for all; the third and fourth single out.
_VERSION = re.compile(r"(?<=[/ ])\d+([._])\d+(?:[._]\d+)+")
_MODEL = re.compile(r"(Android \d+)(?:[.\d]*);[^)]*\)")
_SYSTEM_OF_PLATFORM = {"macos": "macOS", "mac os x": "macOS", "chrome os": "ChromeOS"}
_SHOWN_BROWSERS = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Microsoft Edge": "Edge",
    "Google Chrome": "Chrome",
    "Opera Mobile": "Opera",
}
# Names that browsers put beside their own, so that sites do not rely on the list.
_GREASE = re.compile(r"not.*brand|^chromium$", re.IGNORECASE)


class Agent(msgspec.Struct, frozen=True):
    """What is known of a sender's device; empty where it does not tell."""

    browser: str = ""
    version: str = ""
    system: str = ""
    device: DeviceClass = ""
    bot: bool = False


NOBODY = Agent()


@lru_cache(maxsize=1)
def _parser() -> "Parser":
    from ua_parser import Parser
    from ua_parser.loaders import load_lazy_builtins
    from ua_parser.re2 import Resolver

    return Parser(Resolver(load_lazy_builtins()))


@remembered
def agent_of(user_agent: str) -> Agent:
    """Read a browser string; an empty one tells nothing.

    >>> agent_of("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)").bot
    True
    >>> agent_of("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Safari/604.1").device
    'tablet'
    """
    text = user_agent[:LONGEST_AGENT]
    if not text.strip():
        return NOBODY
    found = _parser().parse(text)
    spider = found.device is not None and found.device.family == "Spider"
    family = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    return Agent(
        browser=_SHOWN_BROWSERS.get(family, family),
        version=(found.user_agent.major or "") if found.user_agent else "",
        system=_SYSTEM_OF_PLATFORM.get(system.lower(), system),
        device=_device_class(text, system),
        bot=spider or (_BOT.search(text) is not None and _NO_BOT.search(text) is None),
    )


def _device_class(text: str, system: str) -> DeviceClass:
    if _TV.search(text):
        return "tv"
    if _TABLET.search(text) or (system == "Android" and not _PHONE.search(text)):
        return "tablet"
    if _PHONE.search(text):
        return "phone"
    known = system in ("Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS", "FreeBSD")
    return "desktop" if known else ""


Hints = tuple[str, str, str, bool | None]
"""Browser, version, system and whether it is a phone, as a browser states them itself."""


def hints_of(data: Json) -> Hints | None:
    """Read `context.userAgentData`, None where it says nothing.

    >>> hints_of({"brands": [{"brand": "Google Chrome", "version": "126"}], "mobile": False})
    ('Chrome', '126', '', False)
    """
    if not isinstance(data, dict):
        return None
    named = _own_brand(data.get("brands"))
    platform, mobile = data.get("platform"), data.get("mobile")
    system = platform[:50] if isinstance(platform, str) else ""
    if not (named or system or isinstance(mobile, bool)):
        return None
    browser, version = named or ("", "")
    shown = _SYSTEM_OF_PLATFORM.get(system.lower(), system)
    return (browser, version, shown, mobile if isinstance(mobile, bool) else None)


def _own_brand(brands: Json) -> tuple[str, str] | None:
    found: tuple[str, str] | None = None
    for brand in brands[:20] if isinstance(brands, list) else ():
        name = brand.get("brand") if isinstance(brand, dict) else None
        if not isinstance(brand, dict) or not isinstance(name, str) or "Not" in name[:8]:
            continue
        version = brand.get("version")
        major = str(version).partition(".")[0][:10] if isinstance(version, str | int) else ""
        if found is None or not _GREASE.search(name[:50]):
            found = (_SHOWN_BROWSERS.get(name[:50], name[:50]), major)
    return found


@lru_cache(maxsize=8_192)
def corrected(agent: Agent, hints: Hints) -> Agent:
    """Give an agent with what the browser states itself, which wins over its string."""
    browser, version, system, phone = hints
    device = agent.device
    if phone is not None and device != "tablet":
        device = "phone" if phone else (device if device == "tv" else "desktop")
    return Agent(
        browser=browser or agent.browser,
        version=version if browser else agent.version,
        system=system or agent.system,
        device=device,
        bot=agent.bot or "headless" in browser.lower(),
    )


@remembered
def reduced(user_agent: str) -> str:
    """Give a browser string without the model of the device and the finer versions.

    >>> reduced("Mozilla/5.0 (Linux; Android 14; SM-T870 Build/UP1A) Chrome/126.0.6478.127 Mobile")
    'Mozilla/5.0 (Linux; Android 14) Chrome/126.0.0.0 Mobile'
    """
    text = _MODEL.sub(r"\1)", user_agent[:LONGEST_AGENT])
    return _VERSION.sub(_with_zeros, text)


def _with_zeros(found: re.Match[str]) -> str:
    parts = found[0].split(found[1])
    return found[1].join((parts[0], *("0" * (len(parts) - 1))))


# Facts by which a device can be told from all others of its make.
_FINE_HINTS = frozenset(
    (
        *("architecture", "bitness", "model", "platformVersion", "uaFullVersion", "wow64"),
        *("fullVersionList", "formFactors"),
    )
)


def reduced_hints(data: JsonObject) -> JsonObject:
    """Give what a browser states of itself without the facts that single a device out."""
    return {name: value for name, value in data.items() if name not in _FINE_HINTS}
