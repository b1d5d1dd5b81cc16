"""The demo's messages and policies as the YAML documents that `wegweiser apply` takes."""

import yaml

from wegweiser.demo.booking import WINDOW_DAYS
from wegweiser.demo.messages import OFFERS, Offer, Wording
from wegweiser.demo.site import SITE
from wegweiser.terms.json import Json, JsonObject

HOLDOUT = 0.2
CONTACTS_PER_WEEK = 4
_COST_EUR = {"web": 0.0, "app": 0.0, "email": 0.01, "sales": 4.0}
_FORMATS = {"web": "hero", "app": "card", "email": "mail", "sales": "task"}
_ASK = {"de": "Mehr erfahren", "en": "Read more"}


def documents(holdout: float = HOLDOUT, random: float = 0.01, epoch: str = "demo-1") -> str:
    """Write all documents; `holdout` and `random` are the shares of accounts in these arms.

    >>> documents().splitlines()[0]
    'kind: placement'
    """
    arms: JsonObject = {
        "kind": "arms",
        "nothing": holdout,
        "random": random,
        "epoch": epoch,
        "unit": "account",
    }
    everything = [*_placements(), *_goals(), *map(_message, OFFERS), _cap(), arms, _buying_group()]
    text: str = yaml.safe_dump_all(everything, allow_unicode=True, sort_keys=False, width=100)
    return text


def _placements() -> list[JsonObject]:
    return [
        {"kind": "placement", "key": "home.hero", "channel": "web", "allow_nothing": False},
        {"kind": "placement", "key": "app.card", "channel": "app", "allow_nothing": False},
        {
            "kind": "placement",
            "key": "email.weekly",
            "channel": "email",
            "direction": "push",
            "allow_nothing": False,
        },
        {"kind": "placement", "key": "sales.next", "channel": "sales", "allow_nothing": True},
    ]


def _goals() -> list[JsonObject]:
    return [
        {
            "kind": "goal",
            "key": "demo-booked",
            "when": 'event == "Demo Booked"',
            "window_days": WINDOW_DAYS,
            "worth": 400.0,
            "unit": "account",
        },
        {
            "kind": "goal",
            "key": "deal-won",
            "when": 'event == "Deal Won"',
            "window_days": 60,
            "value_property": "amount",
            "unit": "account",
        },
    ]


def _buying_group() -> JsonObject:
    roles: JsonObject = {
        "economic": {"min": 1, "weight": 3},
        "technical": {"min": 1, "weight": 2},
        "security": {"min": 1, "weight": 1},
        "user": {"min": 2, "weight": 1},
    }
    return {"kind": "buying_group", "key": "suite", "name": "Suite", "roles": roles}


def _cap() -> JsonObject:
    return {
        "kind": "cap",
        "key": "person-week",
        "limit": CONTACTS_PER_WEEK,
        "window_hours": 7 * 24,
        "scope": "person",
        "channels": [],
    }


def _message(offer: Offer) -> JsonObject:
    document: JsonObject = {
        "kind": "message",
        "key": offer.key,
        "goal": "demo-booked",
        "topic": offer.topic,
        "value": offer.value,
    }
    if offer.rule:
        document["rules"] = [{"label": "eligible", "when": offer.rule, "on_unknown": "pass"}]
    document["variants"] = [
        _variant(offer, channel, locale, wording)
        for channel in offer.channels
        for locale, wording in (("de", offer.de), ("en", offer.en))
    ]
    return document


def _variant(offer: Offer, channel: str, locale: str, wording: Wording) -> Json:
    return {
        "key": f"{channel}-{locale}",
        "channel": channel,
        "locale": locale,
        "format": _FORMATS[channel],
        "content": {
            "title": wording.title,
            "text": wording.text,
            "button": _ASK[locale],
            "url": SITE + offer.path,
        },
        "cost": _COST_EUR[channel],
    }
