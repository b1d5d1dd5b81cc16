"""A request body as JSON: the fast parser first, the patient one where it gives up."""

import msgspec

from wegweiser.collect import strict
from wegweiser.collect.lenient import Mending, mend, parse_text
from wegweiser.collect.limit import DEPTH, ELEMENTS_PER_BATCH
from wegweiser.collect.span import Cut, closes_at_end, cut_deep, deeper_than
from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.json import Json, JsonObject

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Decoded(msgspec.Struct, frozen=True):
    """One body, parsed and repaired.

    `root` is the single event, or a batch's root without its elements. `sizes` are bytes per
    element (compact when repaired). `repairs` ("code /path") and `faults` (a refusal code:
    `too_deep`, `key_too_long`, `number_too_long`) go by index of element; an element that is
    too deep stands as its own text. `root_repairs` concern the root of a batch; `body` is what
    was read, where it is at hand.
    """

    root: JsonObject
    elements: list[Json]
    sizes: list[int]
    repairs: dict[int, tuple[str, ...]] = {}
    faults: dict[int, str] = {}
    root_repairs: tuple[str, ...] = ()
    body: bytes = b""


def decode(body: bytes, batch: bool, most_elements: int = ELEMENTS_PER_BATCH) -> Decoded:
    """Parse a body; `batch` says that its root must hold an array `batch` of elements.

    Raises BodyRefused `bad_json`, `bad_encoding`, `bad_shape` (400), `too_large` (413).

    >>> decode(b'{"type": "track", "event": "Visited"}', batch=False).root["event"]
    'Visited'
    >>> found = decode(b'{"batch": [{"x": NaN}, {}]}', batch=True)
    >>> found.elements, found.repairs
    ([{'x': None}, {}], {0: ('not_finite /x',)})
    """
    plain = _checked_bytes(body)
    return _decode_batch(plain, most_elements) if batch else _decode_single(plain)


def decode_list(body: bytes, most_elements: int = ELEMENTS_PER_BATCH) -> Decoded:
    """Parse a body that is an array of elements, without a root around it, or one of them.

    Raises BodyRefused as `decode` does.

    >>> decode_list(b'[{"x": 1}, {}]').elements, decode_list(b'{"x": 1}').elements
    ([{'x': 1}, {}], [{'x': 1}])
    """
    plain = _checked_bytes(body).strip(b" \t\r\n")
    if plain[:1] not in (b"{", b"["):
        parse_text(plain.decode())
        raise BodyRefused("bad_shape", "The body is neither a JSON array nor an object.")
    # Else a body could close the batch that is written around it here.
    if not closes_at_end(plain.decode()):
        raise BodyRefused("bad_json", "The body is not JSON: its brackets do not match.")
    array = plain if plain.startswith(b"[") else b"[" + plain + b"]"
    return _decode_batch(b'{"batch":' + array + b"}", most_elements)


def decode_value(body: bytes) -> Json:
    """Parse and repair a body of any shape, for the calls that carry no events.

    Raises BodyRefused `bad_json`, `bad_encoding`, `too_deep`.
    """
    plain = _checked_bytes(body)
    if not strict.needs_repair(plain):
        try:
            return strict.read_object_or_list(plain)
        except strict.REFUSALS:
            pass
    text = plain.decode()
    if deeper_than(text, DEPTH):
        raise BodyRefused("too_deep", f"The body is nested deeper than {DEPTH} levels.")
    mending = Mending()
    value = mend(parse_text(text), mending)
    if mending.fault:
        raise BodyRefused(mending.fault, "The body holds a key or number that is too long.")
    return value


def _checked_bytes(body: bytes) -> bytes:
    plain = body[3:] if body.startswith(_BYTE_ORDER_MARK) else body
    if plain.isascii():
        return plain
    try:
        plain.decode()
    except UnicodeDecodeError as error:
        raise BodyRefused(
            "bad_encoding", f"The body is not UTF-8: byte {error.start + 1} cannot be read."
        ) from None
    return plain


def _decode_single(body: bytes) -> Decoded:
    if not strict.needs_repair(body):
        try:
            root = strict.read_object(body)
        except strict.REFUSALS:
            pass
        else:
            return Decoded(root, [root], [len(body)], body=body)
    element, repairs, fault = _mended_element(body.decode())
    if fault != "too_deep" and not isinstance(element, dict):
        raise BodyRefused("bad_shape", "The body is not a JSON object.")
    root = element if isinstance(element, dict) else {}
    return Decoded(
        root,
        [element],
        [_compact_bytes(element)],
        {0: repairs} if repairs else {},
        {0: fault} if fault else {},
        body=body,
    )


