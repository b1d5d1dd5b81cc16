"""Writes log records as JSON bytes and reads them back."""

import msgspec

from wegweiser.terms.errors import EngineBroken
from wegweiser.terms.record import Record

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Write a record as one JSON document that `decode` reads back unchanged.

    >>> from wegweiser.terms.record import Reported
    >>> encode(Reported(received_at=7, source_id="shop", outcomes=()))
    b'{"type":"reported","received_at":7,"source_id":"shop","outcomes":[]}'
    """
    return _encoder.encode(record)


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
