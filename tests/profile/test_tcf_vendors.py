"""Vendors in consent strings: bit fields, ranges, the list of disclosed ones, and rubbish."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.profile.tcf_vendors import tcf_decoded

CORE = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA"


def written(bits: str) -> str:
    """Write bits as the segments of a string are."""
    whole = bits + "0" * (-len(bits) % 8)
    data = int(whole, 2).to_bytes(len(whole) // 8, "big")
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def core(policy: int, vendors: str) -> str:
    """Write a core segment of a policy version with a section of vendors."""
    before = f"{2:06b}" + "0" * (36 + 36 + 12 + 12 + 6 + 12 + 12)
    purposes = "1" + "0" * 23
    return written(before + f"{policy:06b}" + "0" * 14 + purposes + "0" * 24 + "0" * 13 + vendors)


def field(*vendors: int) -> str:
    """Write vendors as a bit field."""
    most = max(vendors, default=0)
    return f"{most:016b}0" + "".join(str(int(one in vendors)) for one in range(1, most + 1))


def ranges(*pairs: tuple[int, int]) -> str:
    """Write vendors as ranges."""
    most = max((last for _, last in pairs), default=0)
    parts = (
        f"0{first:016b}" if first == last else f"1{first:016b}{last:016b}" for first, last in pairs
    )
    return f"{most:016b}1{len(pairs):012b}" + "".join(parts)


def test_vendors_stand_in_a_field_or_in_ranges() -> None:
    for section in (field(2, 6, 7, 8), ranges((2, 2), (6, 8))):
        found = tcf_decoded(core(4, section))
        assert found is not None
        assert (found.purposes, found.vendors, found.disclosed) == ((1,), (2, 6, 7, 8), None)


def test_without_a_list_no_vendor_counts_as_disclosed_since_version_2_3() -> None:
    found = tcf_decoded(core(5, field(2)))
    assert found is not None
    assert (found.vendors, found.disclosed) == ((2,), ())
    listed = tcf_decoded(core(5, field(2)) + "." + written("001" + ranges((1, 3))))
    assert listed is not None
    assert listed.disclosed == (1, 2, 3)


def test_what_is_no_string_of_version_2_says_nothing() -> None:
    overlapping = core(4, ranges((1, 60_000), (2, 60_000)))
    for text in ("", "consent!", overlapping, CORE[:20], core(4, field(2))[:-8], "A" + CORE[1:]):
        assert tcf_decoded(text) is None


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda data: data.hex()))
def test_rubbish_is_never_a_fault(text: str) -> None:
    assert tcf_decoded(text) is None or tcf_decoded(text)
