"""The channel of an arrival: campaign tags and click ids first, then the place it came from."""

from typing import Literal

from wegweiser.collect.enrich.campaign import Tags
from wegweiser.collect.enrich.referrer import Place, place_of, place_of_source

Channel = Literal[
    "",
    "direct",
    "organic_search",
    "paid_search",
    "organic_social",
    "paid_social",
    "organic_video",
    "paid_video",
    "display",
    "email",
    "affiliate",
    "referral",
    "assistant",
    "sms",
    "push",
    "audio",
    "offline",
    "paid_other",
    "other",
]
_PAID = frozenset(("cpc", "ppc", "cpa", "cpm", "cpv", "cpl", "paid", "sem", "sea", "retargeting"))
_DISPLAY = frozenset(("display", "banner", "expandable", "interstitial", "native", "programmatic"))
_EMAIL = frozenset(("email", "e-mail", "e_mail", "mail", "mailing", "newsletter"))
_SOCIAL = frozenset(
    ("social", "social-network", "social-media", "social_media", "sm", "organic_social")
)
_PLAIN: dict[str, Channel] = {
    "affiliate": "affiliate",
    "affiliates": "affiliate",
    "partner": "affiliate",
    "referral": "referral",
    "link": "referral",
    "sms": "sms",
    "push": "push",
    "notification": "push",
    "mobile": "push",
    "audio": "audio",
    "podcast": "audio",
    "print": "offline",
    "offline": "offline",
    "qr": "offline",
    "flyer": "offline",
    "video": "organic_video",
    "organic": "organic_search",
}
_ORGANIC: dict[Place, Channel] = {
    "search": "organic_search",
    "social": "organic_social",
    "video": "organic_video",
    "email": "email",
    "assistant": "assistant",
    "other": "referral",
}
_BOUGHT: dict[Place, Channel] = {
    "search": "paid_search",
    "social": "paid_social",
    "video": "paid_video",
}
# A click id that only paid clicks carry; fbclid is on every link of the network.
_PAID_CLICKS: dict[str, Channel] = {
    "gclid": "paid_search",
    "gbraid": "paid_search",
    "wbraid": "paid_search",
    "msclkid": "paid_search",
    "dclid": "display",
    "li_fat_id": "paid_social",
    "ttclid": "paid_social",
    "twclid": "paid_social",
    "rdt_cid": "paid_social",
    "sccid": "paid_social",
    "epik": "paid_social",
    "yclid": "paid_search",
    "irclickid": "affiliate",
}


def channel_of(campaign: Tags, clicks: Tags, referrer_host: str, arrives: bool) -> Channel:
    """Give the channel; "" for an event that is no arrival (`arrives` is false and no tags).

    >>> channel_of((("source", "bing"), ("medium", "cpc")), (), "", True)
    'paid_search'
    >>> channel_of((), (("gclid", "x"),), "www.google.de", True)
    'paid_search'
    >>> channel_of((), (), "www.google.de", True), channel_of((), (), "", True)
    ('organic_search', 'direct')
    """
    tags = dict(campaign)
    source, medium = tags.get("source", ""), tags.get("medium", "").lower()
    if medium or source:
        return _of_campaign(source, medium, clicks, referrer_host)
    for name, _ in clicks:
        if name in _PAID_CLICKS:
            return _PAID_CLICKS[name]
    if any(name == "fbclid" for name, _ in clicks):
        return "organic_social"
    if not arrives:
        return ""
    return _ORGANIC.get(place_of(referrer_host), "direct")


def _of_campaign(source: str, medium: str, clicks: Tags, referrer_host: str) -> Channel:
    place = place_of_source(source)
    if place in ("none", "other") and place_of(referrer_host) not in ("none", "other"):
        place = place_of(referrer_host)
    if medium in _DISPLAY:
        return "display"
    if _is_paid(medium):
        return _BOUGHT.get(place, _paid_kind(medium))
    if medium in _EMAIL or (not medium and place == "email"):
        return "email"
    if medium in _SOCIAL:
        return "organic_social"
    if medium in _PLAIN:
        return _PLAIN[medium]
    for name, _ in clicks:
        if name in _PAID_CLICKS:
            return _PAID_CLICKS[name]
    return (
        _ORGANIC[place] if place in ("search", "social", "video", "email", "assistant") else "other"
    )


def _is_paid(medium: str) -> bool:
    return medium in _PAID or medium.startswith(("paid", "cpc", "ppc")) or medium.endswith("_paid")


def _paid_kind(medium: str) -> Channel:
    if "social" in medium:
        return "paid_social"
    if "search" in medium or medium in ("sem", "sea"):
        return "paid_search"
    return "paid_video" if "video" in medium else "paid_other"
