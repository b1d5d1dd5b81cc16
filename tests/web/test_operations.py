"""Operations asked with arguments of any shape: an answer or a refusal, never a fault of ours."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.serving import Running
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.workspace import operations

NAMES = ["name", "identifier", "files", "options", "elements", "unmapped", "outcomes", "source"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(sorted(operations.OPERATIONS.keys() - {"rebuild", "new_password"})),
    st.dictionaries(st.sampled_from([*NAMES, "kind", "subject", "placements"]), VALUES),
)
def test_any_arguments_are_answered_or_refused(
    running: Running, name: str, arguments: dict[str, object]
) -> None:
    with suppress(InputRefused, NotFound):
        running.wait(operations.run(running.site, name, arguments))


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("apply", {}, "files"),
        ("apply", {"files": [1]}, "files"),
        ("measure", {"name": "web.visits", "options": {"from": 1}}, "options"),
        ("load", {"source": "s", "elements": {}}, "elements"),
        ("load", {"source": "s", "unmapped": [1]}, "unmapped"),
        ("profile", {"identifier": 7}, "identifier"),
    ],
)
def test_a_wrong_argument_is_named(
    fresh: Running, name: str, arguments: dict[str, object], field: str
) -> None:
    headers = {"authorization": "Bearer token"}
    answer = fresh.client.post(f"/v1/admin/{name}", json=arguments, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field


def test_a_period_before_all_moments_is_answered_with_a_sentence(fresh: Running) -> None:
    answer = fresh.client.get("/?period=0001-01")
    assert answer.status_code == 422
    assert "cannot be read" in answer.text
