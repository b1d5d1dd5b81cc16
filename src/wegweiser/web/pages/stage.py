"""The stage of a person or an account on its page: a sentence, and a bar for each stage."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.journey import STAGES
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.facts import Share
from wegweiser.web.text import Reader

# Below half a per cent a bar says nothing.
_LEAST = 0.005
# So much more likely than the shown stage must another be to be told of.
_CLEARLY = 0.1


class StageCard(msgspec.Struct, frozen=True):
    """What is believed now, in words, and the stages that are possible at all.

    `likely` tells of another stage where that one is clearly more likely than the one shown.
    """

    sentence: str
    shares: tuple[Share, ...]
    entries: str
    likely: str = ""


def stage_card(
    reader: Reader, told: JsonObject, names: Mapping[str, Mapping[str, str]]
) -> StageCard:
    """Make the card from a belief as the read API tells it; `names` by stage and language."""
    words, shares = told["words"], told["probabilities"]
    entries = told["entries"]
    if not isinstance(words, dict) or not isinstance(shares, dict) or not isinstance(entries, int):
        return StageCard("", (), "")
    return StageCard(
        str(words[reader.language]),
        tuple(
            Share(names[name][reader.language], reader.percent(share, 0), round(share * 10))
            for name, share in _numbers(shares)
            if share >= _LEAST
        ),
        reader.count("From {count} sign.", "From {count} signs.", entries),
        _likely(reader, str(told.get("stage", "")), dict(_numbers(shares)), names),
    )


def _numbers(shares: JsonObject) -> list[tuple[str, float]]:
    """Give the probability of each stage that has one, in the order of the journey."""
    found = ((name, shares.get(name)) for name in STAGES)
    return [(name, share) for name, share in found if isinstance(share, float)]


def _likely(
    reader: Reader,
    shown: str,
    shares: Mapping[str, float],
    names: Mapping[str, Mapping[str, str]],
) -> str:
    """Say which stage is more likely than the one shown, which holds until a change lasts."""
    if shown not in shares:
        return ""
    most = max(shares, key=lambda name: shares[name])
    if shares[most] < shares[shown] + _CLEARLY:
        return ""
    return reader.say(
        "Just now {stage} is more likely ({share}); the stage shown changes only when that lasts.",
        stage=names[most][reader.language],
        share=reader.percent(shares[most], 0),
    )
