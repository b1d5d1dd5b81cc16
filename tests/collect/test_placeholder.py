"""Ids that stand for nobody, in the spellings that broken templates really send."""

import pytest

from wegweiser.terms.placeholder import is_placeholder

NOBODY = [
    *("null", "nil", "None", "NaN", "undefined", "true", "FALSE", "anonymous", "Guest", "id"),
    *("distinctid", "distinct_id", "not_authenticated", "email", "unknown", "n/a", "0", "000"),
    *("-1", "-", "00000000-0000-0000-0000-000000000000", "{{user.id}}", "${user.id}", "%%USER%%"),
    *("<%=user%>", "<nil>", "test@example.com"),
]


@pytest.mark.parametrize("value", [*NOBODY, "[object Object]", "{{ a\nb }}", "", "  "])
@pytest.mark.parametrize("quoted", ["{}", "'{}'", '"{}"', "`{}`", "\"'{}'\"", " {} "])
def test_nobody_is_nobody_in_any_case_and_quotes(value, quoted):
    for spelling in (value, value.upper(), value.lower()):
        assert is_placeholder("user_id", quoted.format(spelling))


@pytest.mark.parametrize(
    "value",
    ["u-42", "10", "0a", "-2", "nullable", "guest-7", "{x}", "[x]", "$5", "a<b>", "b@example.com"],
)
def test_somebody_is_somebody(value):
    assert not is_placeholder("user_id", value)


@pytest.mark.parametrize(
    ("address", "nobody"),
    [
        ("erika@example.com", True),
        ("erika@EXAMPLE.org", True),
        ("erika@host.test", True),
        ("erika@localhost", True),
        ("erika@notexample.com", False),
        ("erika@mail.example.com.invented.de", False),
        ("erika@latest", False),
    ],
)
def test_addresses_of_reserved_domains_are_nobodys(address, nobody):
    assert is_placeholder("email", address) is nobody
