"""As `test_openapi`, with hundreds of times as many requests; only `make fuzz` collects it."""

import pytest
import schemathesis
from hypothesis import settings

from tests.road import test_openapi
from tests.road.test_openapi import SCHEMA, Door, ask, calmly

EXAMPLES_IN_A_SWEEP = 2_000
door = test_openapi.door


@pytest.mark.sweep
@SCHEMA.parametrize()
@settings(calmly, derandomize=False, max_examples=EXAMPLES_IN_A_SWEEP)
def test_every_route_keeps_to_its_document_for_long(case: schemathesis.Case, door: Door) -> None:
    ask(case, door)
