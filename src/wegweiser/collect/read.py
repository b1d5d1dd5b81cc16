"""A decoded body becomes one log record and a list of what to tell the sender."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from wegweiser.collect.allowed_events import NOT_ALLOWED, may_be_set_aside
from wegweiser.collect.decode import Decoded
from wegweiser.collect.duplicate import fingerprint
from wegweiser.collect.element import Arrival, BatchDefaults, check_element, set_aside
from wegweiser.collect.key import key_text
from wegweiser.collect.limit import REPEATED_BYTES, Limits
from wegweiser.collect.route import Route
from wegweiser.collect.screen import ElementRejected, ElementSuppressed, Screen, screened
from wegweiser.terms.errors import BodyRefused, InputRefused
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Collected
from wegweiser.terms.source import Caller

# Set aside, but nothing that the sender did wrong: a single event is answered 200.
_ANSWERED_AS_KEPT = frozenset({"no_identifier", "too_old"})


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """An element of which the sender is told; `index` in the batch, from 0."""

    index: int
    message_id: str
    code: str


class Repaired(msgspec.Struct, frozen=True):
    """An element that was stored with repairs; each code once, in order."""

    index: int
    codes: tuple[str, ...]


class Reading(msgspec.Struct, frozen=True):
    """What a body gave: the record for the log, and what the answer says of it.

    `refusal` is the answer of a single-event route whose element was refused; the record
    holds the element all the same, so that quarantine keeps it.
    """

    record: Collected
    repaired: tuple[Repaired, ...] = ()
    quarantined: tuple[Told, ...] = ()
    rejected: tuple[Told, ...] = ()
    refusal: InputRefused | None = None

    @property
    def received(self) -> int:
        """The number of elements in the body."""
        record = self.record
        return (
            len(record.events)
            + len(record.refused)
            + record.suppressed
            + record.dropped
            + record.rejected
        )


def read_request(
    decoded: Decoded,
    route: Route,
    caller: Caller,
    received_at: int,
    new_message_id: Callable[[], str],
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    source_of_key: Callable[[str], str | None],
    client: str = "",
    sent_at: str | None = None,
    gpc: bool = False,
    screens: Sequence[Screen] = (),
) -> Reading:
    """Read all elements of a body; one bad element never changes what happens to another.

    `received_at` in ms; `source_of_key` names the source of a write key; `client` is the
    address of the connection, `sent_at` the header SentAt, `gpc` the header Sec-GPC;
    every event that could be read is shown to the `screens`.
    Raises BodyRefused `too_large` for more elements, or a larger root, than `limits` allow.
    """
    if len(decoded.elements) > limits.elements:
        raise BodyRefused("too_large", f"Send at most {limits.elements} elements.", 413)
    arrival = Arrival(
        call=route.call_type,
        received_at=received_at,
        public=caller.public,
        new_message_id=new_message_id,
        defaults=_defaults(decoded, sent_at) if route.batch else BatchDefaults(sent_at=sent_at),
        client=client,
        gpc=gpc,
        user_hash_secrets=caller.user_hash_secrets,
        limits=limits,
    )
    if route.batch:
        return _read_batch(decoded, arrival, caller, source_of_key, screens)
    return _read_single(decoded, arrival, caller, screens)


def _defaults(decoded: Decoded, sent_at: str | None) -> BatchDefaults:
    root = decoded.root
    context, integrations = _shared(root.get("context")), _shared(root.get("integrations"))
    stated = root.get("sentAt")
    size = len(msgspec.json.encode((context, integrations))) if context or integrations else 0
    if size * len(decoded.elements) > REPEATED_BYTES:
        raise BodyRefused(
            "too_large", "The batch's `context` is too large to hold for each element.", 413
        )
    sent = stated if stated is not None else sent_at
    return BatchDefaults(context, integrations, sent, decoded.root_repairs, size)


def _shared(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _read_single(
    decoded: Decoded, arrival: Arrival, caller: Caller, screens: Sequence[Screen]
) -> Reading:
    element, repairs = decoded.elements[0], decoded.repairs.get(0, ())
    try:
        event = check_element(
            element, arrival, decoded.sizes[0], repairs, decoded.faults.get(0, "")
        )
        passed = screened(event, screens)
    except InputRefused as refusal:
        if not may_be_set_aside(element, arrival.call, caller):
            return _rejected_alone(element, arrival, caller, NOT_ALLOWED)
        refused = set_aside(element, arrival, 0, refusal)
        return Reading(
            _record(arrival, caller, (), (refused,)),
            quarantined=(_told(refused),),
            refusal=None if refusal.code in _ANSWERED_AS_KEPT else refusal,
        )
    except ElementRejected as rejection:
        return _rejected_alone(element, arrival, caller, rejection.code)
    except ElementSuppressed as suppressed:
        # Answered like an element that was stored, so that nobody learns who was erased.
        return Reading(
            _record(arrival, caller, (), suppressed=(suppressed.message_id,)),
            repaired=_repaired([(0, repairs)]),
        )
    if passed is None:
        return Reading(_record(arrival, caller, (), dropped=(event.message_id,)))
    return Reading(
        _record(arrival, caller, (passed,)), repaired=_repaired([(0, repairs)]) if repairs else ()
    )


def _rejected_alone(element: Json, arrival: Arrival, caller: Caller, code: str) -> Reading:
    return Reading(
        _record(arrival, caller, (), rejected=1), rejected=(_turned_away(0, element, code),)
    )


class _Sorted(msgspec.Struct):
    """Where the elements of a batch went, by index; of `suppressed` ones their messageIds."""

    events: list[Event] = []
    refused: list[Refused] = []
    rejected: dict[int, Told] = {}
    dropped: dict[int, str] = {}
    suppressed: list[str] = []


def _read_batch(
    decoded: Decoded,
    arrival: Arrival,
    caller: Caller,
    source_of_key: Callable[[str], str | None],
    screens: Sequence[Screen],
) -> Reading:
    strangers = _strangers(decoded.elements, caller.source_id, source_of_key)
    found = _Sorted(rejected=strangers)
    repairs, faults = decoded.repairs, decoded.faults
    only = screens[0] if len(screens) == 1 else None
    for index, (element, size) in enumerate(zip(decoded.elements, decoded.sizes, strict=True)):
        if index in strangers:
            continue
        try:
            event = check_element(
                element, arrival, size, repairs.get(index, ()), faults.get(index, "")
            )
            passed = only(event) if only is not None else screened(event, screens)
        except InputRefused as refusal:
            if may_be_set_aside(element, arrival.call, caller):
                found.refused.append(set_aside(element, arrival, index, refusal))
            else:
                found.rejected[index] = _turned_away(index, element, NOT_ALLOWED)
        except ElementRejected as rejection:
            found.rejected[index] = _turned_away(index, element, rejection.code)
        except ElementSuppressed as suppressed:
            found.suppressed.append(suppressed.message_id)
        else:
            if passed is None:
                found.dropped[index] = event.message_id
            else:
                found.events.append(passed)
    return _batch_reading(found, arrival, caller, repairs)


def _batch_reading(
    found: _Sorted, arrival: Arrival, caller: Caller, repairs: Mapping[int, tuple[str, ...]]
) -> Reading:
    unstored = {refused.index for refused in found.refused}
    # What was suppressed is told of like what was stored: nobody learns who was erased.
    unstored |= found.rejected.keys() | found.dropped.keys()
    record = _record(
        arrival,
        caller,
        tuple(found.events),
        tuple(found.refused),
        rejected=len(found.rejected),
        dropped=tuple(found.dropped.values()),
        suppressed=found.suppressed,
    )
    return Reading(
        record,
        _repaired([(index, codes) for index, codes in repairs.items() if index not in unstored]),
        tuple(_told(refused) for refused in found.refused),
        tuple(told for _, told in sorted(found.rejected.items())),
    )


def _strangers(
    elements: list[Json], source_id: str, source_of_key: Callable[[str], str | None]
) -> dict[int, Told]:
    """Find the elements whose own key is not one of this source, by index."""
    strangers: dict[int, Told] = {}
    ours: dict[str, bool] = {}
    for index, element in enumerate(elements):
        if not isinstance(element, dict) or "writeKey" not in element:
            continue
        key = key_text(element["writeKey"])
        if not key:
            continue
        if key not in ours:
            ours[key] = source_of_key(key) == source_id
        if not ours[key]:
            strangers[index] = _turned_away(index, element, "key_mismatch")
    return strangers


def _record(
    arrival: Arrival,
    caller: Caller,
    events: tuple[Event, ...],
    refused: tuple[Refused, ...] = (),
    *,
    rejected: int = 0,
    dropped: Sequence[str] = (),
    suppressed: Sequence[str] = (),
) -> Collected:
    return Collected(
        received_at=arrival.received_at,
        source_id=caller.source_id,
        trust=caller.trust,
        kind=caller.kind,
        events=events,
        refused=refused,
        rejected=rejected,
        dropped=len(dropped),
        dropped_marks=_marks(caller, dropped) if dropped else (),
        suppressed=len(suppressed),
        suppressed_marks=_marks(caller, suppressed) if suppressed else (),
    )


def _marks(caller: Caller, message_ids: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(fingerprint(caller.source_id, name) for name in message_ids)


def _turned_away(index: int, element: Json, code: str) -> Told:
    message_id = element.get("messageId") if isinstance(element, dict) else None
    return Told(index, message_id[:100] if isinstance(message_id, str) else "", code)


def _told(refused: Refused) -> Told:
    return Told(refused.index, refused.message_id, refused.code)


def _repaired(found: list[tuple[int, tuple[str, ...]]]) -> tuple[Repaired, ...]:
    return tuple(
        Repaired(index, tuple(dict.fromkeys(repair.partition(" ")[0] for repair in repairs)))
        for index, repairs in found
        if repairs
    )
