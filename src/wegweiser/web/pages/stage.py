"""The stage of a person or an account on its page: a sentence, and a bar for each stage."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.journey import STAGES
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.facts import Share
from wegweiser.web.text import Reader

# Below half a per cent a bar says nothing.
_LEAST = 0.005


class StageCard(msgspec.Struct, frozen=True):
    """What is believed now, in words, and the stages that are possible at all."""

    sentence: str
    shares: tuple[Share, ...]
    entries: str


def stage_card(
    reader: Reader, told: JsonObject, names: Mapping[str, Mapping[str, str]]
) -> StageCard:
    """Make the card from a belief as the read API tells it; `names` by stage and language."""
    words, shares = told["words"], told["probabilities"]
    entries = told["entries"]
    if not isinstance(words, dict) or not isinstance(shares, dict) or not isinstance(entries, int):
        return StageCard("", (), "")
    numbers = ((name, shares.get(name)) for name in STAGES)
    return StageCard(
        str(words[reader.language]),
        tuple(
            Share(names[name][reader.language], reader.percent(share, 0), round(share * 10))
            for name, share in numbers
            if isinstance(share, float) and share >= _LEAST
        ),
        reader.count("From {count} sign.", "From {count} signs.", entries),
    )