def _mended_element(text: str) -> tuple[Json, tuple[str, ...], str]:
    if deeper_than(text, DEPTH):
        parse_text(_shallow(cut_deep(text)))
        return text, (), "too_deep"
    mending = Mending()
    element = mend(parse_text(text), mending)
    return element, tuple(mending.repairs), mending.fault


def _shallow(cut: Cut) -> str:
    # What is still deep after cutting was never closed: no parser has to climb down to know.
    if deeper_than(cut.text, DEPTH + 2):
        raise BodyRefused("bad_json", "The body is not JSON: brackets are not closed.")
    return cut.text


def _compact_bytes(element: Json) -> int:
    return len(msgspec.json.encode(element))


def _decode_batch(body: bytes, most_elements: int) -> Decoded:
    try:
        root, pieces = strict.split_batch(body)
    except strict.REFUSALS:
        return _decode_batch_patiently(body.decode(), most_elements)
    _check_count(len(pieces), most_elements)
    doubtful = strict.needs_repair(body)
    if doubtful and strict.needs_repair(msgspec.json.encode(root)):
        return _decode_batch_patiently(body.decode(), most_elements)
    return _read_pieces(root, pieces, doubtful, body)


def _read_pieces(
    root: JsonObject, pieces: list[msgspec.Raw], doubtful: bool, body: bytes
) -> Decoded:
    if not doubtful:
        try:
            plain: list[Json] = list(map(strict.read_object, pieces))
        except strict.REFUSALS:
            pass  # one of them needs mending
        else:
            return Decoded(root, plain, [memoryview(one).nbytes for one in pieces], body=body)
    elements: list[Json] = []
    repairs: dict[int, tuple[str, ...]] = {}
    faults: dict[int, str] = {}
    sizes: list[int] = []
    read = strict.read_object
    for index, piece in enumerate(pieces):
        size = memoryview(piece).nbytes
        try:
            if doubtful and strict.needs_repair(bytes(piece)):
                raise strict.NeedsRepair
            elements.append(read(piece))
        except (strict.NeedsRepair, *strict.REFUSALS):
            element, mended, fault = _mended_element(bytes(piece).decode())
            elements.append(element)
            size = _compact_bytes(element)
            if mended:
                repairs[index] = mended
            if fault:
                faults[index] = fault
        sizes.append(size)
    return Decoded(root, elements, sizes, repairs, faults, body=body)


def _decode_batch_patiently(text: str, most_elements: int) -> Decoded:
    cut = cut_deep(text) if deeper_than(text, DEPTH) else None
    root = parse_text(_shallow(cut) if cut else text)
    if not isinstance(root, dict):
        raise BodyRefused("bad_shape", "The body is not a JSON object.")
    batch = root.pop("batch", None)
    if not isinstance(batch, list):
        raise BodyRefused("bad_shape", "`batch` is not an array.")
    _check_count(len(batch), most_elements)
    deep = cut.elements if cut else {}
    elements: list[Json] = []
    repairs: dict[int, tuple[str, ...]] = {}
    faults: dict[int, str] = {}
    for index, element in enumerate(batch):
        mending = Mending()
        elements.append(deep[index] if index in deep else mend(element, mending))
        if mending.repairs:
            repairs[index] = tuple(mending.repairs)
        if index in deep or mending.fault:
            faults[index] = "too_deep" if index in deep else mending.fault
    root, root_repairs = _mended_root(root, cut is not None and cut.root)
    sizes = [_compact_bytes(element) for element in elements]
    return Decoded(root, elements, sizes, repairs, faults, root_repairs)


def _mended_root(root: JsonObject, cut: bool) -> tuple[JsonObject, tuple[str, ...]]:
    mended: JsonObject = {}
    repairs: dict[str, None] = {"too_deep": None} if cut else {}
    for name in ("context", "integrations", "sentAt", "writeKey"):
        mending = Mending()
        value = mend(root.get(name), mending, f"/{name}", depth=2)
        repairs |= mending.repairs
        if mending.fault:
            repairs[f"{mending.fault} /{name}"] = None
            value = None
        mended[name] = value
    return mended, tuple(repairs)


def _check_count(count: int, most_elements: int) -> None:
    if count > most_elements:
        raise BodyRefused(
            "too_large", f"The batch holds {count} elements; send at most {most_elements}.", 413
        )
