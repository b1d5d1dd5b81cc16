"""Archive rows that say what each candidate of a published bundle was, so that draws have names."""

from collections.abc import Iterator, Sequence

import msgspec
import pyarrow as pa

from wegweiser.decide.candidate import candidates
from wegweiser.flow.archive_rows import Judged, Row
from wegweiser.query.relation import CANDIDATES
from wegweiser.terms.instant import day_of
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Message, Variant
from wegweiser.terms.record import Published


def candidate_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per candidate of every published bundle, by its index in the draws."""
    return CANDIDATES.rows([row for one in judged for row in _rows(one)])


def _rows(one: Judged) -> Iterator[Row]:
    if not isinstance(one.record, Published):
        return
    at = one.record.at
    for index, candidate in enumerate(candidates(one.record.bundle)):
        message, variant = candidate.message, candidate.variant
        yield {
            "position": one.position,
            "idx": index,
            "occurred_at": at * 1000,
            "received_at": at * 1000,
            "received_day": day_of(at),
            "bundle": one.record.bundle.number,
            "message": message.key,
            "variant": variant.key,
            "channel": variant.channel,
            "cost": variant.cost,
            "attributes": msgspec.json.encode(attributes_of(message, variant)).decode(),
        }


def attributes_of(message: Message, variant: Variant) -> JsonObject:
    """Give what is declared of a variant: topic, goal, owner, aims, format and its attributes.

    Attributes of the content itself stand under its key `attributes`.

    >>> attributes_of(Message("m", (), topic="price"), Variant("v", "web", format="hero"))
    {'topic': 'price', 'format': 'hero'}
    """
    declared: JsonObject = {
        "topic": message.topic,
        "goal": message.goal,
        "owner": message.owner,
        "stage_aim": message.stage_aim,
        "persona_aim": message.persona_aim,
        "format": variant.format or message.format,
        "locale": variant.locale,
    }
    own = variant.content.get("attributes")
    stated = own if isinstance(own, dict) else {}
    plain = {name: value for name, value in stated.items() if isinstance(value, str)}
    return {name: value for name, value in {**declared, **plain}.items() if value}
