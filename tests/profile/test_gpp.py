"""Strings of the Global Privacy Platform, written here by hand, and what they come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.profile.choices import read_choices
from wegweiser.profile.consent import Choices, choice_on
from wegweiser.profile.gpp import gpp_decoded
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TCF = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA"
OUT, IN, SILENT = 1, 2, 0


def signs(bits: str) -> str:
    """Write bits as signs of six."""
    whole = bits + "0" * (-len(bits) % 6)
    return "".join(SIGNS[int(whole[place : place + 6], 2)] for place in range(0, len(whole), 6))


def fibonacci(number: int) -> str:
    """Write a number as a sum of Fibonacci numbers, the smallest first."""
    weights = [1, 2]
    while weights[-1] <= number:
        weights.append(weights[-1] + weights[-2])
    bits = ""
    for weight in reversed([one for one in weights if one <= number]):
        bits = ("1" if weight <= number else "0") + bits
        number -= weight if weight <= number else 0
    return bits + "1"


def header(sections: list[int]) -> str:
    """Write a header that names sections one by one."""
    bits, before = f"{3:06b}{1:06b}{len(sections):012b}", 0
    for section in sections:
        bits, before = bits + "0" + fibonacci(section - before), section
    return signs(bits)


def us(*fields: int, control: bool | None = None) -> str:
    """Write a section of the United States: version 1, then fields of two bits."""
    core = signs(f"{1:06b}" + "".join(f"{field:02b}" for field in fields))
    return core if control is None else f"{core}.{signs(f'01{control:b}')}"


def told(gpp: Json) -> Choices:
    """Read what an event with such a string says."""
    choices: Choices = {}
    event = Event(type="page", message_id="m", at=5)
    read_choices(event, {"consent": {"gpp": gpp}}, choices)
    return choices


NATIONAL = (1, 1, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("section", "part", "out"),
    [
        (7, us(*NATIONAL, IN, IN, IN), False),
        (7, us(*NATIONAL, OUT, IN, IN), True),
        (7, us(*NATIONAL, IN, OUT, IN), True),
        (7, us(*NATIONAL, IN, IN, OUT), True),
        (7, us(*NATIONAL, SILENT, SILENT, SILENT), False),
        (7, us(*NATIONAL, IN, IN, IN, control=True), True),
        (7, us(*NATIONAL, IN, IN, IN, control=False), False),
        (8, us(1, 1, 0, OUT, IN), True),
        (9, us(1, 1, 1, IN, OUT), True),
        (9, us(1, 1, 1, IN, IN), False),
        (11, us(1, 1, 1, OUT, IN, IN), False),
        (11, us(1, 1, 1, IN, OUT, IN), True),
        (6, "1YYN", True),
        (6, "1YNN", False),
        (6, "1---", False),
        (40, "BBBB", False),
    ],
)
def test_who_opts_out(section: int, part: str, out: bool) -> None:
    found = gpp_decoded(f"{header([section])}~{part}")
    assert found is not None
    assert (found.sections, bool(found.opted_out)) == ((section,), out)


def test_an_opt_out_denies_sharing_and_nothing_grants_it() -> None:
    out = f"{header([7])}~{us(*NATIONAL, OUT, OUT, OUT)}"
    for purpose in ("sharing", "advertising"):
        said = choice_on(purpose, told(out))
        assert said is not None
        assert said.denied
    assert told(f"{header([7])}~{us(*NATIONAL, IN, IN, IN)}") == {}


def test_the_european_section_is_read_as_such_unless_it_does_not_apply() -> None:
    text = f"{header([2, 7])}~{TCF}~{us(*NATIONAL, OUT, IN, IN)}"
    both = told(text)
    assert both["tcf.1"].status == "granted"
    assert both["sharing"].status == "denied"
    american = told({"gppString": text, "applicableSections": [7]})
    assert american.keys() == {"sharing", "advertising"}
    european = told({"gppString": text, "applicableSections": [2]})
    assert "sharing" not in european
    assert european["tcf.1"].status == "granted"


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True).map(sorted))
def test_a_header_names_its_sections(sections: list[int]) -> None:
    found = gpp_decoded("~".join((header(sections), *("BAAA" for _ in sections))))
    assert found is not None
    assert found.sections == tuple(sections)


def test_a_header_may_name_a_range() -> None:
    bits = f"{3:06b}{1:06b}{1:012b}" + "1" + fibonacci(7) + fibonacci(2)
    found = gpp_decoded(f"{signs(bits)}~BAAA~BAAA~BAAA")
    assert found is not None
    assert found.sections == (7, 8, 9)


@given(st.one_of(st.text(max_size=80), st.text(alphabet=SIGNS + "~.", max_size=80)))
def test_rubbish_is_never_a_fault(text: str) -> None:
    gpp_decoded(text)
    told(text)
    told({"gppString": text, "applicableSections": text})
