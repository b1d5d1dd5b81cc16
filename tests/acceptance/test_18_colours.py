"""Check 18, at its source: yellow, green and red stand behind their tokens, and nowhere else."""

import re
from colorsys import rgb_to_hls
from pathlib import Path

import pytest

from wegweiser.web import text
from wegweiser.web.charts.palette import LIGHT

WEB = Path(text.__file__).parent
STYLE = (WEB / "static" / "app.css").read_text(encoding="utf-8")
HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
TOKEN = re.compile(r"(--[a-z0-9-]+):\s*(#[0-9a-fA-F]{3,6})")
# The edge of the signpost in the dark is as yellow as the signpost.
MAY_BE_YELLOW = {"--here", "--sign-edge"}
RULE = re.compile(r"^([^{}\n]*)\{([^{}]*)\}", re.MULTILINE)
USES_JUDGED = re.compile(r"^(?P<rule>[^{\n]*)\{[^}]*var\(--(?:good|bad)\)", re.MULTILINE)
# A verdict, its word in a table, and the dot beside the state of the workspace or of a proof.
JUDGES = {".dot.good", ".dot.bad", ".verdict.good", ".verdict.bad", ".good", ".bad"}
USES_HERE = re.compile(r"^(?P<rule>[^{\n]*)\{[^}]*var\(--here\)", re.MULTILINE)


def is_yellow(written: str) -> bool:
    """Tell whether a colour is yellow to the eye.

    >>> is_yellow("#f2b705"), is_yellow("#1d5bb8"), is_yellow("#f7f6f2")
    (True, False, False)
    """
    plain = written.lstrip("#")
    whole = plain if len(plain) == 6 else "".join(sign * 2 for sign in plain)
    red, green, blue = (int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, lightness, strength = rgb_to_hls(red, green, blue)
    return 0.09 < hue < 0.2 and strength > 0.5 and 0.2 < lightness < 0.85


def test_18_every_colour_stands_in_a_token() -> None:
    without = TOKEN.sub("", STYLE)
    assert [found for found in HEX.findall(without) if found.lower() != "#59636e"] == []


def test_18_only_the_token_of_here_is_yellow() -> None:
    yellow = {name for name, colour in TOKEN.findall(STYLE) if is_yellow(colour)}
    assert yellow == MAY_BE_YELLOW
    assert not [name for name, colour in LIGHT.items() if is_yellow(colour)]


def test_18_only_what_is_chosen_current_or_a_demo_wears_it() -> None:
    rules = [found["rule"].strip() for found in USES_HERE.finditer(STYLE)]
    assert rules
    assert [rule for rule in rules if not re.search(r"aria-current|\.demo|\.here", rule)] == []


def test_18_only_what_judges_is_green_or_red() -> None:
    rules = {found["rule"].strip() for found in USES_JUDGED.finditer(STYLE)}
    assert rules == JUDGES


@pytest.mark.parametrize("kind", ["faults", "notice", "banner"])
def test_18_what_is_wrong_with_a_form_is_told_in_ink(kind: str) -> None:
    classes = {"faults": r"\.wrong|\.at-field|aria-invalid", "notice": r"\.notice"}
    pattern = classes.get(kind, r"\.banner")
    rules = [one for one in RULE.findall(STYLE) if re.search(pattern, one[0])]
    assert rules
    assert not [one for one in rules if re.search(r"var\(--(good|bad)\)", one[1])]


def test_18_drawings_and_templates_name_no_colour() -> None:
    for folder, pattern in ((WEB / "templates", "*.html"), (WEB / "charts", "*.py")):
        for path in sorted(folder.rglob(pattern)):
            if path.name != "palette.py":
                assert not re.findall(r"#[0-9a-f]{6}\b", path.read_text(encoding="utf-8")), path
