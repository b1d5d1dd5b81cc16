"""Values are put in once, escaped where they must be, and a missing one stops the send."""

from html import unescape
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.deliver.render import Missing, places, render
from wegweiser.terms.errors import InputRefused

PLACE = "{{ person.traits.firstName }}"
VISIBLE = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1)


def values(value):
    return {"person": {"traits": {"firstName": value}}}


def test_places_are_filled_at_any_depth():
    content = {"a": f"Hi {PLACE}!", "b": [{"c": "{{person.traits.firstName}}"}, 7, None], "d": True}
    assert render(content, values("Ada")) == {
        "a": "Hi Ada!",
        "b": [{"c": "Ada"}, 7, None],
        "d": True,
    }


@pytest.mark.parametrize("value", [None, "", "  ", "\n", [], ["Ada"], {"first": "Ada"}])
def test_what_is_missing_or_no_text_means_no_send(value):
    found = render({"a": PLACE}, values(value))
    assert found == Missing("person.traits.firstName")


@pytest.mark.parametrize("known", [{}, {"person": None}, {"person": "Ada"}, {"person": {}}])
def test_a_path_that_leads_nowhere_means_no_send(known):
    assert isinstance(render({"a": PLACE}, known), Missing)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (7, "7"), (2.5, "2.5"), (True, "true"), (False, "false")]
)
def test_numbers_and_switches_are_written_out(value, text):
    assert render({"a": PLACE}, values(value)) == {"a": text}


@given(VISIBLE)
def test_a_value_is_never_read_as_a_template_again(text):
    hostile = "{{ person.traits.password }}" + text
    assert render({"a": PLACE}, values(hostile)) == {"a": hostile}


@given(VISIBLE)
def test_nothing_breaks_out_of_html(text):
    filled = render({"bodyHtml": f'<a title="{PLACE}">'}, values(text))["bodyHtml"]
    inner = filled[len('<a title="') : -len('">')]
    assert not set(inner) & set("<>\"'")
    assert unescape(inner) == text


def test_in_an_html_variant_every_field_but_the_plain_ones_is_escaped():
    content = {"body": PLACE, "subject": PLACE, "text": PLACE}
    filled = render(content, values("<b>"), form="html")
    assert filled == {"body": "&lt;b&gt;", "subject": "<b>", "text": "<b>"}


@given(VISIBLE)
def test_nothing_breaks_out_of_a_link(text):
    filled = render({"targetUrl": f"https://example.org/?n={PLACE}"}, values(text))["targetUrl"]
    told = filled.removeprefix("https://example.org/?n=")
    assert not set(told) & set("&#?/:@ <>\"'")
    assert unquote(told) == text


def test_line_breaks_in_values_cannot_begin_a_header():
    filled = render({"subject": PLACE}, values("Ada\r\nBcc: all@example.com"))
    assert filled == {"subject": "Ada Bcc: all@example.com"}


@pytest.mark.parametrize(
    "text",
    [
        "{{",
        "}}",
        "{{ }}",
        "{{ name }}",
        "{{#if a.b}}",
        "{{ a.b | upper }}",
        "{{ a..b }}",
        "{{{a.b}}}",
    ],
)
def test_anything_cleverer_is_refused(text):
    with pytest.raises(InputRefused, match="Write places as"):
        render({"a": text}, {"a": {"b": "x"}})
    with pytest.raises(InputRefused):
        places({"a": [text]})


def test_the_places_of_content_are_listed_once():
    content = {"a": f"{PLACE}{PLACE}", "b": ["{{ account.name }}", 3]}
    assert places(content) == ("account.name", "person.traits.firstName")
