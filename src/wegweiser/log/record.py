"""Writes log records as JSON bytes and reads them back."""

import msgspec

from wegweiser.terms.errors import EngineBroken
from wegweiser.terms.record import Record

_encoder = msgspec.json.Encoder()
_BEFORE_DECISION = b'{"type":"decided","decision":'
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Write a record as one JSON document that `decode` reads back unchanged.

    >>> from wegweiser.terms.record import Reported
    >>> encode(Reported(received_at=7, source_id="shop", outcomes=()))
    b'{"type":"reported","received_at":7,"source_id":"shop","outcomes":[]}'
    """
    return _encoder.encode(record)


def decision_in(payload: bytes) -> bytes:
    """Give the bytes of the decision in a record of one that `encode` wrote.

    They are what the decision alone would be written as, so that it is written only once.
    """
    return payload[len(_BEFORE_DECISION) : -1]


def decode(payload: bytes) -> Record:
    """Read a record; fields that a newer version added are ignored.

    Raises EngineBroken when it is no record: the log is the truth, so nothing may be skipped.

    >>> decode(b'{"type":"reported","received_at":7,"source_id":"shop","outcomes":[],"new":1}')
    Reported(received_at=7, source_id='shop', outcomes=())
    """
    try:
        return _decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise EngineBroken(f"A log record cannot be read: {error}") from error
