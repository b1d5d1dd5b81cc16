"""JSON as clients send it: what is repaired, what is refused, and that two parsers agree."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect import strict
from wegweiser.collect.decode import decode, decode_value
from wegweiser.collect.lenient import Mending, mend, parse_text
from wegweiser.collect.limit import DEPTH
from wegweiser.collect.span import deeper_than
from wegweiser.terms.errors import BodyRefused

NOT_JSON = [
    b"",
    b" \n",
    b'{"a":1',
    b'{"a":1,}',
    b'{"a":1}//x',
    b"{'a':1}",
    b"{a:1}",
    b'{"a":1}{"a":2}',
    b'{"a":1}\n{"a":2}',
    b'{"a":1}\0',
    b'{"a":01}',
    b'{"a":+1}',
    b'{"a":0x10}',
    b'{"a":1.}',
    b'{"a":.5}',
    b'{"a":"\x01"}',
    b'{"a":"\\x41"}',
    b'{"a":"\\u12"}',
    b'{"a":nan}',
    b"{" * 200_000,
    b'{"a":' * 5_000,
    b'{"a":"' + b'\\"' * 200_000,  # takes minutes where the search for the end starts anew
    b'{"batch":[' + b"[" * 40 + b"]" * 200_000,
    b"\xef\xbb\xbf\xef\xbb\xbf{}",
]


@pytest.mark.parametrize("body", NOT_JSON)
@pytest.mark.parametrize("batch", [True, False])
def test_what_is_not_json_is_refused(body, batch):
    with pytest.raises(BodyRefused) as refused:
        decode(body, batch)
    assert (refused.value.code, refused.value.status) == ("bad_json", 400)


@pytest.mark.parametrize("body", NOT_JSON)
def test_an_element_that_is_not_json_spoils_the_whole_body(body):
    with pytest.raises(BodyRefused) as refused:
        decode(b'{"batch":[{},' + body + b"]}", batch=True)
    assert refused.value.code == "bad_json"


@pytest.mark.parametrize(
    "body",
    [
        '{"a":"ä"}'.encode("latin-1"),
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-32"),
        b'{"a":"\xc0\xaf"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xf4\x90\x80\x80"}',
        b'{"a":NaN,"b":"\xff"}',
    ],
)
def test_what_is_not_strict_utf8_is_refused(body):
    for whole, batch in ((body, False), (b'{"batch":[' + body + b"]}", True)):
        with pytest.raises(BodyRefused) as refused:
            decode(whole, batch)
        assert refused.value.code == "bad_encoding"


@pytest.mark.parametrize("body", [b"true", b'"track"', b"[{}]", b"null", b"1", b"NaN"])
@pytest.mark.parametrize("batch", [True, False])
def test_a_body_is_an_object(body, batch):
    with pytest.raises(BodyRefused) as refused:
        decode(body, batch)
    assert refused.value.code == "bad_shape"


@pytest.mark.parametrize("body", [b"{}", b'{"batch":{}}', b'{"batch":null}', b'{"batch":"x"}'])
def test_a_batch_is_an_array(body):
    with pytest.raises(BodyRefused) as refused:
        decode(body, batch=True)
    assert refused.value.code == "bad_shape"


REPAIRED = [
    (b"NaN", None, ["not_finite"]),
    (b"-Infinity", None, ["not_finite"]),
    (b"1e400", None, ["not_finite"]),
    (b"-0", 0, []),
    (b"-0.0", 0.0, []),
    (b"-1e-400", 0.0, []),
    (b"9223372036854775807", 9223372036854775807, []),
    (b"-9223372036854775807", -9223372036854775807, []),
    (b"9223372036854775808", "9223372036854775808", ["big_int"]),
    (b"-9223372036854775808", "-9223372036854775808", ["big_int"]),
    (b"1" * 4_300, "1" * 4_300, ["big_int"]),
    (b"0." + b"1" * 5_000, 0.1111111111111111, []),
    (b'"a\\u0000b"', "a\ufffdb", ["nul"]),
    (b'"\\ud83d"', "\ufffd", ["surrogate"]),
    (b'"\\ude00\\ud83d\\u0000"', "\ufffd\ufffd\ufffd", ["nul", "surrogate"]),
    (b'"\\ud83d\\ude00"', "\U0001f600", []),
    (b'"\\uffff\\u0085\\u2028"', "\uffff\x85\u2028", []),
]


@pytest.mark.parametrize(("sent", "kept", "codes"), REPAIRED)
def test_what_cannot_be_stored_is_repaired(sent, kept, codes):
    found = decode(b'{"a":{"x":[' + sent + b"]}}", batch=False)
    assert repr(found.root["a"]) == repr({"x": [kept]})
    assert found.repairs.get(0, ()) == tuple(f"{code} /a/x/0" for code in codes)
    many = decode(b'{"batch":[{},{"x":' + sent + b"},{}]}", batch=True)
    assert repr(many.elements) == repr([{}, {"x": kept}, {}])
    assert many.repairs == ({1: tuple(f"{code} /x" for code in codes)} if codes else {})
    assert repr(decode_value(b"[" + sent + b"]")) == repr([kept])


def test_keys_are_repaired_too_and_the_last_of_two_wins():
    found = decode(b'{"a\\u0000":1,"b\\ud800":2,"c":3,"c":4}', batch=False)
    assert found.root == {"a\ufffd": 1, "b\ufffd": 2, "c": 4}
    assert {repair.split()[0] for repair in found.repairs[0]} == {"nul", "surrogate"}


def test_one_byte_order_mark_is_dropped():
    assert decode(b'\xef\xbb\xbf{"a":1}', batch=False).root == {"a": 1}


def test_after_many_repairs_only_their_codes_are_kept():
    body = b'{"x":[' + b",".join([b"NaN"] * 3_000) + b"]}"
    (repairs,) = decode(body, batch=False).repairs.values()
    assert 20 < len(repairs) < 30
    assert repairs[-1] == "not_finite"


DEEP = b"[" * 33 + b'"]"' + b"]" * 33


@pytest.mark.parametrize("repeat", [1, 200])
def test_one_deep_element_is_cut_out_of_its_batch(repeat):
    deep = b"[" * repeat + DEEP + b"]" * repeat
    body = b'{"batch":[{"s":"],[{"},1,' + deep + b',{"x":' + deep + b'},{"b":2}],"sentAt":"t"}'
    found = decode(body, batch=True)
    assert found.elements[:2] == [{"s": "],[{"}, 1]
    assert found.elements[2:4] == [deep.decode(), '{"x":' + deep.decode() + "}"]
    assert found.elements[4] == {"b": 2}
    assert found.faults == {2: "too_deep", 3: "too_deep"}
    assert found.root["sentAt"] == "t"


def test_the_last_of_two_batches_counts_whatever_was_too_deep_in_the_first():
    body = b'{"batch":[' + DEEP + b'],"x":[],"\\u0062atch":[{},' + DEEP + b"]}"
    found = decode(body, batch=True)
    assert found.elements == [{}, DEEP.decode()]
    assert found.faults == {1: "too_deep"}


def test_the_deepest_that_is_allowed_is_kept():
    inner = b"[" * 31 + b"1" + b"]" * 31
    for body, batch in ((b'{"x":' + inner + b"}", False), (b'{"batch":[{"x":%s}]}' % inner, True)):
        assert decode(body, batch).faults == {}
    for body, batch in (
        (b'{"x":[' + inner + b"]}", False),
        (b'{"batch":[{"x":[%s]}]}' % inner, True),
    ):
        assert decode(body, batch).faults == {0: "too_deep"}


def test_other_bodies_have_a_depth_as_well():
    with pytest.raises(BodyRefused) as refused:
        decode_value(b"[" * 100_000)
    assert refused.value.code == "too_deep"


# Laws -------------------------------------------------------------------------------------

EDGES = [
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "-0", "-0.0", "-0e5", "1E-400"),
    *("-1e-400", "-1.5E-999", "1e5", "0.1", "1.0", "1e22", "5e-324", "2.5e+3", "0", "-7"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808"),
    *("18446744073709551616", "123456789012345678901234567890", "true", "false", "null"),
]
STRINGS = st.one_of(
    st.text(max_size=8).map(json.dumps),
    st.text(max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.sampled_from(['"\\u0000"', '"\\ud83d"', '"\\ude00x"', '"\\u005c"', '"a\\/b"', '"-0.0"']),
    st.integers(250, 260).map(lambda size: json.dumps("k" * size)),
)
SCALARS = st.one_of(
    st.sampled_from(EDGES),
    STRINGS,
    st.integers().map(str),
    st.floats().map(json.dumps),
)


def composed(parts):
    pairs = st.tuples(STRINGS, parts).map(lambda pair: f"{pair[0]} : {pair[1]}")
    return st.one_of(
        st.lists(parts, max_size=4).map(lambda items: "[" + " ,".join(items) + "]"),
        st.lists(pairs, max_size=4).map(lambda items: "{" + ", ".join(items) + "}"),
        st.tuples(st.integers(1, 40), parts).map(
            lambda deep: "[" * deep[0] + deep[1] + "]" * deep[0]
        ),
    )


VALUES = st.recursive(SCALARS, composed, max_leaves=12)
OBJECTS = st.lists(st.tuples(STRINGS, VALUES), max_size=5).map(
    lambda pairs: "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}"
)
SHREDS = st.lists(
    st.sampled_from([*EDGES, '"a"', '"\\u00', '"', "{", "}", "[", "]", ":", ",", " ", "\\", "ä"]),
    max_size=10,
).map("".join)


@given(st.one_of(OBJECTS, SHREDS.map(lambda text: '{"a":' + text + "}")))
def test_what_the_fast_parser_accepts_the_patient_one_reads_alike(text):
    body = text.encode()
    if strict.needs_repair(body):
        return
    try:
        quick = strict.read_object(body)
    except strict.REFUSALS:
        return
    mending = Mending()
    patient = mend(parse_text(text), mending)
    assert repr(patient) == repr(quick)
    assert (mending.repairs, mending.fault) == ({}, "")


@given(st.lists(VALUES, max_size=4), OBJECTS)
def test_both_ways_through_a_batch_give_the_same(elements, context):
    members = f'"batch":[{",".join(elements)}],"context":{context}'
    quick = decode(("{" + members + "}").encode(), batch=True)
    # The fast way knows no other field in the root than those of real clients.
    patient = decode(("{" + members + ',"unheard_of":1}').encode(), batch=True)
    assert repr(quick.elements) == repr(patient.elements)
    assert (quick.repairs, quick.faults) == (patient.repairs, patient.faults)
    assert repr(quick.root["context"]) == repr(patient.root["context"])
    assert quick.root_repairs == patient.root_repairs


@given(st.one_of(VALUES, SHREDS), st.booleans())
def test_any_text_is_read_or_refused_and_can_be_written_again(text, batch):
    body = ('{"batch":[' + text + "]}").encode()
    found, code = decoded_or_code(body, batch)
    if found is None:
        assert code == "bad_json"
    else:
        written = json.dumps(found.elements, allow_nan=False, ensure_ascii=False).encode()
        assert b"\0" not in written


def decoded_or_code(body, batch):
    try:
        return decode(body, batch), ""
    except BodyRefused as refused:
        return None, refused.code


def patiently(text):
    if deeper_than(text, DEPTH):
        return "too_deep"
    mending = Mending()
    try:
        value = mend(parse_text(text), mending)
    except BodyRefused as refusal:
        return refusal.code
    return mending.fault or repr(value)


@given(st.one_of(VALUES, SHREDS))
def test_a_body_of_any_shape_is_read_as_the_patient_parser_reads_it(text):
    try:
        found = repr(decode_value(text.encode()))
    except BodyRefused as refusal:
        found = refusal.code
    assert found == patiently(text)
