"""Templates fill in values and conditions, and can do nothing else, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.deliver.render import Missing, places, render
from wegweiser.terms.errors import InputRefused

ADA = {"person": {"traits": {"firstName": "<Ada>", "plan": "pro", "age": 40, "empty": ""}}}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ person.traits.plan | upper }}", "PRO"),
        ("{% if person.traits.age >= 18 and person.traits.plan == 'pro' %}in{% endif %}", "in"),
        ("{% if person.traits.city is defined %}there{% else %}somewhere{% endif %}", "somewhere"),
        ("{{ person.traits.nick | default('friend') }}", "friend"),
        ("{{ 'old' if person.traits.age > 39 else 'young' }}", "old"),
        ("100 % {% if not person.traits.age < 1 %}{ok}{% endif %}", "100 % {ok}"),
    ],
)
def test_values_conditions_and_filters(text, filled):
    assert render({"text": text}, ADA) == {"text": filled}


def test_values_are_escaped_as_the_field_needs_it():
    text = "{% if person.traits.age %}{{ person.traits.firstName }}{% endif %}"
    content = {"subject": text, "html": f"<p>{text}</p>", "url": f"https://a.example/?n={text}"}
    assert render(content, ADA) == {
        "subject": "<Ada>",
        "html": "<p>&lt;Ada&gt;</p>",
        "url": "https://a.example/?n=%3CAda%3E",
    }


@pytest.mark.parametrize("form", ["{{ %s | upper }}", "{%% if %s %%}x{%% endif %%}"])
@pytest.mark.parametrize("path", ["person.traits.city", "person.company.name", "mail.nothing"])
def test_a_missing_value_drops_the_message(form, path):
    assert isinstance(render({"text": form % path}, ADA), Missing)


def test_nothing_is_ever_shown_as_a_blank():
    assert isinstance(render({"text": "{{ person.traits.empty | trim }}"}, ADA), Missing)
    assert isinstance(render({"text": "{{ person.traits | default('x') }}"}, ADA), Missing)


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in person.traits %}x{% endfor %}",
        "{% set a = 1 %}",
        "{% include 'a' %}",
        "{% import 'a' as b %}",
        "{% macro a() %}{% endmacro %}",
        "{% extends 'a' %}",
        "{{ range(10) }}",
        "{{ lipsum }}",
        "{{ person.traits.plan * 1000000000 }}",
        "{{ person.traits.plan | attr('x') }}",
        "{{ person.traits.plan | replace('p', 'x') }}",
        "{{ person.traits.age is divisibleby 2 }}",
        "{% if person.traits.age",
        "{{ [1] }}",
        "{{ {'a': 1} }}",
        "{{ 2 ** 99999 }}",
        "{% raw %}{{ x }}{% endraw %}{{",
        "{% if " + "(" * 5000 + "1" + ")" * 5000 + " %}x{% endif %}",
        "{% if " + "not " * 5000 + "1 %}x{% endif %}",
        "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
        "{{ person" + ".a" * 3000 + " | upper }}",
        "x" * 100_001 + "{% if 1 %}{% endif %}",
    ],
)
def test_what_the_sandbox_does_not_know_is_refused(text):
    with pytest.raises(InputRefused, match="Write places as"):
        render({"text": text}, ADA)


@pytest.mark.parametrize(
    "text", ["{{ person.traits.plan.upper() }}", "{{ self.x }}", "{{ ''.__class__ }}"]
)
def test_what_looks_like_a_path_to_nowhere_is_missing(text):
    assert isinstance(render({"text": text}, ADA), Missing)


@pytest.mark.parametrize(
    "path", ["__class__", "items", "keys", "__init__.__globals__", "traits.plan.upper", "get"]
)
def test_attributes_of_values_are_not_there(path):
    assert isinstance(render({"text": "{{ person." + path + " | upper }}"}, ADA), Missing)


@given(st.text(max_size=60))
def test_whatever_stands_there_is_filled_missing_or_refused(text):
    try:
        found = render({"text": "{% if 1 %}" + text + "{% endif %}"}, ADA)
    except InputRefused:
        return
    assert isinstance(found, Missing | dict)


def test_the_paths_of_a_template_are_known_before_it_is_used():
    text = "{% if person.traits.age > 3 %}{{ person.traits.plan | upper }}{% endif %}"
    assert places({"text": text}) == ("person.traits.age", "person.traits.plan")


def test_a_value_is_never_read_as_a_template():
    values = {"person": {"traits": {"plan": "{{ person.traits.age }}{% if 1 %}"}}}
    told = "{% if 1 %}{{ person.traits.plan }}{% endif %}"
    assert render({"text": told}, values) == {"text": "{{ person.traits.age }}{% if 1 %}"}


@pytest.mark.parametrize(
    "text",
    [
        "{% if 1 %}{{ person.traits.age | round(100000000, 'ceil') }}{% endif %}",
        "{% if 1 %}{{ person.traits.age | round(person.traits.age) }}{% endif %}",
        "{% if 1 %}{{ person.traits.age | round(precision=-400, method='floor') }}{% endif %}",
        "{% if 1 %}{{ person.traits.plan | truncate(*person.traits) }}{% endif %}",
        "{% if " + "9" * 5000 + " %}x{% endif %}",
        "{% if 1 %}{{ 1e999 | int }}{% endif %}",
        "{% if 1 %}{{ '\\ud800' }}{% endif %}",
    ],
)
def test_nothing_runs_for_long_and_no_constant_is_out_of_bounds(text):
    for use in (lambda: render({"text": text}, ADA), lambda: places({"text": text})):
        with pytest.raises(InputRefused, match="Write places as"):
            use()


def test_numbers_are_rounded():
    told = "{{ person.traits.age | round(1) }} {{ person.traits.age | round(0, 'ceil') | int }}"
    assert render({"text": told}, ADA) == {"text": "40 40"}
