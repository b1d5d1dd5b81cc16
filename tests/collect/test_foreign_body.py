"""Foreign bodies: whatever comes is one JSON value that the log can hold."""

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.foreign_body import kept_headers, read_body, read_fields
from wegweiser.terms.json import Json

FORM = "application/x-www-form-urlencoded; charset=utf-8"


@pytest.mark.parametrize(
    ("raw", "content_type", "body"),
    [
        (b'{"a": NaN}', "", {"a": None}),
        (b"[1, 2]", FORM, [1, 2]),
        (b"a=1&a=2&b=", FORM, {"a": ["1", "2"], "b": ""}),
        (b"a=%C3%A4+b", FORM, {"a": "ä b"}),
        (b"a=1", "text/plain", "a=1"),
        (b"", "application/json", None),
        (b" \n", "", None),
        (b"\xff<x/>", "text/xml", "\ufffd<x/>"),
        (b"no\0", "", "no\ufffd"),
        (b"--x", "multipart/form-data; boundary=y", "--x"),
    ],
)
def test_what_comes_is_read_as_what_it_is(raw: bytes, content_type: str, body: Json) -> None:
    assert read_body(raw, content_type) == body


def test_a_form_in_parts_gives_its_fields_and_the_names_of_its_files() -> None:
    sent = httpx.Request(
        "POST",
        "https://example.com",
        data={"from": "Ada <ada@acme.example>", "envelope": '{"to": ["x"]}'},
        files={"attachment": ("offer.pdf", b"\x00\x01", "application/pdf")},
    )
    found = read_body(sent.read(), sent.headers["content-type"], ["envelope"])
    assert found == {
        "from": "Ada <ada@acme.example>",
        "envelope": {"to": ["x"]},
        "attachment": "offer.pdf",
    }


PARTS = "multipart/form-data; boundary=b"
PIECES = st.sampled_from(
    [b"--b", b"--", b"\r\n", b"\n", b" ", b"Content-Disposition:", b"; name=", b'"', b"a", b"\\"]
)


def in_parts(*parts: tuple[str, str]) -> bytes:
    written = "".join(f"--b\r\n{head}\r\n\r\n{content}\r\n" for head, content in parts)
    return f"{written}--b--\r\n".encode()


def of_name(name: str, more: str = "") -> str:
    return f'Content-Disposition: form-data; name="{name}"{more}'


@pytest.mark.parametrize(
    ("parts", "content_type", "body"),
    [
        ([(of_name("a"), "1"), (of_name("a"), "2")], PARTS, {"a": ["1", "2"]}),
        ([(of_name("a"), "x\r\n--bb\r\n--b c\r\ny")], PARTS, {"a": "x\r\n--bb\r\n--b c\r\ny"}),
        ([(of_name("a"), "one\r\n\r\ntwo")], PARTS, {"a": "one\r\n\r\ntwo"}),
        ([(of_name("a"), "")], PARTS.replace("=b", '="b"'), {"a": ""}),
        ([("content-disposition:form-data;name=a", "1")], PARTS.upper()[:30] + "b", {"a": "1"}),
        ([(of_name("f", '; filename="a\\"; name=x.pdf"'), "1")], PARTS, {"f": 'a"; name=x.pdf'}),
        ([(of_name("f", '; filename="C:\\temp\\a.pdf"'), "1")], PARTS, {"f": "C:\\temp\\a.pdf"}),
        ([(of_name("f", '; filename=""'), "")], PARTS, {"f": ""}),
        ([("X-Other: 1\r\n" + of_name("\u00e4"), "\u00fc")], PARTS, {"\u00e4": "\u00fc"}),
        ([("X-Other: 1", "1"), (of_name("a"), "2")], PARTS, {"a": "2"}),
    ],
)  # fmt: skip
def test_parts_are_told_from_what_stands_in_them(
    parts: list[tuple[str, str]], content_type: str, body: Json
) -> None:
    raw = in_parts(*parts)
    assert read_body(raw, content_type) == body
    # Some senders end their lines with a line feed alone.
    if not any("\r" in content for _, content in parts):
        assert read_body(raw.replace(b"\r\n", b"\n"), content_type) == body


@pytest.mark.parametrize(
    "head", ["Content-Disposition: " + sign * 3_000 for sign in ("(", '"', ";", "\\", ';a="')]
)
def test_a_head_that_makes_no_sense_leaves_a_text(head: str) -> None:
    raw = in_parts((head, "1"))
    assert read_body(raw, PARTS) == raw.decode()


def test_a_thousand_parts_are_read_and_no_more() -> None:
    raw = in_parts(*((of_name(f"f{number}"), "1") for number in range(1_500)))
    found = read_body(raw, PARTS)
    assert isinstance(found, dict)
    assert (len(found), found["f999"]) == (1_000, "1")
    flood = in_parts((of_name("a"), "1"), *((of_name("b"), "1") for _ in range(50_000)))
    found = read_body(flood, PARTS)
    assert isinstance(found, dict)
    assert found["a"] == "1"


def test_a_thousand_fields_are_read_and_no_more() -> None:
    assert len(read_fields("&".join(f"f{n}=1" for n in range(5_000)))) == 1_000


def test_headers_that_prove_or_name_somebody_are_not_kept() -> None:
    sent = {
        "authorization": "Bearer x",
        "cookie": "a=b",
        "x-forwarded-for": "192.0.2.1",
        "x-token": "t",
        "x-topic": "orders",
    }
    assert kept_headers(sent, frozenset({"x-token"})) == {"x-topic": "orders"}


@given(
    st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map(b"".join)),
    st.sampled_from(["", FORM, PARTS, "multipart/form-data", "multipart/form-data; boundary=("]),
)
def test_nothing_breaks_and_everything_can_be_kept(raw: bytes, content_type: str) -> None:
    msgspec.json.encode(read_body(raw, content_type, ["a"]))
