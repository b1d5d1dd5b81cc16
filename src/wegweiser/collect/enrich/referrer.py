"""What kind of place a visitor came from: a search engine, network, mailbox or other site."""

from functools import lru_cache
from typing import Literal

from wegweiser.collect.enrich.domain import name_of_site, site_of
from wegweiser.collect.enrich.url import host_of

Place = Literal["search", "social", "email", "assistant", "video", "other", "none"]

# By the name of the site, whatever its country; only where that name says enough.
_SEARCH_NAMES = frozenset(
    ("google", "bing", "duckduckgo", "ecosia", "yandex", "baidu", "startpage", "qwant", "metager")
)
_SEARCH_SITES = frozenset(
    (
        *("yahoo.com", "ask.com", "aol.com", "aol.de", "swisscows.com", "swisscows.ch", "kagi.com"),
        *("mojeek.com", "seznam.cz", "naver.com", "sogou.com", "so.com", "daum.net", "lycos.de"),
        *("fireball.de", "lilo.org", "gibiru.com", "presearch.com", "you.com", "karma-search.com"),
    )
)
_SOCIAL_NAMES = frozenset(("pinterest", "mastodon", "facebook", "instagram", "linkedin", "xing"))
_SOCIAL_SITES = frozenset(
    (
        *("fb.com", "fb.me", "lnkd.in", "xing.to", "twitter.com", "t.co", "x.com", "threads.net"),
        *("threads.com", "tiktok.com", "reddit.com", "bsky.app", "snapchat.com", "tumblr.com"),
        *("whatsapp.com", "wa.me", "t.me", "telegram.org", "vk.com", "ok.ru", "quora.com"),
        *("gutefrage.net", "nebenan.de", "messenger.com", "discord.com", "mastodon.social"),
        *("slideshare.net", "weibo.com", "line.me", "pin.it", "redd.it", "stackoverflow.com"),
    )
)
_VIDEO_SITES = frozenset(("youtube.com", "youtu.be", "vimeo.com", "twitch.tv", "dailymotion.com"))
_ASSISTANT_SITES = frozenset(
    (
        *("chatgpt.com", "openai.com", "perplexity.ai", "claude.ai", "mistral.ai", "deepseek.com"),
        *("you.com", "phind.com", "poe.com"),
    )
)
# Hosts that are something else than their site; the longest that fits decides.
_HOSTS: dict[str, Place] = {
    "mail.google.com": "email",
    "gemini.google.com": "assistant",
    "notebooklm.google.com": "assistant",
    "docs.google.com": "other",
    "meet.google.com": "other",
    "copilot.microsoft.com": "assistant",
    "search.brave.com": "search",
    "search.yahoo.com": "search",
    "mail.yahoo.com": "email",
    "mail.aol.com": "email",
    "suche.web.de": "search",
    "suche.gmx.net": "search",
    "suche.gmx.at": "search",
    "suche.t-online.de": "search",
    "suche.freenet.de": "search",
    "suche.1und1.de": "search",
    "email.t-online.de": "email",
    "email.freenet.de": "email",
    "webmail.freenet.de": "email",
    "3c.gmx.net": "email",
    "3c.web.de": "email",
    "navigator.gmx.net": "email",
    "navigator.web.de": "email",
    "deref-gmx.net": "email",
    "deref-web.de": "email",
    "deref-mail.com": "email",
    "outlook.live.com": "email",
    "outlook.office.com": "email",
    "outlook.office365.com": "email",
    "webmailer.1und1.de": "email",
    "email.ionos.de": "email",
    "mail.proton.me": "email",
    "mail.zoho.com": "email",
    "posteo.de": "email",
    "mailbox.org": "email",
    "com.google.android.gm": "email",
    "com.google.android.googlequicksearchbox": "search",
    "com.linkedin.android": "social",
    "com.facebook.katana": "social",
    "com.twitter.android": "social",
    "org.telegram.messenger": "social",
    "com.slack": "other",
    "com.openai.chatgpt": "assistant",
    "com.google.android.youtube": "video",
}


@lru_cache(maxsize=8_192)
def place_of(host: str) -> Place:
    """Tell what kind of place a host is; "none" where there is no host.

    >>> place_of("www.google.at"), place_of("suche.web.de"), place_of("de.linkedin.com")
    ('search', 'search', 'social')
    >>> place_of("mail.google.com"), place_of("partner.example")
    ('email', 'other')
    """
    if not host:
        return "none"
    part = host
    while part:
        if part in _HOSTS:
            return _HOSTS[part]
        part = part.partition(".")[2]
    return _place_of_site(site_of(host), name_of_site(host))


def _place_of_site(site: str, name: str) -> Place:
    if site in _VIDEO_SITES:
        return "video"
    if site in _ASSISTANT_SITES:
        return "assistant"
    if site in _SEARCH_SITES or name in _SEARCH_NAMES:
        return "search"
    if site in _SOCIAL_SITES or name in _SOCIAL_NAMES:
        return "social"
    return "other"


@lru_cache(maxsize=8_192)
def place_of_source(source: str) -> Place:
    """Tell what kind of place a campaign's source names: a host, or the bare name of a site.

    >>> place_of_source("LinkedIn"), place_of_source("bing.com"), place_of_source("newsletter")
    ('social', 'search', 'email')
    """
    name = source.strip().lower()
    if "://" in name:
        return place_of(host_of(name))
    if "." in name:
        return place_of(name)
    if name in ("newsletter", "email", "e-mail", "mail", "mailing"):
        return "email"
    if name in ("fb", "ig", "twitter", "tiktok", "reddit", "threads", "snapchat", "whatsapp"):
        return "social"
    if name in ("youtube", "vimeo", "twitch"):
        return "video"
    if name in ("chatgpt", "perplexity", "claude", "copilot", "gemini"):
        return "assistant"
    return _place_of_site(name, name) if name else "none"
